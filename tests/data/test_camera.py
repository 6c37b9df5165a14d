"""Folders of camera pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from saii_widgets.core.errors import ImageError, InputError
from saii_widgets.data.camera import natural_order, read_camera_folder


def save(path: Path, exif: Image.Exif | None = None, size: tuple[int, int] = (32, 24)) -> Path:
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(pixels).save(path, **({"exif": exif} if exif is not None else {}))
    return path


def exif_of(time: str | None = None, gps: dict[int, object] | None = None) -> Image.Exif:
    exif = Image.Exif()
    if time is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = time
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return exif


NORTH_WEST = {1: "N", 2: (40.0, 15.0, 36.0), 3: "W", 4: (66.0, 30.0, 0.0)}


def test_time_and_place_come_from_exif(tmp_path: Path) -> None:
    save(tmp_path / "a.jpg", exif_of("2026:11:21 08:15:00", NORTH_WEST))
    scene = read_camera_folder(tmp_path)["a.jpg"]
    assert scene.time == datetime(2026, 11, 21, 8, 15)
    assert scene.place == pytest.approx((40.26, -66.5))
    assert scene.notes == ()


def test_the_file_name_stands_in_for_a_missing_time(tmp_path: Path) -> None:
    save(tmp_path / "cam_2026-11-21_08-15-00.png")
    save(tmp_path / "cam_03-04-2026_08-15-00.webp")
    save(tmp_path / "zeros_2026-11-21_08-15-00.jpg", exif_of("0000:00:00 00:00:00"))
    folder = read_camera_folder(tmp_path)
    assert folder["cam_2026-11-21_08-15-00.png"].time == datetime(2026, 11, 21, 8, 15)
    assert folder["zeros_2026-11-21_08-15-00.jpg"].time == datetime(2026, 11, 21, 8, 15)
    open_ = folder["cam_03-04-2026_08-15-00.webp"]
    assert open_.time is None
    assert "left open" in open_.notes[0]
    assert open_.place is None


def test_a_name_that_contradicts_the_camera_is_noted(tmp_path: Path) -> None:
    save(tmp_path / "2026-11-21_09-15-00.jpg", exif_of("2026:11:21 08:15:00"))
    scene = read_camera_folder(tmp_path).scenes[0]
    assert scene.time == datetime(2026, 11, 21, 8, 15)
    assert "its name says 2026-11-21 09:15:00" in scene.notes[0]


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (400.0, 0.0, 0.0), 3: "W", 4: (66.0, 30.0, 0.0)},
        {1: "N", 2: (40.0, 0.0, 0.0)},
        {1: "X", 2: (40.0, 0.0, 0.0), 3: "W", 4: (66.0, 30.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_is_none_is_noted(tmp_path: Path, gps: dict[int, object]) -> None:
    save(tmp_path / "a.jpg", exif_of("yesterday", gps))
    scene = read_camera_folder(tmp_path).scenes[0]
    assert scene.place is None
    assert scene.time is None
    assert scene.notes == (
        "its EXIF time 'yesterday' is no time",
        "its EXIF place is no latitude and longitude",
    )


def test_damaged_exif_does_not_lose_the_picture(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jpg", exif_of("2026:11:21 08:15:00", NORTH_WEST))
    data = bytearray(path.read_bytes())
    start = data.index(b"Exif\0\0") + 6
    rng = np.random.default_rng(0)
    noted = 0
    for _ in range(30):
        broken = data.copy()
        broken[start + 8 : start + 60] = rng.integers(0, 255, 52, np.uint8).tobytes()
        path.write_bytes(broken)
        scene = read_camera_folder(tmp_path).scenes[0]
        assert scene.image.size in ((32, 24), (24, 32))
        noted += bool(scene.notes)
    assert noted > 10


def test_one_bad_picture_is_reported_and_skipped(tmp_path: Path) -> None:
    save(tmp_path / "good.jpg")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.jpg").write_bytes(save(tmp_path / "x.jpg", size=(400, 400)).read_bytes()[:3000])
    (tmp_path / "x.jpg").unlink()
    (tmp_path / "gone.webp").symlink_to(tmp_path / "nowhere.webp")
    folder = read_camera_folder(tmp_path)
    assert [scene.name for scene in folder] == ["good.jpg"]
    assert [entry.row for entry in folder.skipped] == ["cut.jpg", "empty.jpg", "gone.webp", "text.png"]
    reasons = [entry.reason for entry in folder.skipped]
    assert "truncated" in reasons[0]
    assert "empty file" in reasons[1]
    assert "no such file" in reasons[2]
    assert "no picture" in reasons[3]
    assert "left out: empty.jpg" in folder.summary()


def test_natural_order_and_nothing_else_is_touched(tmp_path: Path) -> None:
    for name in ("cam10.jpg", "cam2.JPG", "cam1.jpeg", "Cam3.png"):
        save(tmp_path / name)
    others = [tmp_path / "notes.txt", tmp_path / ".hidden.jpg", tmp_path / "table.csv"]
    for other in others:
        other.write_text("mine")
    (tmp_path / "deeper").mkdir()
    save(tmp_path / "deeper" / "x.jpg")
    (tmp_path / "folder.jpg").mkdir()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    folder = read_camera_folder(tmp_path)
    assert [scene.name for scene in folder.scenes] == ["cam1.jpeg", "cam2.JPG", "Cam3.png", "cam10.jpg"]
    assert folder.skipped == []
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_natural_order_takes_any_digits() -> None:
    assert sorted(["a²", "a10", "a9", "9", "a", "٣b"], key=natural_order) == ["9", "a", "a9", "a10", "a²", "٣b"]


def test_large_pictures_are_made_smaller_and_noted(tmp_path: Path) -> None:
    save(tmp_path / "a.png", size=(200, 100))
    scene = read_camera_folder(tmp_path, longest_side=50).scenes[0]
    assert scene.image.size == (50, 25)
    assert "from 200 x 100 to 50 x 25" in scene.notes[0]
    assert read_camera_folder(tmp_path, longest_side=None).scenes[0].image.size == (200, 100)
    with pytest.raises(InputError, match="longest side"):
        read_camera_folder(tmp_path, longest_side=0)


def test_folders_without_a_picture(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="no file"):
        read_camera_folder(tmp_path)
    (tmp_path / "a.heic").write_bytes(b"x")
    (tmp_path / "deeper").mkdir()
    save(tmp_path / "deeper" / "x.jpg")
    with pytest.raises(ImageError, match=r"\.heic.*subfolders deeper"):
        read_camera_folder(tmp_path)
    (tmp_path / "bad.jpg").write_bytes(b"x")
    with pytest.raises(ImageError, match=r"none can be read \(bad\.jpg"):
        read_camera_folder(tmp_path)
    with pytest.raises(InputError, match="a file"):
        read_camera_folder(tmp_path / "bad.jpg")
    with pytest.raises(InputError, match="nothing of that name"):
        read_camera_folder(tmp_path / "none")


def test_progress_and_unknown_names(tmp_path: Path) -> None:
    save(tmp_path / "a.jpg")
    save(tmp_path / "b.jpg")
    seen: list[tuple[int, int, str]] = []
    folder = read_camera_folder(tmp_path, progress=lambda *step: seen.append(step))
    assert seen == [(1, 2, "reading pictures"), (2, 2, "reading pictures")]
    with pytest.raises(InputError, match=r"There are a\.jpg, b\.jpg"):
        folder["c.jpg"]
