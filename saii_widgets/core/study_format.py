"""How scenes and explanations stand in a study's manifest, and how they are read back, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from saii_widgets.core.archive import ArchiveReader, ArchiveWriter
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, StudyError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption, Role, Word

Json = dict[str, Any]
T = TypeVar("T")
MAX_DEPTH = 8  # companions of companions


def scene_to_json(scene: Scene, archive: ArchiveWriter) -> Json:
    return {
        "image": archive.add_picture(scene.image),
        "caption": None if scene.caption is None else caption_to_json(scene.caption),
        "name": scene.name,
        "time": None if scene.time is None else scene.time.isoformat(),
        "place": None if scene.place is None else list(scene.place),
        "masks": {name: archive.add_array(np.asarray(mask, bool)) for name, mask in scene.masks.items()},
        "notes": list(scene.notes),
    }


def scene_from_json(entry: Json, archive: ArchiveReader) -> Scene:
    return Scene(
        image=archive.picture(entry["image"]),
        caption=_optional(caption_from_json, entry["caption"]),
        name=_text(entry["name"]),
        time=_optional(datetime.fromisoformat, entry["time"]),
        place=_optional(lambda p: (float(p[0]), float(p[1])), entry["place"]),
        masks={_text(name): archive.array(ref) for name, ref in entry["masks"].items()},
        notes=tuple(map(_text, entry["notes"])),
    )


def caption_to_json(caption: Caption) -> Json:
    return {"text": caption.text, "words": [[w.text, w.start, w.end, str(w.role)] for w in caption.words]}


def caption_from_json(entry: Json) -> Caption:
    words = tuple(Word(_text(text), int(start), int(end), Role(role)) for text, start, end, role in entry["words"])
    return Caption(_text(entry["text"]), words)


def axis_to_json(axis: Axis, archive: ArchiveWriter) -> Json:
    return {
        "kind": axis.kind,
        "labels": list(axis.labels),
        "grid": None if axis.grid is None else list(axis.grid),
        "boxes": None if axis.boxes is None else archive.add_array(axis.boxes),
        "masks": None if axis.masks is None else archive.add_array(axis.masks),
        "roles": None if axis.roles is None else [str(role) for role in axis.roles],
        "groups": None if axis.groups is None else [int(group) for group in axis.groups],
        "grouped_by": axis.grouped_by,
    }


def axis_from_json(entry: Json, archive: ArchiveReader) -> Axis:
    return Axis(
        kind=_text(entry["kind"]),
        labels=tuple(map(_text, entry["labels"])),
        grid=_optional(lambda g: (int(g[0]), int(g[1])), entry["grid"]),
        boxes=_optional(archive.array, entry["boxes"]),
        masks=_optional(archive.array, entry["masks"]),
        roles=_optional(lambda roles: tuple(map(Role, roles)), entry["roles"]),
        groups=_optional(lambda groups: tuple(map(int, groups)), entry["groups"]),
        grouped_by=_optional(_text, entry["grouped_by"]),
    )


def explanation_to_json(explanation: Explanation, archive: ArchiveWriter) -> Json:
    return {
        "values": archive.add_array(explanation.values),
        "axes": [axis_to_json(axis, archive) for axis in explanation.axes],
        "unit": explanation.unit,
        "title": explanation.title,
        "baseline": _number_to_json(explanation.baseline, archive),
        "total": _number_to_json(explanation.total, archive),
        "errors": None if explanation.errors is None else archive.add_array(explanation.errors),
        "origin": None if explanation.origin is None else explanation.origin.to_dict(),
        "companions": {name: explanation_to_json(other, archive) for name, other in explanation.companions.items()},
        "images": [archive.add_picture(image) for image in explanation.images],
        "captions": [caption_to_json(caption) for caption in explanation.captions],
    }


def explanation_from_json(
    entry: Json, archive: ArchiveReader, pictures: dict[str, Image.Image], depth: int = 0
) -> Explanation:
    """Read one explanation; `pictures` keeps what was decoded, so that a picture shown ten times is decoded once."""
    if depth > MAX_DEPTH:
        raise StudyError("companions at most eight deep", "more", "Make or fetch the study again.")
    for name in entry["images"]:
        if name not in pictures:
            pictures[name] = archive.picture(name)
    return Explanation(
        archive.array(entry["values"]),
        axes=tuple(axis_from_json(axis, archive) for axis in entry["axes"]),
        unit=_text(entry["unit"]),
        title=_text(entry["title"]),
        baseline=_number_from_json(entry["baseline"], archive),
        total=_number_from_json(entry["total"], archive),
        errors=_optional(archive.array, entry["errors"]),
        origin=_optional(Origin.from_dict, entry["origin"]),
        companions={
            _text(name): explanation_from_json(other, archive, pictures, depth + 1)
            for name, other in entry["companions"].items()
        },
        images=tuple(pictures[name] for name in entry["images"]),
        captions=tuple(caption_from_json(caption) for caption in entry["captions"]),
    )


def read_part(what: str, read: Callable[[], T]) -> T:
    """Turn whatever goes wrong in a hostile or damaged manifest into one clear error."""
    try:
        return read()
    except StudyError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, InputError) as error:
        came = f"{type(error).__name__}: {error}"
        raise StudyError(f"{what} as `Study.save` writes it", came, "Make or fetch the study again.") from error


def _number_to_json(number: Any, archive: ArchiveWriter) -> Any:
    if number is None or isinstance(number, (int, float)):
        return number
    return {"array": archive.add_array(np.asarray(number))}


def _number_from_json(entry: Any, archive: ArchiveReader) -> Any:
    return archive.array(entry["array"]) if isinstance(entry, Mapping) else _optional(float, entry)


def _optional(read: Callable[[Any], T], entry: Any) -> T | None:
    return None if entry is None else read(entry)


def _text(entry: Any) -> str:
    if not isinstance(entry, str):
        raise TypeError(f"a text was expected, not {type(entry).__name__}")
    return entry
