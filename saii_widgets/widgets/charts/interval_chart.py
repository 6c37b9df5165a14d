"""Points with their intervals, a row each."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.core.html import shown
from saii_widgets.widgets.charts.chart_style import Theme, blank, colours, plain

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure

_WRAP: Final = 24  # characters of a label's line
_IN_PER_CENT: Final = ("share", "probability")


def interval_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    quantity: str | None = None,
    label: str = "phrase",
    unit: str = "",
    reference: float | None = None,
    title: str = "",
    theme: Theme = "light",
) -> Figure:
    """A row a label: the value as a point, its interval as a line.

    Parameters
    ----------
    rows : sequence of mapping
        With value, low, high and the label; n, how many pictures it rests on, is shown where it is there. The rows of
        ``study.tables["evaluation"]`` are such.
    quantity : str, optional
        Only rows whose "quantity" is this one; needed where there are several.
    label : str
        Which entry names the row.
    unit : str
        Of the values; shares and probabilities are drawn in per cent.
    reference : float, optional
        A value that is marked by a line through all rows, such as chance.
    title : str
        By default the quantity.
    theme : {"light", "dark"}

    Returns
    -------
    bokeh.plotting.figure
        Its points are named "rows"; columns of their data: y, label, value, low, high, said and n.

    Raises
    ------
    InputError
        No rows, an entry that is missing or no number, or several quantities.

    Examples
    --------
    >>> rows = [{"phrase": "wet road", "quantity": "AUC", "value": 0.8, "low": 0.7, "high": 0.9, "n": 120}]
    >>> interval_chart(rows, unit="AUC", reference=0.5).select_one("rows").data_source.data["said"]
    ['0.80 (0.70 to 0.90)']
    """
    from bokeh.models import BasicTicker, ColumnDataSource, FixedTicker, HoverTool, Range1d, Span

    mine = _chosen(rows, quantity)
    labels = [str(_entry(row, label)) for row in mine]
    numbers = np.array([[_number(row, name) for name in ("value", "low", "high")] for row in mine])  # (rows, 3)
    if (numbers[:, 1] > numbers[:, 2]).any():
        raise InputError("intervals with the low end first", "one that is turned round", "Swap low and high.")
    factor, named = (100, f"{unit} (%)") if unit in _IN_PER_CENT else (1, unit)
    inks, n = colours(theme), len(mine)
    quantity = quantity or str(mine[0].get("quantity", ""))
    lines = [textwrap.wrap(text, _WRAP) or [text] for text in labels]
    made = blank(title or quantity, theme, 106 + sum(16 + 15 * len(part) for part in lines))
    y = np.arange(n, 0, -1)
    data = {
        "y": y, "label": labels, "value": factor * numbers[:, 0], "low": factor * numbers[:, 1],
        "high": factor * numbers[:, 2], "said": [_said(one, unit) for one in numbers],
        "n": [str(row["n"]) if row.get("n") is not None else "" for row in mine],
    }  # fmt: skip
    source = ColumnDataSource(data)
    if reference is not None:
        line = Span(location=factor * reference, dimension="height", line_color=inks["muted"], line_dash="dashed")
        made.add_layout(line)
    bar = made.segment("low", "y", "high", "y", source=source, line_color=inks["first"], line_width=3)
    for end in ("low", "high"):
        made.scatter(end, "y", source=source, marker="dash", angle=np.pi / 2, size=12, line_width=2,
                     line_color=inks["first"])  # fmt: skip
    made.scatter("value", "y", source=source, size=11, fill_color=inks["first"], line_color=inks["ground"],
                         line_width=1.5, name="rows")  # fmt: skip
    # without names of their own, which Bokeh would print in a pale blue that is hard to read
    tips = [("", "@label"), ("", "@said"), *([("", "n = @n")] if any(data["n"]) else [])]
    made.add_tools(HoverTool(renderers=[bar], tooltips=tips, visible=False))
    ends = factor * np.array([*numbers.ravel(), *([] if reference is None else [reference])])
    air = 0.06 * float(np.ptp(ends)) or 0.5
    made.x_range = Range1d(start=float(ends.min()) - air, end=float(ends.max()) + air)
    made.y_range = Range1d(start=0.4, end=n + 0.6)
    made.yaxis[0].ticker = FixedTicker(ticks=y.tolist())
    made.yaxis[0].major_label_overrides = {int(k): plain("\n".join(part)) for k, part in zip(y, lines, strict=True)}
    made.ygrid.grid_line_color = made.yaxis[0].axis_line_color = made.yaxis[0].major_tick_line_color = None
    beside = "" if reference is None else f"\ndashed line: {shown(reference, unit)}"
    made.xaxis[0].axis_label = plain(f"{named or quantity or 'value'} with interval{beside}")
    made.xaxis[0].ticker = BasicTicker(desired_num_ticks=5)
    return made


def _chosen(rows: Sequence[Mapping[str, Any]], quantity: str | None) -> list[Mapping[str, Any]]:
    known = list(dict.fromkeys(str(row["quantity"]) for row in rows if "quantity" in row))
    if quantity is None and len(known) > 1:
        raise InputError("rows of one quantity", ", ".join(map(repr, known)), "Pass quantity= with one of them.")
    mine = [row for row in rows if quantity is None or row.get("quantity") == quantity]
    if not mine:
        came = "no rows" if not rows else f"none of {quantity!r}"
        there = f"There are: {', '.join(map(repr, known))}." if known else "Pass a table with rows."
        raise InputError("at least one row", came, there)
    return mine


def _entry(row: Mapping[str, Any], name: str) -> Any:
    if name not in row:
        raise InputError(f"{name!r} in each row", f"a row with {', '.join(map(repr, row))}", "Name the entries so.")
    return row[name]


def _number(row: Mapping[str, Any], name: str) -> float:
    entry = _entry(row, name)
    if isinstance(entry, bool) or not isinstance(entry, int | float | np.number) or not np.isfinite(entry):
        raise InputError(f"a finite number as {name!r}", repr(entry), "Leave rows without one out.")
    return float(entry)


def _said(numbers: Sequence[float], unit: str) -> str:
    value, low, high = (shown(float(number), unit) for number in numbers)
    return f"{value} ({low} to {high})"
