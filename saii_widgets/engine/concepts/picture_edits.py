"""A picture with one region taken away, or put elsewhere."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.concept_graph import moved_mask

GREY: Final = 127


def greyed(image: Image.Image, mask: NDArray[np.bool_]) -> Image.Image:
    """The picture with a region in flat grey.

    Parameters
    ----------
    image : PIL.Image
    mask : bool array, (height, width)
        Of the picture's size, or of a smaller one: it is then enlarged.
    """
    pixels = np.array(image.convert("RGB"))
    pixels[_fitted(mask, image)] = GREY
    return Image.fromarray(pixels)


def with_moved_region(image: Image.Image, mask: NDArray[np.bool_], dx: float, dy: float) -> Image.Image:
    """The picture with a region elsewhere; grey where it was. What leaves the picture is cut off.

    Parameters
    ----------
    image : PIL.Image
    mask : bool array, (height, width)
    dx, dy : float
        To the right and downwards, in widths and heights of the picture.
    """
    before = np.array(image.convert("RGB"))
    region = _fitted(mask, image)
    pixels = before.copy()
    pixels[region] = GREY
    there = moved_mask(region, dx, dy)
    back = moved_mask(there, -dx, -dy)  # the pixels of the region that stay in the picture
    pixels[there] = before[back]
    return Image.fromarray(pixels)


def with_region_from(image: Image.Image, mask: NDArray[np.bool_], other: Image.Image) -> Image.Image:
    """The picture with a region filled from another: that one is fitted to the region's box, and seen through it.

    Parameters
    ----------
    image : PIL.Image
    mask : bool array, (height, width)
        Not empty.
    other : PIL.Image
    """
    pixels, region = np.array(image.convert("RGB")), _fitted(mask, image)
    rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    size = (int(right - left), int(bottom - top))
    patch = np.array(other.convert("RGB").resize(size, Image.Resampling.BILINEAR))
    inside = region[top:bottom, left:right]
    pixels[top:bottom, left:right][inside] = patch[inside]
    return Image.fromarray(pixels)


def _fitted(mask: NDArray[np.bool_], image: Image.Image) -> NDArray[np.bool_]:
    wide, high = image.size
    if mask.shape == (high, wide):
        return mask
    rows = np.arange(high) * mask.shape[0] // high
    columns = np.arange(wide) * mask.shape[1] // wide
    return mask[rows[:, None], columns]
