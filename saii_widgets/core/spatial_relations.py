"""How parts of a picture lie to one another: offset, distance, size, overlap."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RELATIONS: Final = ("dx", "dy", "distance", "size ratio", "overlap")
"""Of part i as seen from part j: offset of its centre to the right and downwards, in widths and heights of the picture;
the length of that offset; log2 of its area over that of j; the share of it that lies within j."""


def mask_boxes(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Left, top, right, bottom of each mask as shares of the picture, (k, 4); zeros for an empty mask."""
    boxes = np.zeros((len(masks), 4), np.float32)
    high, wide = masks.shape[1:]
    for box, mask in zip(boxes, masks, strict=True):
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if len(rows):
            box[:] = columns[0] / wide, rows[0] / high, (columns[-1] + 1) / wide, (rows[-1] + 1) / high
    return boxes


def spatial_relations(masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Relations of every pair of parts; the direction matters.

    Parameters
    ----------
    masks : bool array, (k, height, width)
        Where each part is; empty where it is missing.

    Returns
    -------
    float32 array, (k, k, 5)
        Cell (j, i) has the `RELATIONS` of part i as seen from part j; zeros on the diagonal and wherever one of the two
        is missing.

    Source
    ------
    Against a loop over pixels: `test_concept_graph.py::test_relations_equal_a_loop_over_pixels`.
    """
    k, high, wide = masks.shape
    areas = masks.sum((1, 2)).astype(float)  # (k,)
    there = areas > 0
    size = np.maximum(areas, 1)
    x = masks.sum(1) @ (np.arange(wide) + 0.5) / size / wide  # (k,), centres as shares of the picture
    y = masks.sum(2) @ (np.arange(high) + 0.5) / size / high
    flat = masks.reshape(k, -1).astype(np.float32)
    dx, dy = x[None, :] - x[:, None], y[None, :] - y[:, None]
    ratio = np.log2(size[None, :] / size[:, None])
    found = np.stack([dx, dy, np.hypot(dx, dy), ratio, flat @ flat.T / size], -1)
    known = there[:, None] & there[None, :] & ~np.eye(k, dtype=bool)
    return np.where(known[..., None], found, 0).astype(np.float32)
