"""Scores of pictures with their own captions against scores with the others'."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import shown
from saii_widgets.widgets.charts.chart_style import FONT, Theme, blank, colours, plain

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure


def score_distribution(
    result: Explanation, *, own: Sequence[int] | None = None, bins: int = 24, theme: Theme = "light"
) -> Figure:
    """Two histograms: each picture's score with its own caption, and with the captions of others.

    Each adds up to 100 %, because there are many more pairs of the second kind. Captions of the same text count as own.

    Parameters
    ----------
    result : Explanation
        Over (image, caption): n pictures by m captions, logits or any other scores.
    own : sequence of int, optional
        The place of each picture's own caption, n of them; by default the captions are in the order of the pictures.
    bins : int
        Of equal width over all scores.
    theme : {"light", "dark"}

    Returns
    -------
    bokeh.plotting.figure
        Its two renderers are named "own" and "others"; columns of their data: left, right (unit of the scores), share
        (per cent), count and said.

    Raises
    ------
    InputError
        Other axes, a picture without its own caption, or no caption of others.

    Examples
    --------
    >>> logits = Explanation.from_array([[9.0, 1.0], [2.0, 8.0]], kinds=("image", "caption"), unit="logit")
    >>> figure = score_distribution(logits, bins=4)
    >>> figure.select_one("others").data_source.data["count"].tolist()
    [2, 0, 0, 0]
    """
    from bokeh.models import ColumnDataSource, DataRange1d, HoverTool

    if result.kinds != ("image", "caption"):
        came = f"one over {', '.join(result.kinds)}"
        raise InputError("a result over (image, caption)", came, "Pass the scores of pictures by captions.")
    if bins < 2:
        raise InputError("two bins or more", str(bins), "Pass a number such as 24.")
    mine = _own_pairs(result, own)
    edges = np.histogram_bin_edges(result.values.astype(np.float64), bins)
    inks = colours(theme)
    made = blank(result.title or "Scores with own and with other captions", theme, 340)
    for name, said, chosen, colour, hatch in (
        ("others", "other captions", ~mine, inks["second"], "right_diagonal_line"),
        ("own", "own caption", mine, inks["first"], None),
    ):
        values = result.values[chosen]
        counts = np.histogram(values, edges)[0]
        ends = [tuple(shown(end, result.unit) for end in pair) for pair in pairwise(edges)]
        data = {
            "left": edges[:-1], "right": edges[1:], "share": 100 * counts / counts.sum(), "count": counts,
            "said": [f"{said}, {result.unit} {low} to {high}" for low, high in ends],
        }  # fmt: skip
        legend = f"{said}: n = {len(values):,}, median {shown(float(np.median(values)), result.unit)}"
        drawn = made.quad(
            left="left", right="right", bottom=0, top="share", source=ColumnDataSource(data), name=name,
            fill_color=colour, fill_alpha=0.18 if hatch else 0.55, line_color=colour, line_width=1.5,
            hatch_pattern=hatch or " ", hatch_color=colour, hatch_alpha=0.7, legend_label=legend,
        )  # fmt: skip
        # without names of their own, which Bokeh would print in a pale blue that is hard to read
        tips = [("", "@said"), ("", "@share{0.0} % of them (@count)")]
        made.add_tools(HoverTool(renderers=[drawn], tooltips=tips, visible=False))
    made.y_range = DataRange1d(start=0)
    made.xaxis[0].axis_label = plain(result.unit)
    made.yaxis[0].axis_label = plain("share of the pairs of each kind (%)")
    made.xgrid.grid_line_color = None
    legend = made.legend[0]
    made.add_layout(legend, "below")
    legend.location = "left"
    legend.label_text_color, legend.label_text_font, legend.label_text_font_size = inks["ink"], FONT, "12px"
    legend.background_fill_color = legend.border_line_color = None
    legend.margin = 0
    return made


def _own_pairs(result: Explanation, own: Sequence[int] | None) -> NDArray[np.bool_]:
    """Which pairs are a picture with its own caption, (n, m)."""
    n, m = result.shape
    if own is None and n != m:
        came = f"{n} pictures and {m} captions"
        raise InputError("as many captions as pictures, in the same order", came, "Pass own=, one place a picture.")
    places = list(range(n)) if own is None else list(own)
    if len(places) != n or any(not 0 <= place < m for place in places):
        raise InputError(f"{n} places of {m} captions, from 0", repr(places), "Give each picture its caption's place.")
    texts = np.array(result.axes[1].labels, object)
    mine = texts[places][:, None] == texts[None, :]
    if mine.all():
        raise InputError("captions of other pictures", "none", "Give more captions.")
    return mine
