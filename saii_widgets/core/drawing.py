"""Pictures with maps on them, as small images that travel inside HTML."""

from __future__ import annotations

import base64
import io
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.scale import Scale

OPACITY = 0.8  # of the strongest patch; the picture stays readable under it
EASE = 0.6  # below 1, so that weak patches are seen too
GREYED = 0.5  # how much of the picture's own colour gives way to the map's
SHADE = 0.85  # brightness of the picture under the map, so that what counts stands out
DIMMED = 0.4  # brightness of what the model never saw
JPEG_QUALITY = 80


def overlay(
    image: Image.Image,
    values: ArrayLike,
    *,
    scale: Scale | None = None,
    boxes: ArrayLike | None = None,
    smooth: bool = True,
    width: int = 224,
) -> Image.Image:
    """A patch map over its picture; what counts more covers more.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture.
    values : array, (rows, columns)
        One number a patch, row by row.
    scale : Scale, optional
        Colours; by default from zero to this map's largest value, around zero where some are negative.
    boxes : array, (rows * columns, 4), optional
        Left, top, right and bottom of each patch as shares of the picture; by default the grid covers all of it.
        What lies outside all boxes was not seen by the model and is dimmed.
    smooth : bool
        Upsample bicubically, or show the patches as blocks.
    width : int
        Of the result, pixels; small pictures are enlarged to it.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Raises
    ------
    InputError
        The map is not two-dimensional, or has another number of patches than there are boxes.
    """
    grid = np.asarray(values, np.float32)
    if grid.ndim != 2 or not grid.size:
        raise InputError("a map of rows and columns", f"an array of shape {grid.shape}", "Take one map at a time.")
    scale = scale or Scale.of_maps(grid)
    height = max(1, round(width * image.height / image.width))
    base = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    left, top, right, bottom = _extent(boxes, grid.size, width, height)
    spread = _spread(grid, right - left, bottom - top, smooth)
    pixels = np.asarray(base, np.float32)
    opacity = np.zeros((height, width, 1), np.float32)
    colours = np.zeros_like(pixels)
    opacity[top:bottom, left:right, 0] = OPACITY * scale.strength(spread) ** EASE
    colours[top:bottom, left:right] = scale.colours(spread)
    grey = pixels @ np.array([0.299, 0.587, 0.114], np.float32)
    calm = pixels + GREYED * (grey[..., None] - pixels)
    calm *= _light((height, width), (left, top, right, bottom))
    return Image.fromarray(np.round(calm * (1 - opacity) + colours * opacity).astype(np.uint8))


def colour_bar(scale: Scale, width: int = 128) -> Image.Image:
    """The scale's colours from its low end to its high end, one pixel high."""
    return Image.fromarray(scale.colours(np.linspace(scale.low, scale.high, width))[None])


def data_uri(image: Image.Image, kind: Literal["JPEG", "PNG"] = "JPEG") -> str:
    """The picture as a ``data:`` address; JPEG for photographs, PNG for flat colours."""
    buffer = io.BytesIO()
    if kind == "JPEG":
        image.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        image.save(buffer, "PNG", optimize=True)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def _extent(boxes: ArrayLike | None, n_patches: int, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the part that the patches cover, pixels."""
    if boxes is None:
        return 0, 0, width, height
    edges = np.asarray(boxes, np.float64)
    if edges.shape != (n_patches, 4):
        raise InputError(f"boxes of shape ({n_patches}, 4)", f"shape {edges.shape}", "Give one box for each patch.")
    left, top = np.clip(edges[:, :2].min(axis=0), 0, 1) * (width, height)
    right, bottom = np.clip(edges[:, 2:].max(axis=0), 0, 1) * (width, height)
    x, y = min(round(left), width - 1), min(round(top), height - 1)
    return x, y, max(round(right), x + 1), max(round(bottom), y + 1)


def _spread(grid: NDArray[np.float32], width: int, height: int, smooth: bool) -> NDArray[np.float32]:
    """The map upsampled to pixels, (height, width), never beyond its own values."""
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    spread = np.asarray(Image.fromarray(grid).resize((width, height), method))
    return np.clip(spread, grid.min(), grid.max())


def _light(size: tuple[int, int], seen: tuple[int, int, int, int]) -> NDArray[np.float32]:
    left, top, right, bottom = seen
    light = np.full((*size, 1), DIMMED, np.float32)
    light[top:bottom, left:right] = SHADE
    return light
