"""Rows with intervals: numbers, units and labels as they were given."""

from __future__ import annotations

from typing import Any

import pytest
from bokeh.models import HoverTool, PlainText, Span

from saii_widgets.core.errors import InputError
from saii_widgets.widgets import chart_html, interval_chart

ROWS = [
    {"phrase": "metal fence", "quantity": "AUC of the score", "value": 0.9, "low": 0.8, "high": 0.95, "n": 120},
    {"phrase": "wet road", "quantity": "AUC of the score", "value": 0.5, "low": 0.4, "high": 0.62},
    {"phrase": "metal fence", "quantity": "balanced accuracy", "value": 0.7, "low": 0.6, "high": 0.8, "n": 120},
]


def data(figure: Any) -> dict[str, Any]:
    return dict(figure.select_one({"name": "rows"}).data_source.data)


def test_rows_of_one_quantity_from_top_to_bottom() -> None:
    figure = interval_chart(ROWS, quantity="AUC of the score", unit="AUC", reference=0.5)
    drawn = data(figure)
    assert drawn["label"] == ["metal fence", "wet road"]
    assert drawn["y"].tolist() == [2, 1]
    assert [drawn[name].tolist() for name in ("value", "low", "high")] == [[0.9, 0.5], [0.8, 0.4], [0.95, 0.62]]
    assert drawn["said"] == ["0.90 (0.80 to 0.95)", "0.50 (0.40 to 0.62)"]
    assert drawn["n"] == ["120", ""]
    assert figure.title.text.text == "AUC of the score"
    assert figure.select_one(Span).location == 0.5
    assert (figure.x_range.start, figure.x_range.end) == pytest.approx((0.4 - 0.033, 0.95 + 0.033))
    assert figure.xaxis[0].axis_label.text == "AUC with interval\ndashed line: 0.50"
    assert ("", "n = @n") in figure.select_one(HoverTool).tooltips


def test_shares_are_drawn_in_per_cent() -> None:
    figure = interval_chart(ROWS[2:], unit="share", reference=0.5)
    assert data(figure)["value"].tolist() == pytest.approx([70])
    assert figure.select_one(Span).location == 50
    assert figure.x_range.start < 50 < 80 < figure.x_range.end < 100
    assert figure.xaxis[0].axis_label.text.startswith("share (%)")
    assert len(interval_chart(ROWS[1:2]).select_one(HoverTool).tooltips) == 2


def test_labels_are_text_and_long_ones_are_wrapped() -> None:
    long = "a white bus stands at a bus stop in heavy rain"
    rows = [{**ROWS[0], "phrase": text} for text in (long, "$$x^2$$", "same", "same")]
    labels = interval_chart(rows).yaxis[0].major_label_overrides
    assert all(isinstance(label, PlainText) for label in labels.values())
    assert [labels[k].text for k in (4, 3, 2, 1)] == [
        "a white bus stands at a\nbus stop in heavy rain", "$$x^2$$", "same", "same",
    ]  # fmt: skip


def test_a_long_title_takes_further_lines() -> None:
    long = "insertion less deletion: does the score come with the parts that are ranked first, and go without them?"
    short, wrapped = interval_chart(ROWS[:1], title="AUC"), interval_chart(ROWS[:1], title=long)
    lines = wrapped.title.text.text.split("\n")
    assert " ".join(lines) == long
    assert len(lines) == 2
    assert wrapped.height - short.height == 20
    assert f'aria-label="{long}"' in chart_html(wrapped)


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        (ROWS, {}, "rows of one quantity; got 'AUC of the score', 'balanced accuracy'"),
        (ROWS, {"quantity": "AUC"}, "got none of 'AUC'. There are: 'AUC of the score'"),
        ([], {}, "at least one row; got no rows"),
        (ROWS[:1], {"label": "word"}, "'word' in each row"),
        ([{**ROWS[0], "value": None}], {}, "a finite number as 'value'; got None"),
        ([{**ROWS[0], "low": float("nan")}], {}, "a finite number as 'low'"),
        ([{**ROWS[0], "low": 2.0}], {}, "the low end first"),
        (ROWS[:1], {"theme": "blue"}, "'light' or 'dark'"),
    ],
)
def test_what_can_not_be_drawn_is_said(rows: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        interval_chart(rows, **more)
