"""The file under a study: one zip of JSON, arrays and pictures, each named by what it holds.

Nothing in it is code, and nothing in it is trusted: names, sizes and contents are checked before they are used.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import secrets
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import StudyError

MANIFEST: Final = "manifest.json"
MAX_ENTRIES: Final = 200_000
MAX_BYTES: Final = 8 * 2**30  # of all entries, unpacked
MAX_ENTRY: Final = 2 * 2**30  # it is held in memory whole
MAX_MANIFEST: Final = 256 * 2**20
MAX_PIXELS: Final = 100_000_000
_ENTRY: Final = re.compile(r"(arrays/[0-9a-f]{64}\.npy|pictures/[0-9a-f]{64}\.png)\Z")
_STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the same study gives the same file


class ArchiveWriter:
    """Collects arrays and pictures, each once, and writes them with a manifest in one step."""

    def __init__(self) -> None:
        self._entries: dict[str, bytes] = {}
        self._pictures: dict[tuple[tuple[int, int], bytes], str] = {}

    def add_array(self, values: NDArray[Any]) -> str:
        """Store an array; returns the name of its entry."""
        buffer = io.BytesIO()
        npy.write_array(buffer, np.ascontiguousarray(values), allow_pickle=False)
        return self._add("arrays", "npy", buffer.getvalue())

    def add_picture(self, image: Image.Image) -> str:
        """Store an RGB picture without loss; returns the name of its entry."""
        key = (image.size, hashlib.sha256(image.tobytes()).digest())
        if key not in self._pictures:
            buffer = io.BytesIO()
            image.save(buffer, "PNG", compress_level=3)
            self._pictures[key] = self._add("pictures", "png", buffer.getvalue())
        return self._pictures[key]

    def _add(self, folder: str, ending: str, content: bytes) -> str:
        if len(content) > MAX_ENTRY:
            raise StudyError(
                f"arrays and pictures of at most {MAX_ENTRY / 2**30:.0f} GiB each",
                f"one of {len(content) / 2**30:.1f} GiB",
                "Keep a part of it: explain fewer pictures at a time.",
            )
        name = f"{folder}/{hashlib.sha256(content).hexdigest()}.{ending}"
        self._entries[name] = content
        return name

    def write(self, path: Path, manifest: dict[str, Any]) -> None:
        """Write all to `path`; on any failure the file that stood there stays as it was.

        Raises
        ------
        StudyError
            The folder is missing or can't be written, or the disk is full.
        """
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with temporary.open("xb") as file:
                with zipfile.ZipFile(file, "w") as archive:
                    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False)
                    archive.writestr(_info(MANIFEST, zipfile.ZIP_DEFLATED), text)
                    for name, content in sorted(self._entries.items()):
                        packing = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
                        archive.writestr(_info(name, packing), content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            raise StudyError(
                f"a place where {path.name} can be written",
                f"{error.strerror or error} ({path.parent})",
                "What was saved before is unchanged; free some space or name another folder.",
            ) from error
        finally:
            temporary.unlink(missing_ok=True)


class ArchiveReader:
    """Opens what :class:`ArchiveWriter` wrote and hands out its parts, checked.

    Raises
    ------
    StudyError
        No such file, no study, damaged, or larger than a study can be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise StudyError("a saved study", f"no file {path}", "Check the path.") from error
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise self._damaged(str(error)) from error
        entries = self._zip.infolist()
        self._sizes = {info.filename: info.file_size for info in entries}
        odd = [name for name in self._sizes if name != MANIFEST and not _ENTRY.match(name)]
        if odd or MANIFEST not in self._sizes or len(self._sizes) != len(entries):
            raise self._damaged(f"an entry named {odd[0]!r}" if odd else "no manifest, or entries of one name")
        if len(entries) > MAX_ENTRIES or sum(self._sizes.values()) > MAX_BYTES:
            raise self._damaged("more or larger entries than a study has")
        text = self._read(MANIFEST, MAX_MANIFEST)
        try:
            self.manifest: dict[str, Any] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._damaged(f"a manifest that is no JSON: {error}") from error
        if not isinstance(self.manifest, dict):
            raise self._damaged("a manifest of another form")

    def __enter__(self) -> ArchiveReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def array(self, name: str) -> NDArray[Any]:
        """An array by the name of its entry."""
        content = self._content(name)
        buffer = io.BytesIO(content)
        try:
            version = npy.read_magic(buffer)
            header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, _, dtype = header(buffer)
            if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(content) - buffer.tell():
                raise ValueError("an array that holds objects, or less or more than its header says")
            buffer.seek(0)
            return npy.read_array(buffer, allow_pickle=False)
        except (ValueError, EOFError, OverflowError) as error:
            raise self._damaged(f"{name}: {error}") from error

    def picture(self, name: str) -> Image.Image:
        """A picture by the name of its entry."""
        try:
            with Image.open(io.BytesIO(self._content(name)), formats=["PNG"]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(f"a picture of {image.width} x {image.height} pixels")
                return image.convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise self._damaged(f"{name}: {error}") from error

    def _content(self, name: object) -> bytes:
        if not isinstance(name, str) or name not in self._sizes or name == MANIFEST:
            raise self._damaged(f"a manifest that names {name!r}, which is not there")
        content = self._read(name, MAX_ENTRY)
        if hashlib.sha256(content).hexdigest() != Path(name).stem:
            raise self._damaged(f"another content than its name says in {name}")
        return content

    def _read(self, name: str, limit: int) -> bytes:
        """An entry's bytes, never more than its directory entry promised."""
        size = self._sizes[name]
        if size > limit:
            raise self._damaged(f"{name} of {size:,} bytes")
        try:
            with self._zip.open(name) as file:
                content = file.read(size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
            raise self._damaged(f"{name}: {error}") from error
        if len(content) != size:
            raise self._damaged(f"another length than promised in {name}")
        return content

    def _damaged(self, what: str) -> StudyError:
        return StudyError("a study as `Study.save` writes it", f"{what} in {self.path.name}", "Make or fetch it again.")


def _info(name: str, packing: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = packing
    info.external_attr = 0o644 << 16
    return info
