"""Bars and intervals beside their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from saii_widgets.core.html.numbers import shown


@dataclass(frozen=True)
class Interval:
    """One line of :func:`interval_list`: a value with the ends of its interval."""

    label: str
    value: float
    low: float
    high: float
    unit: str = ""
    note: str = ""


def bar_list(labels: Sequence[str], values: ArrayLike, *, unit: str = "", errors: ArrayLike | None = None) -> str:
    """One bar a label, from zero; negative bars point to the left.

    Parameters
    ----------
    labels : sequence of str
    values : array, (labels,)
    unit : str
        Of the values.
    errors : array, (labels,), optional
        Standard errors, shown after the number.
    """
    numbers = np.asarray(values, np.float64)
    wrong = None if errors is None else np.asarray(errors, np.float64)
    low, high = min(0.0, float(numbers.min(initial=0.0))), max(0.0, float(numbers.max(initial=0.0)))
    width = (high - low) or 1.0
    signed = low < 0
    lines = []
    for k, (label, value) in enumerate(zip(labels, numbers, strict=True)):
        start, length = (min(value, 0.0) - low) / width, abs(value) / width
        about = f" ± {shown(float(wrong[k]), unit)}" if wrong is not None else ""
        kind = "saii-minus" if value < 0 else "saii-plus" if signed else "saii-amount"
        lines.append(
            f'<li><span class="saii-label">{escape(label)}</span><span class="saii-track">'
            f'<i class="{kind}" style="left:{100 * start:.2f}%;width:{100 * length:.2f}%"></i></span>'
            f'<span class="saii-value">{shown(float(value), unit, signed=signed)}{about}</span></li>'
        )
    return f'<ul class="saii-bars">{"".join(lines)}</ul>'


def interval_list(intervals: Sequence[Interval], *, low: float, high: float, reference: float | None = None) -> str:
    """Values with their intervals on one common scale.

    Parameters
    ----------
    intervals : sequence of Interval
    low, high : float
        Ends of the scale; what lies beyond is cut off.
    reference : float, optional
        A value that is marked by a line through all rows, such as zero or chance.
    """
    width = (high - low) or 1.0

    def place(value: float) -> str:
        return f"{100 * min(max((value - low) / width, 0.0), 1.0):.2f}%"

    lines = []
    for one in intervals:
        said = f"{shown(one.value, one.unit)}, 95 % interval {shown(one.low, one.unit)} to {shown(one.high, one.unit)}"
        mark = (
            f'<line class="saii-reference" x1="{place(reference)}" x2="{place(reference)}" y1="0" y2="100%"/>'
            if reference is not None
            else ""
        )
        drawing = (
            f'<svg class="saii-interval" role="img" aria-label="{escape(said)}">{mark}'
            f'<line class="saii-axis" x1="0" x2="100%" y1="50%" y2="50%"/>'
            f'<line class="saii-range" x1="{place(one.low)}" x2="{place(one.high)}" y1="50%" y2="50%"/>'
            f'<circle cx="{place(one.value)}" cy="50%" r="4.5"/></svg>'
        )
        note = f'<span class="saii-muted">{escape(one.note)}</span>' if one.note else ""
        lines.append(
            f'<li><span class="saii-label">{escape(one.label)}{note}</span>{drawing}'
            f'<span class="saii-value">{shown(one.value, one.unit)}</span>'
            f'<span class="saii-between">{shown(one.low, one.unit)} to {shown(one.high, one.unit)}</span></li>'
        )
    return f'<ul class="saii-intervals">{"".join(lines)}</ul>'
