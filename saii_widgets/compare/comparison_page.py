"""A comparison as files: a table for a spreadsheet, and a page with a sortable table and charts."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from saii_widgets.compare.comparison_table import ComparisonTable
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import explanation, style
from saii_widgets.widgets.charts.chart_html import chart_html
from saii_widgets.widgets.charts.chart_style import Theme
from saii_widgets.widgets.charts.interval_chart import interval_chart

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure

EXPLAINERS, MODELS = "explainers", "models"
_MOST_WORDS: Final = 20
_WIDE: Final = "max-width: 1100px; margin: 0 auto"


def comparison_charts(table: ComparisonTable, *, theme: Theme = "light") -> list[Figure]:
    """A chart each quantity: the explainers' means with their intervals, the best mean rank on top."""
    charts = []
    rows = table.rows()
    for quantity in table.quantities:
        mine = [row for row in rows if row["quantity"] == quantity.name]
        if mine:
            charts.append(
                interval_chart(
                    mine,
                    label="explainer",
                    unit=quantity.unit,
                    reference=quantity.chance,
                    title=quantity.name,  # the question stands in the list above: a longer title is cut off
                    theme=theme,
                )
            )
    return charts


def write_comparison(table: ComparisonTable, folder: str | Path) -> Path:
    """Write ``explainers.csv`` and ``explainers.html``; returns the page's path.

    Raises
    ------
    InputError
        The place can't be written to.
    """
    folder = _made(folder)
    table.to_csv(folder / f"{EXPLAINERS}.csv")
    page = folder / f"{EXPLAINERS}.html"
    asked = "".join(f"<dt>{escape(q.name)}</dt><dd>{escape(q.question)}</dd>" for q in table.quantities)
    above = _above(f"<h1>Which explainer to trust</h1>{table.to_html()}<dl>{asked}</dl>")
    chart_html(comparison_charts(table), page, "Which explainer to trust", above=above)
    return page


def write_model_comparison(found: Explanation, folder: str | Path) -> Path:
    """Write ``models.csv``, the words with the models' differences, and ``models.html``; returns the page's path.

    Raises
    ------
    InputError
        The place can't be written to.
    """
    folder = _made(folder)
    words = found.companions["most disputed words"]
    agreement = found.companions["agreement"]
    words.to_frame().to_csv(folder / f"{MODELS}.csv", index=False)
    page = folder / f"{MODELS}.html"
    charts = [
        interval_chart(_agreement_rows(agreement), label="part", unit="correlation", reference=0.0,
                       title=agreement.title),
        interval_chart(_word_rows(words), label="word", unit="share", title=words.title),
    ]  # fmt: skip
    above = _above(f"<h1>Where two models part</h1>{explanation(found, with_style=False)}")
    chart_html(charts, page, "Where two models part", above=above)
    return page


def _made(folder: str | Path) -> Path:
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("a folder that can be written to", f"{error.strerror} for {folder}", "Name another.") from None
    return folder


def _above(html: str) -> str:
    # the charts below are drawn for a light page, so this part is light too
    return f'{style()}<div class="saii" style="color-scheme: light; {_WIDE}">{html}</div>'


def _agreement_rows(agreement: Explanation) -> list[dict[str, Any]]:
    low, high = (agreement.companions[name].values for name in ("low", "high"))
    parts = agreement.axes[0].labels
    return [
        {"part": part, "value": float(v), "low": float(a), "high": float(b)}
        for part, v, a, b in zip(parts, agreement.values, low, high, strict=True)
    ]


def _word_rows(words: Explanation) -> list[dict[str, Any]]:
    assert words.errors is not None
    shown = range(min(_MOST_WORDS, len(words.values)))
    reach = 1.96 * np.asarray(words.errors, np.float64)
    return [
        {
            "word": words.axes[0].labels[k],
            "value": float(words.values[k]),
            "low": max(0.0, float(words.values[k] - reach[k])),
            "high": float(words.values[k] + reach[k]),
        }
        for k in shown
    ]
