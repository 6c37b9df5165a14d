"""Evaluation by task performance: the table with its intervals, and Figures 5 and 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from saii_widgets.core.html import Interval, interval_list
from saii_widgets.core.study import Study
from saii_widgets.report.findings import ACCURACY_DIFFERENCE, AREA_RANK, AUC, THRESHOLD
from saii_widgets.report.relevance import figures

Rows = Sequence[Mapping[str, Any]]
ACCURACY = "balanced accuracy"
_SAID = {
    AUC: ("AUC of the score", "Chance that a picture with the thing scores above one without it; 0.5 is guessing."),
    ACCURACY: ("Balanced accuracy", "Decisions by a threshold that was fitted on other pictures; 50 % is guessing."),
    ACCURACY_DIFFERENCE: (
        "Strongest against weakest",
        "Difference of the shares of right decisions on the same pictures.",
    ),
    THRESHOLD: ("Activation threshold", "The logit from which on the phrase is taken to be in the picture."),
    AREA_RANK: ("Area and probability", "Rank correlation of the map's area with the phrase's probability, −1 to 1."),
}
_SCALES: dict[str, tuple[float, float, float | None]] = {
    AUC: (0.0, 1.0, 0.5),
    ACCURACY: (0.0, 1.0, 0.5),
    ACCURACY_DIFFERENCE: (-1.0, 1.0, 0.0),
    AREA_RANK: (-1.0, 1.0, 0.0),
}
_UNITS = {AUC: "AUC", AREA_RANK: "correlation", ACCURACY: "share", ACCURACY_DIFFERENCE: "share", THRESHOLD: "logit"}


def evaluate(study: Study) -> str:
    """Intervals a quantity, and the figures."""
    rows = study.tables.get("evaluation", [])
    reason = study.settings.get("left out", {}).get("evaluate")
    left = f'<p class="report-left-out">No numbers: {escape(str(reason))}.</p>' if not rows and reason else ""
    return left + "".join(_quantity(rows, quantity) for quantity in _SAID) + figures(study)


def _quantity(rows: Rows, quantity: str) -> str:
    mine = [row for row in rows if row["quantity"] == quantity]
    if not mine:
        return ""
    title, said = _SAID[quantity]
    unit = _UNITS.get(quantity, "")
    low, high, reference = _SCALES.get(quantity) or _room(mine)
    intervals = [Interval(str(r["phrase"]), r["value"], r["low"], r["high"], unit) for r in mine]
    counts = sorted({int(row["n"]) for row in mine if row.get("n") is not None})
    on = f" On {' or '.join(map(str, counts))} other pictures." if counts else ""
    return f"<h3>{title}</h3><p>{said}{on}</p>" + interval_list(intervals, low=low, high=high, reference=reference)


def _room(rows: Rows) -> tuple[float, float, None]:
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    air = 0.08 * (high - low) or 0.5
    return low - air, high + air, None
