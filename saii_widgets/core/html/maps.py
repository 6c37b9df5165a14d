"""Several pictures by several captions: a grid of small maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.html.pictures import heatmap_figure, row_head
from saii_widgets.core.scale import Scale


def map_grid(
    maps: NDArray[np.float32],
    rows: Sequence[str],
    columns: Sequence[str],
    images: Sequence[Image.Image],
    *,
    scale: Scale | None = None,
    boxes: NDArray[np.float32] | None = None,
    said: Callable[[int, int], str] | None = None,
    holds: Callable[[int, int], bool] | None = None,
    width: int = 112,
) -> str:
    """Small maps, a row each picture and a column each caption.

    Parameters
    ----------
    maps : float array, (n, m, patch rows, patch columns)
    rows, columns : sequence of str
        Names of the n pictures and texts of the m captions.
    images : sequence of PIL.Image.Image
        The n pictures.
    scale : Scale, optional
        One for all maps; by default each has its own, because the size of relevance differs between pictures.
    boxes : float array, (patches, 4), optional
        Where the patches are.
    said : callable (i, j) -> str, optional
        A short text under each map.
    holds : callable (i, j) -> bool, optional
        Which maps are framed.
    width : int
        Of a map, pixels.
    """
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = []
    for i, name in enumerate(rows):
        cells = []
        for j, column in enumerate(columns):
            figure = heatmap_figure(
                images[i],
                maps[i, j],
                scale=scale,
                boxes=boxes,
                caption=said(i, j) if said else "",
                alt=f"{name}: {column}",
                width=width,
            )
            frame = ' class="saii-holds"' if holds and holds(i, j) else ""
            cells.append(f"<td{frame}>{figure}</td>")
        body.append(f"<tr>{row_head(name, images[i])}{''.join(cells)}</tr>")
    return (
        f'<div class="saii-scroll"><table class="saii-grid"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )
