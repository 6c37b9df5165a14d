"""The table of measures: what it takes, how it looks, how it is kept."""

from __future__ import annotations

import json

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.trust_table import TrustTable

R2 = Measurement("faithfulness", "R2", 0.83, "R2", "Most of the story.", 0.8, 0.86, chance=0.0, passes=128, seconds=1.5)
AID = Measurement(
    "insertion and deletion", "insertion less deletion", 3.2, "logit", "<b>It</b> comes first.", along=[0, 1],
    curves={"insertion": [0, 4], "deletion": [4, 0]}, passes=200, seconds=2,
)  # fmt: skip
NONE = Measurement("stability", "stability", None, "", "It can't be measured here: no way to compute it anew.")
TABLE = TrustTable("Trust in: maps", [R2, AID, NONE], "embedded")


def test_rows_by_quantity_or_measure_and_their_cost() -> None:
    assert TABLE["R2"] is R2
    assert TABLE["insertion and deletion"] is AID
    assert [one.quantity for one in TABLE] == ["R2", "insertion less deletion", "stability"]
    assert (len(TABLE), TABLE.passes, TABLE.seconds) == (3, 328, 3.5)
    with pytest.raises(KeyError, match="There are: 'R2', 'insertion less deletion', 'stability'"):
        TABLE["beauty"]


def test_a_frame_and_plain_data_and_back() -> None:
    frame = TABLE.to_frame()
    assert list(frame["quantity"]) == ["R2", "insertion less deletion", "stability"]
    assert "curves" not in frame
    assert TrustTable.from_dict(json.loads(json.dumps(TABLE.to_dict()))) == TABLE
    with pytest.raises(InputError, match="also colour"):
        Measurement.from_dict({**R2.to_dict(), "colour": "red"})


def test_it_shows_values_intervals_and_reasons_and_no_code() -> None:
    page = TABLE._repr_html_()
    assert "0.83" in page
    assert "0.80 to 0.86" in page
    assert "&lt;b&gt;It&lt;/b&gt; comes first." in page
    assert "no way to compute it anew" in page
    assert "328 encoder passes of embedded, 3.5 s" in page


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="a finite value of 'R2'; got nan"):
        Measurement("faithfulness", "R2", float("nan"), "R2", "")
    with pytest.raises(InputError, match="the lower one first"):
        Measurement("faithfulness", "R2", 0.5, "R2", "", 0.6, 0.4)
    with pytest.raises(InputError, match="both ends"):
        Measurement("faithfulness", "R2", 0.5, "R2", "", low=0.4)
    with pytest.raises(InputError, match="curves of 2 points"):
        Measurement("a", "b", 0.5, "R2", "", along=[0, 1], curves={"c": [1]})
