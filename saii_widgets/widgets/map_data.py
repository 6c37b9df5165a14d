"""What a heat map needs in the browser: numbers and pictures as bytes, names as JSON."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core import drawing
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets.outlines import outline

Masks = Mapping[str, ArrayLike] | Sequence[Mapping[str, ArrayLike]]

_PLAIN: Final = (232, 236, 240)  # stands where no picture is known
_LOSSLESS: Final = 160 * 160  # pixels; small drawings stay as they are
DRAWING: Final = {"greyed": drawing.GREYED, "shade": drawing.SHADE, "dimmed": drawing.DIMMED, "ease": drawing.EASE}


def selectors(result: Explanation) -> tuple[Axis, ...]:
    """The axes on which one place is chosen for a map, in order.

    Raises
    ------
    InputError
        No patches in a grid.
    """
    if "patch" not in result.kinds or result.axis("patch").grid is None:
        raise InputError(
            "a result over patches that cover the picture in a grid",
            f"one over {', '.join(result.kinds)}",
            "Pass the result before choosing patches; Explanation.from_array takes maps made elsewhere.",
        )
    return tuple(axis for axis in result.axes if axis.kind != "patch")


def map_values(result: Explanation) -> NDArray[np.float32]:
    """The values with the patches last."""
    return np.moveaxis(result.values, result.kinds.index("patch"), -1)


def pictures(result: Explanation) -> tuple[Image.Image, ...]:
    """One picture a place on the image axis, or one; a plain one where none is known."""
    n = len(result.axis("image")) if "image" in result.kinds else 1
    if result.images:
        return result.images[:n]
    rows, columns = result.axis("patch").grid or (1, 1)
    side = max(1, 256 // max(rows, columns))
    return (Image.new("RGB", (columns * side, rows * side), _PLAIN),) * n


def extent(result: Explanation) -> list[float]:
    """Left, top, right, bottom of the part of the picture that the patches cover."""
    boxes = result.axis("patch").boxes
    if boxes is None:
        return [0.0, 0.0, 1.0, 1.0]
    return [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]


def words_beside(result: Explanation) -> Explanation | None:
    """The companion that gives one number a word, if it fits: over words, or over images and words."""
    words = result.companions.get("words")
    if "word" in result.kinds or words is None or words.kinds not in (("word",), ("image", "word")):
        return None
    return words


def describe(result: Explanation) -> dict[str, Any]:
    """All names, as JSON."""
    axes = selectors(result)
    patch = result.axis("patch")
    words = words_beside(result)
    assert patch.grid is not None
    return {
        "title": result.title,
        "unit": result.unit,
        "axes": [axis_names(axis) for axis in axes],
        "grid": list(patch.grid),
        "patches": list(patch.labels),
        "extent": extent(result),
        "words": None
        if words is None
        else {**axis_names(words.axes[-1]), "unit": words.unit, "kinds": list(words.kinds)},
        "captions": [caption.text for caption in result.captions],
        "drawing": DRAWING,
    }


def axis_names(axis: Axis) -> dict[str, Any]:
    """One axis, as JSON."""
    return {
        "kind": axis.kind,
        "labels": list(axis.labels),
        "roles": None if axis.roles is None else [str(role) for role in axis.roles],
        "groups": None if axis.groups is None else list(axis.groups),
    }


def float_bytes(values: ArrayLike) -> bytes:
    """Little-endian float32, in C order."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def picture_bytes(image: Image.Image) -> bytes:
    """PNG for small pictures, else JPEG."""
    buffer = io.BytesIO()
    if image.width * image.height <= _LOSSLESS:
        image.save(buffer, "PNG", optimize=True)
    else:
        image.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def outlines_of(masks: Masks | None, n: int) -> list[dict[str, NDArray[np.float32]]]:
    """Outlines by name, for each of n pictures.

    Raises
    ------
    InputError
        Masks for another number of pictures.
    """
    if masks is None:
        return [{} for _ in range(n)]
    each = [masks] * n if isinstance(masks, Mapping) else list(masks)
    if len(each) != n:
        raise InputError(f"masks for {n} pictures", str(len(each)), "Give a mapping of name to mask for each picture.")
    return [{str(name): outline(mask) for name, mask in one.items()} for one in each]
