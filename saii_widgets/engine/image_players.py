"""What of a picture is kept or taken away together: patches, blocks of patches, superpixels, given masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.superpixels import superpixels

_SLIC_DEFAULT: Final = 49
FINE: Final = 16
"""Pixels a side of a patch that are enough to tell who has most of it."""

ImagePlayersAsked = str | Mapping[str, NDArray[np.bool_]] | NDArray[np.bool_]
"""A name as :func:`image_players` takes it, or masks (n, height, width), with or without names."""


class Patched(Protocol):
    """A model that cuts pictures into patches."""

    def patch_axis(self, image: Image.Image) -> Axis: ...


@dataclass(frozen=True, eq=False)
class ImagePlayers:
    """The players of one picture.

    Parameters
    ----------
    axis : Axis
        Of kind "patch", a place a player.
    patches : bool array, (n, patches), optional
        Which patches of the model's grid each player is; None where borders run through patches.
    regions : bool array, (n, height, width), optional
        Where each player is in the whole picture, where patches do not say it.
    """

    axis: Axis
    patches: NDArray[np.bool_] | None = None
    regions: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.axis)


def image_players(model: Patched, image: Image.Image, asked: ImagePlayersAsked = "patches") -> ImagePlayers:
    """The players that are asked for.

    Parameters
    ----------
    model : Patched
        Cuts the picture into patches.
    image : PIL.Image
    asked : str, mapping or bool array
        "patches"; "blocks k": k x k patches each; "slic" or "slic n": about n superpixels (needs scikit-image); masks
        (n, height, width) over the picture, or named masks such as `scene.masks`. What no mask covers always stays.

    Raises
    ------
    InputError
        An unknown name, or masks that do not fit the picture, are empty or overlap.
    """
    if not isinstance(asked, str):
        return _given(image, asked)
    name, _, number = asked.partition(" ")
    if number and not (number.isdecimal() and int(number)):
        raise _unknown(asked)
    if name == "patches" and not number:
        axis = model.patch_axis(image)
        return ImagePlayers(axis, np.eye(len(axis), dtype=bool))
    if name == "blocks" and number:
        return _blocks(model.patch_axis(image), int(number))
    if name == "slic":
        return _slic(image, int(number or _SLIC_DEFAULT))
    raise _unknown(asked)


def majority(laid: NDArray[Any], grid: tuple[int, int]) -> NDArray[np.bool_]:
    """Which patches go with which region: with the one that has most of a patch, if any has half.

    Parameters
    ----------
    laid : array, (n, rows * FINE, columns * FINE)
        Where each region is, 0 or 1, each pixel one region's at most.
    grid : (int, int)
        Rows and columns of patches.

    Returns
    -------
    bool array, (n, patches)
    """
    n = len(laid)
    shares = laid.reshape(n, grid[0], FINE, grid[1], FINE).mean((2, 4)).reshape(n, -1)
    return (np.arange(n)[:, None] == shares.argmax(0)) & (shares.sum(0) >= 0.5)


def _unknown(asked: Any) -> InputError:
    return InputError(
        "players of a picture",
        repr(asked),
        "Take 'patches', 'blocks 2' (2 x 2 patches each), 'slic 50' (superpixels), or masks over the picture.",
    )


def merged_patches(patches: Axis, asked: ImagePlayersAsked) -> Axis:
    """The axis of players that lie in a grid, made of the axis of patches: "patches" or "blocks k"."""
    name, _, number = str(asked).partition(" ")
    return _blocks(patches, int(number)).axis if name == "blocks" else patches


def _blocks(patches: Axis, k: int) -> ImagePlayers:
    assert patches.grid is not None
    assert patches.boxes is not None
    rows, columns = patches.grid
    row, column = np.divmod(np.arange(rows * columns), columns)
    high, wide = -(-rows // k), -(-columns // k)
    block = row // k * wide + column // k
    members = block == np.arange(high * wide)[:, None]  # (n, patches)
    boxes = [(*patches.boxes[m, :2].min(0), *patches.boxes[m, 2:].max(0)) for m in members]
    return ImagePlayers(Axis.patches(high, wide, boxes), members)


def _slic(image: Image.Image, n: int) -> ImagePlayers:
    labels = superpixels(image, n)
    regions = np.stack([labels == k for k in np.unique(labels)])
    return _regions(regions, [f"superpixel {k + 1}" for k in range(len(regions))])


def _given(image: Image.Image, asked: Any) -> ImagePlayers:
    named = isinstance(asked, Mapping)
    try:
        regions = np.array([np.asarray(m, bool) for m in (asked.values() if named else asked)])
    except (TypeError, ValueError):
        raise _unknown(type(asked).__name__) from None
    size = image.size[::-1]
    if not len(regions) or regions.shape[1:] != size:
        raise InputError(
            f"masks (n, {size[0]}, {size[1]}) over the picture", f"shape {regions.shape}", "Give one mask a player."
        )
    names = [str(name) for name in asked] if named else [f"region {k + 1}" for k in range(len(regions))]
    empty = [name for name, region in zip(names, regions, strict=True) if not region.any()]
    if empty:
        raise InputError("a region for every player", f"nothing for {', '.join(empty)}", "Leave these players out.")
    if (regions.sum(0) > 1).any():
        raise InputError("masks that do not overlap", "some that do", "Give each pixel to one player at most.")
    return _regions(regions, names)


def _regions(regions: NDArray[np.bool_], names: list[str]) -> ImagePlayers:
    high, wide = regions.shape[1:]
    boxes = []
    for region in regions:
        rows, columns = np.flatnonzero(region.any(1)), np.flatnonzero(region.any(0))
        boxes.append((columns[0] / wide, rows[0] / high, (columns[-1] + 1) / wide, (rows[-1] + 1) / high))
    axis = Axis("patch", tuple(names), boxes=np.array(boxes, np.float32), masks=regions)
    return ImagePlayers(axis, regions=regions)
