"""The file format: what comes back, and what is refused."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core import archive as archive_module
from saii_widgets.core.archive import MANIFEST, ArchiveReader, ArchiveWriter
from saii_widgets.core.errors import StudyError


def picture(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (7, 5, 3), np.uint8))


def written(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def hashed(folder: str, ending: str, content: bytes) -> tuple[str, bytes]:
    return f"{folder}/{hashlib.sha256(content).hexdigest()}.{ending}", content


def test_everything_comes_back_and_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "a.saii"
    writer = ArchiveWriter()
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    names = [writer.add_array(values), writer.add_array(values.copy()), writer.add_picture(picture())]
    assert names[0] == names[1]
    assert writer.add_picture(picture()) == names[2]
    writer.write(path, {"text": "Straße 🚗", "names": names})
    with ArchiveReader(path) as reader:
        assert reader.manifest == {"text": "Straße 🚗", "names": names}
        assert np.array_equal(reader.array(names[0]), values)
        assert reader.array(names[0]).dtype == np.float32
        assert reader.picture(names[2]).tobytes() == picture().tobytes()
    assert len(zipfile.ZipFile(path).namelist()) == 3


def test_the_same_content_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        writer = ArchiveWriter()
        writer.add_array(np.ones(3))
        writer.add_picture(picture())
        writer.write(tmp_path / name, {"k": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "study.saii"
    ArchiveWriter().write(path, {"old": True})
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(archive_module.os, "fsync", full)
    with pytest.raises(StudyError, match="No space left on device"):
        ArchiveWriter().write(path, {"new": True})
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["study.saii"]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="No such file or directory"):
        ArchiveWriter().write(tmp_path / "nowhere" / "a.saii", {})


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip at all", b"PK\x03\x04 cut off", Path(__file__).read_bytes()],
    ids=["empty", "text", "cut", "code"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.saii"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        ArchiveReader(path)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no file"):
        ArchiveReader(tmp_path / "a.saii")


@pytest.mark.parametrize(
    "name", ["../evil.npy", "/etc/passwd", "arrays/short.npy", "code.py", "arrays/" + "A" * 64 + ".npy"]
)
def test_other_entries_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError, match="an entry named"):
        ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: b"{}", name: b"x"}))


@pytest.mark.parametrize(
    "manifest", [b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 5000], ids=["list", "cut", "bytes", "deep", "digits"]
)
def test_odd_manifests_are_refused(tmp_path: Path, manifest: bytes) -> None:
    with pytest.raises(StudyError):
        ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: manifest}))


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], object), allow_pickle=True)
    name, content = hashed("arrays", "npy", buffer.getvalue())
    plain, raw = hashed("arrays", "npy", pickle.dumps([1]))
    with ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: b"{}", name: content, plain: raw})) as reader:
        for entry in (name, plain):
            with pytest.raises(StudyError):
                reader.array(entry)


def test_a_header_that_promises_too_much_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"shape": (2**40,), "fortran_order": False, "descr": "<f8"})
    name, content = hashed("arrays", "npy", buffer.getvalue() + b"12345678")
    with (
        ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: b"{}", name: content})) as reader,
        pytest.raises(StudyError, match="less or more than its header says"),
    ):
        reader.array(name)


def test_changed_content_is_noticed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    name, _ = hashed("arrays", "npy", buffer.getvalue())
    path = written(tmp_path / "a.saii", {MANIFEST: b"{}", name: buffer.getvalue().replace(b"\x3f", b"\x40")})
    with ArchiveReader(path) as reader, pytest.raises(StudyError, match="another content"):
        reader.array(name)


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MAX_BYTES", 1000)
    name, content = hashed("arrays", "npy", b"\0" * 5000)
    with pytest.raises(StudyError, match="larger entries"):
        ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: b"{}", name: content}))


def test_pictures_must_be_png_and_of_sane_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {MANIFEST: b"{}"}
    names = []
    for kind in ("JPEG", "PNG"):
        buffer = io.BytesIO()
        picture().save(buffer, kind)
        name, content = hashed("pictures", "png", buffer.getvalue())
        entries[name] = content
        names.append(name)
    monkeypatch.setattr(archive_module, "MAX_PIXELS", 10)
    with ArchiveReader(written(tmp_path / "a.saii", entries)) as reader:
        with pytest.raises(StudyError, match="cannot identify"):
            reader.picture(names[0])
        with pytest.raises(StudyError, match="5 x 7 pixels"):
            reader.picture(names[1])


def test_names_that_are_not_there(tmp_path: Path) -> None:
    with ArchiveReader(written(tmp_path / "a.saii", {MANIFEST: b"{}"})) as reader:
        for name in ("arrays/none.npy", MANIFEST, None, 3):
            with pytest.raises(StudyError, match="not there"):
                reader.array(name)  # type: ignore[arg-type]


def test_one_large_entry_is_neither_written_nor_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = ArchiveWriter()
    name = writer.add_array(np.zeros(5000))
    writer.write(tmp_path / "a.saii", {})
    monkeypatch.setattr(archive_module, "MAX_ENTRY", 1000)
    with ArchiveReader(tmp_path / "a.saii") as reader, pytest.raises(StudyError, match="bytes"):
        reader.array(name)
    with pytest.raises(StudyError, match="at most"):
        writer.add_array(np.ones(5000))


def test_any_damage_is_found_or_does_no_harm(tmp_path: Path) -> None:
    writer = ArchiveWriter()
    values = np.random.default_rng(0).random((4, 3))
    names = {"array": writer.add_array(values), "picture": writer.add_picture(picture())}
    path = tmp_path / "a.saii"
    writer.write(path, names)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(1)
    n_refused = 0
    for trial in range(400):
        data = whole.copy()
        data[rng.integers(0, len(data), 2)] = rng.integers(0, 256, 2)
        path.write_bytes(data[: rng.integers(len(data))].tobytes() if trial % 8 == 0 else data.tobytes())
        try:
            with ArchiveReader(path) as reader:
                assert np.array_equal(reader.array(names["array"]), values)
                assert reader.picture(names["picture"]).tobytes() == picture().tobytes()
        except StudyError:
            n_refused += 1
    assert n_refused > 200


def test_a_zip_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.saii", {MANIFEST: b"{}"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 99
    path.write_bytes(data)
    with pytest.raises(StudyError, match="version"):
        ArchiveReader(path)
