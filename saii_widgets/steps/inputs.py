"""What a study is begun with: pictures under names of their own, records, and the settings that must stay the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from saii_widgets.core.errors import CaptionError, InputError, StudyError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.data.camera import CameraFolder, read_camera_folder
from saii_widgets.data.choice import records_of
from saii_widgets.data.records import Records

Row = dict[str, Any]


def open_pictures(images: Any) -> tuple[list[Scene], list[Row]]:
    """Pictures as scenes, each under a name of its own, and those that could not be opened.

    Parameters
    ----------
    images : path, CameraFolder, or sequence of Scene, path, PIL.Image or array
        A path is a folder.

    Raises
    ------
    InputError
        There is no picture.
    """
    folder = read_camera_folder(images) if isinstance(images, (str, Path)) else images
    skipped: list[Row] = []
    if isinstance(folder, CameraFolder):
        skipped = [{"name": str(entry.row), "reason": entry.reason} for entry in folder.skipped]
    scenes = [item if isinstance(item, Scene) else Scene.open(item) for item in folder]
    if not scenes:
        raise InputError("at least one picture", "none", "Name a folder with JPEG, PNG or WebP pictures.")
    return _named_apart(scenes), skipped


def check_sizes(n_pairs: int, n_many: int) -> None:
    """Refuse numbers of pictures with which there is nothing to compare."""
    for name, number in (("steps 1 to 5 (n_pairs)", n_pairs), ("step 6 (n_many)", n_many)):
        if number < 2:
            raise InputError(f"at least 2 pictures in {name}", str(number), "Captions are compared with each other.")


def checked_captions(
    texts: Sequence[str], scenes: Sequence[Scene], lexicon: Lexicon, check: Callable[[Caption], None]
) -> list[str]:
    """The pictures' own captions, each of which can be read.

    Raises
    ------
    InputError
        Not one a picture.
    CaptionError
        An empty or too long caption; the message names its picture.
    """
    if len(texts) != len(scenes):
        raise InputError(
            "one caption a picture",
            f"{len(texts)} captions and {len(scenes)} pictures",
            "Give both in the same order and number, or leave the captions out.",
        )
    for text, scene in zip(texts, scenes, strict=True):
        try:
            check(Caption.parse(text, lexicon))
        except CaptionError as error:
            raise CaptionError(f"{error.wanted}, for the picture {scene.name}", error.came, error.do) from error
    return list(texts)


def open_records(records: str | Path | Records | None) -> tuple[Records | None, list[Row]]:
    """Records of a file, and the rows that could not be read."""
    if isinstance(records, (str, Path)):
        records = records_of(records, {})
    if records is None:
        return None, []
    return records, [{"row": s.row, "reason": s.reason, "line": s.line} for s in records.skipped]


def content_digest(parts: Iterable[bytes]) -> str:
    """One hash over parts in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def claim(study: Study, settings: Mapping[str, Any]) -> None:
    """Write the settings into a new study, or check those of one that was begun before.

    Raises
    ------
    StudyError
        It was begun with others; the message names them.
    """
    plain = json.loads(json.dumps(settings))
    begun = study.settings.get("stepwise")
    if begun is not None and begun != plain:
        changed = sorted(name for name in plain if begun.get(name) != plain[name])
        raise StudyError(
            "the settings that the study was begun with",
            f"others for {', '.join(changed)}",
            "Go on with the same ones, or begin a new study in another folder.",
        )
    study.settings["stepwise"] = plain
    study.settings.setdefault("done", [])
    study.settings.setdefault("left out", {})


def _named_apart(scenes: Sequence[Scene]) -> list[Scene]:
    """Scenes in which no name is missing and none stands twice, as results are found by it."""
    taken: set[str] = set()
    named = []
    for i, scene in enumerate(scenes, start=1):
        name = base = scene.name or f"picture {i}"
        while name in taken:
            name = f"{base} (picture {i})"
        taken.add(name)
        named.append(scene if name == scene.name else replace(scene, name=name))
    return named
