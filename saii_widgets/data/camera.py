"""A folder of camera pictures as scenes with their time and place."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PIL import Image

from saii_widgets.core.errors import ImageError, InputError
from saii_widgets.core.image import open_image
from saii_widgets.core.scene import Scene

from .counted import counted
from .exif import Taken, read_exif
from .file_time import time_from_name
from .skipped import Skipped

SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp")
_SHOWN: Final = 5
_CLOCKS_AGREE: Final = timedelta(minutes=2)


@dataclass(eq=False)
class CameraFolder:
    """The pictures of one folder.

    Parameters
    ----------
    scenes : list of Scene
        In natural order of their file names ("cam2" before "cam10"), named after their files.
    skipped : list of Skipped
        Files that are named like pictures and are none, with the reason.
    name : str
        Of the folder.
    """

    scenes: list[Scene]
    skipped: list[Skipped] = field(default_factory=list)
    name: str = ""

    def __len__(self) -> int:
        return len(self.scenes)

    def __iter__(self) -> Iterator[Scene]:
        return iter(self.scenes)

    def __getitem__(self, name: str) -> Scene:
        """The scene of a file, by its name."""
        found = {scene.name: scene for scene in self.scenes}
        if name not in found:
            raise InputError(f"a picture of {self.name}", repr(name), f"There are {', '.join(list(found)[:10])} ...")
        return found[name]

    def summary(self) -> str:
        """How many pictures were read, how many have a time and a place, and what was left out; plain text."""
        timed = sum(scene.time is not None for scene in self.scenes)
        placed = sum(scene.place is not None for scene in self.scenes)
        lines = [f"{counted(len(self), 'picture')} from {self.name}: {timed:,} with a time, {placed:,} with a place"]
        lines += [f"  left out: {skipped}" for skipped in self.skipped[:_SHOWN]]
        if len(self.skipped) > _SHOWN:
            lines.append(f"  and {len(self.skipped) - _SHOWN:,} more in .skipped")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"CameraFolder({self.name!r}, {counted(len(self), 'picture')}, {len(self.skipped):,} left out)"


def read_camera_folder(
    folder: str | Path,
    *,
    longest_side: int | None = 1024,
    progress: Callable[[int, int, str], None] | None = None,
) -> CameraFolder:
    """Read the JPEG, PNG and WebP pictures of a folder; nothing else in it is touched, nor are its subfolders.

    The time of a picture is the camera's (EXIF DateTimeOriginal), else the one in its file name; its place is the
    camera's (EXIF GPS). Where there is none, or where a name may be read in two ways, time and place are None; the
    notes of the scene say so.

    Parameters
    ----------
    folder : str or Path
    longest_side : int or None
        Larger pictures are made smaller, to this many pixels, so that a thousand fit into memory; None keeps them.
    progress : callable, optional
        Called as ``progress(done, total, label)`` after every picture.

    Returns
    -------
    CameraFolder
        Bad pictures are in `skipped`, each with its reason.

    Raises
    ------
    InputError
        There is no such folder.
    ImageError
        It holds no picture, or none that can be read.
    """
    folder = Path(folder)
    if longest_side is not None and longest_side < 1:
        raise InputError("a longest side in pixels, or None", str(longest_side), "Pass a number such as 1024.")
    files = _pictures(folder)
    scenes: list[Scene] = []
    skipped: list[Skipped] = []
    for done, file in enumerate(files, start=1):
        try:
            scenes.append(_open(file, longest_side))
        except ImageError as error:
            skipped.append(Skipped(file.name, f"got {error.came}", str(error)))
        except OSError as error:
            skipped.append(Skipped(file.name, error.strerror or "can't be read", str(error)))
        if progress is not None:
            progress(done, len(files), "reading pictures")
    if not scenes:
        reasons = "; ".join(str(entry) for entry in skipped[:3])
        raise ImageError(
            f"pictures in {folder.name}",
            f"{counted(len(skipped), 'file')} named like pictures of which none can be read ({reasons})",
            "Check that the copy of the folder is whole.",
        )
    return CameraFolder(scenes, skipped, folder.name)


def natural_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Key that sorts "cam2" before "cam10"."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        came = "a file" if folder.is_file() else "nothing of that name"
        raise InputError(f"a folder of pictures at {folder}", came, "Name the folder that holds the pictures.")
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".") and not entry.is_dir()]
    files = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
    if not files:
        deeper = sorted(
            sub.name
            for sub in folder.iterdir()
            if sub.is_dir() and any(entry.suffix.lower() in SUFFIXES for entry in sub.iterdir())
        )
        others = sorted({entry.suffix.lower() or entry.name for entry in entries})
        came = f"{counted(len(entries), 'other file')} ({', '.join(others[:8])})" if entries else "no file"
        hint = f"Its subfolders {', '.join(deeper[:5])} do: name one of them." if deeper else "Name another folder."
        raise ImageError(f"JPEG, PNG or WebP pictures in {folder}", came, hint)
    return sorted(files, key=lambda file: (natural_order(file.name), file.name))


def _open(file: Path, longest_side: int | None) -> Scene:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        opened = open_image(file, name=file.name)
        with Image.open(file) as original:
            taken = read_exif(original)
    time, notes = _time(taken, file.stem)
    notes += dict.fromkeys(f"on opening it: {' '.join(str(entry.message).split())}" for entry in warned)
    image = opened.image
    if longest_side is not None and max(image.size) > longest_side:
        before = image.size
        image = image.copy()
        image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
        notes.append(f"made smaller, from {before[0]} x {before[1]} to {image.width} x {image.height} pixels")
    return Scene(image=image, name=file.name, time=time, place=taken.place, notes=(*opened.notes, *taken.notes, *notes))


def _time(taken: Taken, stem: str) -> tuple[datetime | None, list[str]]:
    named, note = time_from_name(stem)
    if taken.time is None:
        return named, [note] if note else []
    if named is not None and abs(named - taken.time) > _CLOCKS_AGREE:
        return taken.time, [f"its name says {named.isoformat(' ')}; the camera's {taken.time.isoformat(' ')} is used"]
    return taken.time, []
