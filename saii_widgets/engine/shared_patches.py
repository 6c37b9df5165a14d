"""One axis of patches for several pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import ModelError
from saii_widgets.engine.image_players import Patched


def shared_patches(model: Patched, images: Sequence[Image.Image]) -> tuple[Axis, list[Image.Image]]:
    """One patch axis for all pictures, and the pictures that it lies on.

    Where pictures of several shapes are cropped differently, no one set of boxes fits them: then they are shown as the
    model sees them.

    Raises
    ------
    ModelError
        Grids that differ.
    """
    axes = {image.size: model.patch_axis(image) for image in images}
    first = next(iter(axes.values()))
    if any(axis.grid != first.grid for axis in axes.values()):
        grids = sorted({f"{axis.grid[0]} x {axis.grid[1]}" for axis in axes.values() if axis.grid})
        raise ModelError(
            "pictures that the model cuts into the same grid of patches",
            f"grids of {', '.join(grids)}",
            "Explain pictures of one shape at a time, or crop them to one shape.",
        )
    boxes = [np.asarray(axis.boxes) for axis in axes.values()]
    if all(np.allclose(boxes[0], other, atol=1e-3) for other in boxes):
        return first, list(images)
    shown = []
    for image in images:
        edges = np.asarray(axes[image.size].boxes) * np.tile(image.size, 2)
        shown.append(image.crop((*map(round, edges.min(0)[:2]), *map(round, edges.max(0)[2:]))))  # pyright: ignore[reportArgumentType]
    assert first.grid is not None
    return Axis.patches(*first.grid), shown
