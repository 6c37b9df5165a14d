"""The leaderboard on numbers whose means, ranks and differences are known."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saii_widgets.compare import ComparisonTable
from saii_widgets.compare.comparison_table import Quantity
from saii_widgets.core.errors import InputError, LabelError

QUANTITIES = (
    Quantity("hit rate", "Does it point?", "share"),
    Quantity("change", "Does it stay?", "", "lower"),
    Quantity("seconds", "How long?", "s", "neither"),
)
CASES = {
    ("A", "hit rate"): np.array([1.0, 1, 1, 0]),
    ("B", "hit rate"): np.array([0.0, 1, 0, 0]),
    ("<b>C", "hit rate"): np.array([0.0, 1, 0, 0]),
    ("A", "change"): np.array([0.5, np.nan, 0.7, 0.6]),
    ("B", "change"): np.array([0.1, 0.1, 0.1, 0.1]),
    ("<b>C", "change"): np.full(4, np.nan),
    ("A", "seconds"): np.ones(4),
    ("B", "seconds"): np.full(4, 2.0),
    ("<b>C", "seconds"): np.full(4, 0.1),
}


@pytest.fixture(scope="module")
def table() -> ComparisonTable:
    return ComparisonTable(CASES, QUANTITIES, "tiny", {"D": "it can't read <the> model"})


def test_means_leave_out_what_is_missing(table: ComparisonTable) -> None:
    assert table["A", "hit rate"].value == 0.75
    assert (table["A", "change"].value, table["A", "change"].n) == (pytest.approx(0.6), 3)
    assert table.get("<b>C", "change") is None
    low, high = table["A", "hit rate"].low, table["A", "hit rate"].high
    assert low < 0.75 < high


def test_ranks_are_means_over_columns_in_which_one_can_be_better(table: ComparisonTable) -> None:
    """Of hit rate A is 1 and the others share 2 and 3; of change B is 1 and A 2; seconds do not count."""
    assert table.mean_ranks == {"A": 1.5, "B": 1.75, "<b>C": 2.5}
    assert table.explainers == ("A", "B", "<b>C")


def test_differences_are_paired(table: ComparisonTable) -> None:
    apart = table.difference("A", "B", "hit rate")
    differences = np.array([1, 0, 1, 0])
    assert (apart.value, apart.n) == (0.5, 4)
    assert apart.error == pytest.approx(differences.std(ddof=1) / 2)
    assert apart.z == pytest.approx(apart.value / apart.error)
    assert table.difference("A", "B", "change").n == 3
    assert table.difference("A", "A", "hit rate").z == 0


def test_rows_frame_and_file(table: ComparisonTable, tmp_path: Path) -> None:
    frame = table.to_frame()
    assert list(frame.columns) == ["explainer", "quantity", "value", "low", "high", "n", "unit", "better"]
    assert len(frame) == 8
    read = pd.read_csv(table.to_csv(tmp_path / "table.csv"))
    np.testing.assert_allclose(read.value, frame.value)
    with pytest.raises(InputError, match="Name another"):
        table.to_csv(tmp_path / "missing" / "table.csv")


def test_html_numbers_the_rows_of_each_order(table: ComparisonTable) -> None:
    html = table._repr_html_()
    assert "<script" not in html
    assert "<b>C" not in html
    assert "&lt;b&gt;C" in html
    assert "&lt;the&gt;" in html
    places = re.findall(r"--at-0:(\d);--at-1:(\d);--at-2:(\d);--at-3:(\d)", html)
    # rows A, B, C by mean rank, by hit rate (highest first), by change (lowest first, C has none), by seconds
    assert [tuple(map(int, place)) for place in places] == [(1, 1, 2, 2), (2, 2, 1, 3), (3, 3, 3, 1)]


def test_refusals(table: ComparisonTable) -> None:
    with pytest.raises(LabelError, match="hit rate"):
        table["A", "speed"]
    with pytest.raises(LabelError, match="There are"):
        table.difference("A", "E", "hit rate")
    with pytest.raises(InputError, match="at least one explainer"):
        ComparisonTable({}, QUANTITIES)
