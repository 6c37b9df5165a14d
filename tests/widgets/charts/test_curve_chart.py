"""Curves of a measure as a Bokeh figure."""

from __future__ import annotations

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.widgets.charts import chart_html, curve_chart
from saii_widgets.widgets.charts.chart_style import COLOURS

NAMES = ("insertion", "deletion", "insertion, random order", "deletion, random order")


def measurement(names: tuple[str, ...] = NAMES) -> Measurement:
    lines = {name: [float(k), 1.0, 2.0] for k, name in enumerate(names)}
    return Measurement("insertion and deletion", "area $$x$$", 1.0, "logit", "", along=[0, 0.5, 1], curves=lines)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_line_a_curve_random_ones_dashed_in_the_same_colour(theme: str) -> None:
    made = curve_chart(measurement(), theme=theme)  # pyright: ignore[reportArgumentType]
    lines = {name: made.select_one(name) for name in NAMES}
    inks = COLOURS[theme]
    assert [lines[name].glyph.line_color for name in NAMES] == [inks["first"], inks["second"]] * 2
    assert [bool(lines[name].glyph.line_dash) for name in NAMES] == [False, False, True, True]
    assert lines["deletion"].data_source.data == {"x": [0, 50, 100], "y": [1, 1, 2]}
    assert made.yaxis[0].axis_label.text == "logit"
    two = curve_chart(measurement(("top shares", "random shares")))
    assert two.select_one("random shares").glyph.line_dash
    assert "https://" not in chart_html(made).split("</script>")[-2]


def test_a_measure_without_curves_is_refused() -> None:
    with pytest.raises(InputError, match="a measurement with curves; got 'R2'"):
        curve_chart(Measurement("faithfulness", "R2", 0.5, "R2", ""))
