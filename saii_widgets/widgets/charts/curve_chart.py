"""Curves of a measure of trust, such as insertion and deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.widgets.charts.chart_style import FONT, Theme, blank, colours, plain

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure


def curve_chart(measurement: Measurement, *, title: str = "", theme: Theme = "light") -> Figure:
    """The curves of one measurement: a line each, those of random orders dashed.

    Parameters
    ----------
    measurement : Measurement
        Of a table that `trust` gives: ``table["insertion less deletion"]``.
    title : str
        By default the quantity.
    theme : {"light", "dark"}

    Returns
    -------
    bokeh.plotting.figure
        Its renderers have the names of the curves; columns of their data: x (per cent) and y.

    Raises
    ------
    InputError
        A measurement without curves.

    Examples
    --------
    >>> from saii_widgets.core.measurement import Measurement
    >>> aid = Measurement("insertion and deletion", "insertion less deletion", 4.5, "logit", "",
    ...                   along=[0, 0.5, 1], curves={"insertion": [0, 4, 5], "deletion": [5, 1, 0]})
    >>> curve_chart(aid).select_one("insertion").data_source.data["x"]
    [0.0, 50.0, 100.0]
    """
    from bokeh.models import ColumnDataSource, HoverTool

    if not measurement.curves:
        raise InputError(
            "a measurement with curves",
            repr(measurement.quantity),
            'Take that of "insertion less deletion" or "synergy of what is ranked first".',
        )
    inks = colours(theme)
    made = blank(title or measurement.quantity, theme, 340)
    across = [100 * share for share in measurement.along]
    for k, (name, values) in enumerate(measurement.curves.items()):
        random = "random" in name
        first = k % 2 == 0 or len(measurement.curves) == 2
        source = ColumnDataSource({"x": across, "y": list(values)})
        drawn = made.line(
            "x", "y", source=source, name=name, legend_label=name, line_width=1.5 if random else 2.5,
            line_color=inks["first" if first and not (random and k == 1) else "second"],
            line_dash="dashed" if random else "solid",
        )  # fmt: skip
        made.add_tools(HoverTool(renderers=[drawn], tooltips=[("", f"{name}: @y at @x{{0}} %")], visible=False))
    made.xaxis[0].axis_label = plain("share of the parts and words (%)")
    made.yaxis[0].axis_label = plain(measurement.unit)
    legend = made.legend[0]
    made.add_layout(legend, "below")
    legend.location = "left"
    legend.label_text_color, legend.label_text_font, legend.label_text_font_size = inks["ink"], FONT, "12px"
    legend.background_fill_color = legend.border_line_color = None
    legend.orientation = "horizontal"
    return made
