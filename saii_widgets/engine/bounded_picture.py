"""An 8-bit picture that differs from another by no more than allowed, as it is and as a model resizes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.errors import InputError


def levels_of(epsilon: float) -> int:
    """Whole 8-bit levels that fit into `epsilon`, a share of the range from black to white.

    Raises
    ------
    InputError
        Less than one level, or more than the whole range.
    """
    levels = int(np.floor(epsilon * 255 + 1e-6)) if np.isfinite(epsilon) else 0
    if not 1 <= levels <= 255:
        raise InputError("an epsilon from 1/255 to 1", f"{epsilon:g}", "2/255 is usual: pictures have 8 bits.")
    return levels


def bounded_picture(
    original: Image.Image,
    pixels: ArrayLike,
    epsilon: float,
    *,
    size: tuple[int, int] | None = None,
    resample: Image.Resampling = Image.Resampling.BICUBIC,
) -> Image.Image:
    """Round pixels to 8 bits and hold them within `epsilon` of a picture, also where both are resized.

    Parameters
    ----------
    original : PIL.Image
        RGB.
    pixels : array, (height, width, 3)
        From 0 to 255, not rounded.
    epsilon : float
        Largest difference of a pixel's colour, as a share of 255; only whole levels are used.
    size : (rows, columns), optional
        A size that a model resizes to: a bicubic kernel has negative parts, so differences can grow in it. Where they
        do, the change under them is taken back level by level.
    resample : Resampling
        How it resizes.

    Source
    ------
    The bound holds for any pixels and sizes in `tests/engine/test_bounded_picture.py`.
    """
    levels = levels_of(epsilon)
    clean = np.asarray(original.convert("RGB"), np.int16)
    change = np.clip(np.rint(np.asarray(pixels, np.float64)) - clean, -levels, levels)
    change = (np.clip(clean + change, 0, 255) - clean).astype(np.int16)
    result = _picture(clean + change)
    if size is None or size == clean.shape[:2]:
        return result
    wanted = _resized(original.convert("RGB"), size, resample)
    while (beyond := _beyond(_resized(result, size, resample) - wanted, levels)).any():  # (rows, columns, 3)
        pushes = _under(beyond, clean.shape[:2])
        change -= np.where(np.sign(change) == pushes, pushes, 0)
        result = _picture(clean + change)
    return result


def _beyond(difference: NDArray[np.int16], levels: int) -> NDArray[np.int16]:
    """The sign of each difference of more than so many levels, else 0."""
    return np.sign(difference) * (np.abs(difference) > levels)


def _under(marked: NDArray[np.int16], size: tuple[int, int]) -> NDArray[np.int16]:
    """Signs at the pixels that marked places read with positive weights (a place's negative ones alone can't do it)."""
    places = np.zeros((*size, 3), np.int16)
    for row, column, colour in zip(*np.nonzero(marked), strict=True):
        spans = []
        for place, n_out, n_in in zip((row, column), marked.shape[:2], size, strict=True):
            ratio = n_in / n_out
            centre, reach = (place + 0.5) * ratio, max(ratio, 1.0)
            spans.append(slice(max(0, int(np.floor(centre - reach))), int(np.ceil(centre + reach))))
        places[(*spans, colour)] = marked[row, column, colour]
    return places


def _resized(image: Image.Image, size: tuple[int, int], resample: Image.Resampling) -> NDArray[np.int16]:
    return np.asarray(image.resize((size[1], size[0]), resample), np.int16)


def _picture(pixels: NDArray[np.int16]) -> Image.Image:
    return Image.fromarray(pixels.astype(np.uint8))
