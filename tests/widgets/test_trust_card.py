"""The strip's Python side: what is sent, what stays open, what it takes."""

from __future__ import annotations

import json

import pytest

from saii_widgets.core.measurement import Measurement
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.widgets import TrustCard
from saii_widgets.widgets.traits import WidgetError

R2 = Measurement("faithfulness", "R2", 0.8, "R2", "Most.", 0.7, 0.9, chance=0)
RANK = Measurement("faithfulness", "rank correlation", 0.9, "correlation", "Nearly always.")
AID = Measurement(
    "insertion and deletion",
    "insertion less deletion",
    2,
    "logit",
    "First.",
    along=[0, 1],
    curves={"insertion": [0, 1]},
)
COST = Measurement("cost", "encoder passes", None, "passes", "Not known.")


def test_what_is_sent_is_json_and_the_foremost_come_in_their_order() -> None:
    card = TrustCard(TrustTable("Trust in: a map", [COST, AID, RANK, R2], "embedded"))
    about = json.loads(json.dumps(card._about))
    assert about["foremost"] == [3, 1, 0]
    assert about["rows"][1]["curves"] == {"insertion": [0, 1]}
    assert about["rows"][0]["value"] is None
    assert (card.label, card.chosen, card.value, card.everything) == ("Trust in: a map", -1, None, False)
    own = TrustCard(TrustTable("", [RANK]))
    assert own._about["foremost"] == [0], "none of the foremost: all"


def test_the_open_quantity_stays_open_in_another_table() -> None:
    card = TrustCard(TrustTable("one", [R2, AID]), chosen=1)
    assert card.value is AID
    card.show(TrustTable("other", [AID, COST]))
    assert (card.chosen, card.label) == (0, "other")
    card.show(TrustTable("third", [R2]))
    assert card.chosen == -1
    card.show(None)
    assert (len(card.table), card._about["rows"]) == (0, [])


def test_a_place_that_is_not_there_is_refused_and_nothing_is_fine() -> None:
    with pytest.raises(WidgetError, match="a place of 1, from 0, or -1 for none; got 3"):
        TrustCard(TrustTable("one", [R2]), chosen=3)
    card = TrustCard()
    assert card.table.title == "Trust in this explanation"
    assert "No rows" in card.fallback_html()
    card.set_state({"chosen": 0})
    assert "a place of 0" in card.error
    assert "0.80" in TrustCard(TrustTable("one", [R2])).fallback_html()
