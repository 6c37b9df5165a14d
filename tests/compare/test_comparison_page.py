"""A comparison as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saii_widgets.compare import ComparisonTable
from saii_widgets.compare.comparison_page import comparison_charts, write_comparison, write_model_comparison
from saii_widgets.compare.comparison_table import Quantity
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation

CASES = {("<i>A", "hit rate"): np.array([1.0, 0, 1]), ("B", "hit rate"): np.array([0.0, 0, 1])}
TABLE = ComparisonTable(CASES, (Quantity("hit rate", "Does it point?", "share", chance=0.1),), "tiny")


def model_comparison() -> Explanation:
    part, word = Axis("part", ("patches", "words")), Axis("word", ("<i>bus", "red"))
    ends = {name: Explanation([value, value], part, "correlation") for name, value in (("low", 0.1), ("high", 0.9))}
    return Explanation(
        np.array([[0.2, -0.2]]),
        (Axis.images(["one"]), Axis.patches(1, 2)),
        "share",
        companions={
            "agreement": Explanation([0.5, 0.4], part, "correlation", "Agreement", companions=ends),
            "most disputed words": Explanation([0.6, 0.1], word, "share", "Words", errors=[0.5, 0.01]),
        },
    )


def test_table_and_page(tmp_path: Path) -> None:
    page = write_comparison(TABLE, tmp_path / "new" / "folder")
    text = page.read_text(encoding="utf-8")
    assert "<i>A" not in text.split('id="saii-charts"')[0]
    assert "default-src 'none'" in text.replace("&#x27;", "'")
    assert "cdn." not in text
    read = pd.read_csv(page.with_suffix(".csv"))
    assert read.value.tolist() == pytest.approx([2 / 3, 1 / 3])


def test_a_chart_each_quantity_with_chance_marked() -> None:
    (chart,) = comparison_charts(TABLE)
    assert chart.select_one("rows").data_source.data["label"] == ["<i>A", "B"]
    assert "10.0" in chart.xaxis[0].axis_label.text


def test_two_models(tmp_path: Path) -> None:
    page = write_model_comparison(model_comparison(), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "Where two models part" in text
    assert "<i>bus" not in text.split('id="saii-charts"')[0]
    assert pd.read_csv(tmp_path / "models.csv").value.tolist() == pytest.approx([0.6, 0.1])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Name another"):
        write_comparison(TABLE, tmp_path / "file" / "below")
