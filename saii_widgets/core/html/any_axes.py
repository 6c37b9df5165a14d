"""Results over axes that no drawing was made for: bars, a matrix or maps, as their number and kind allow."""

from __future__ import annotations

from html import escape

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html.bars import bar_list
from saii_widgets.core.html.matrix import matrix_table
from saii_widgets.core.html.pictures import gallery, heatmap_figure, legend
from saii_widgets.core.scale import Scale

MOST_BARS = 40
MOST_MAPS = 24
MOST_CELLS_A_SIDE = 32


def any_axes(e: Explanation) -> str | None:
    """Bars for one axis, a matrix for two, maps of one picture along any axis; None where nothing fits.

    Parameters
    ----------
    e : Explanation
        ``(step,)``, ``(layer, patch)``, ``(word, concept)``, ``(caption, patch)`` of a picture that was chosen, ...
    """
    if e.kinds[-1] == "patch":
        return _maps(e) if len(e.axes) == 2 and e.axes[-1].grid is not None and len(e.images) == 1 else None
    if len(e.axes) == 1:
        return _bars(e)
    return _matrix(e) if len(e.axes) == 2 else None


def _bars(e: Explanation) -> str:
    shown = slice(MOST_BARS)
    errors = None if e.errors is None else e.errors[shown]
    drawn = bar_list(e.axes[0].labels[shown], e.values[shown], unit=e.unit, errors=errors)
    return drawn + _more(len(e.axes[0]) - MOST_BARS, e.kinds[0])


def _matrix(e: Explanation) -> str:
    rows, columns = e.axes
    n = MOST_CELLS_A_SIDE
    values = e.values[:n, :n]
    scale = Scale.of_maps(e.values) if e.values.min() < 0 and e.unit != "logit" else None
    drawn = matrix_table(values, rows.labels[:n], columns.labels[:n], unit=e.unit, scale=scale)
    return drawn + _more(len(rows) - n, rows.kind) + _more(len(columns) - n, columns.kind)


def _maps(e: Explanation) -> str:
    """Maps on one picture; they share a scale, so that they can be compared."""
    along = e.axes[0]
    scale = Scale.of_maps(e.values)
    figures = [
        heatmap_figure(
            e.images[0], values.reshape(e.axes[1].grid), scale=scale, boxes=e.axes[1].boxes, caption=label, alt=label
        )
        for label, values in zip(along.labels[:MOST_MAPS], e.values, strict=False)
    ]
    return (
        gallery(figures) + legend(scale, e.unit, "the maps share a scale") + _more(len(along) - MOST_MAPS, along.kind)
    )


def _more(n: int, kind: str) -> str:
    return f'<p class="saii-muted">and {n:,} more along the {escape(kind)} axis</p>' if n > 0 else ""
