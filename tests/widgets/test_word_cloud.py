"""The cloud's Python side: roles as a whole, what was changed by hand, what it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.data.corpus import Corpus
from saii_widgets.widgets import WordCloud
from saii_widgets.widgets.traits import WidgetError

TEXTS = ["a red truck near a metal fence", "a blue bus near a metal fence", "a red bus under a cloudy sky"]
ROLES = {"truck": "principal", "fence": "non-principal", "near": "function"}


def cloud(**more: Any) -> WordCloud:
    return WordCloud({"truck": 12, "fence": 7, "near": 5}, **more)


def test_it_takes_what_a_corpus_explains() -> None:
    result = Corpus(TEXTS).explain()
    shown = WordCloud(result)
    assert shown.roles == dict(zip(result.axes[0].labels, map(str, result.axes[0].roles or ()), strict=True))
    assert [one["name"] for one in shown._about["measures"]] == ["weight", "counts", "tfidf", "loadings"]
    for sent, one in zip(shown._values, (result, *result.companions.values()), strict=True):
        assert np.array_equal(np.frombuffer(sent, "<f4"), one.values)
    shown.measure = "counts"
    with pytest.raises(WidgetError, match="'weight', 'counts', 'tfidf', 'loadings'"):
        shown.measure = "rank"


def test_roles_come_from_the_call_the_axis_and_the_lexicon() -> None:
    assert cloud().roles == ROLES
    assert cloud(lexicon=Lexicon({"truck": Role.FUNCTION})).roles["truck"] == "function"
    axis = Axis("word", ("truck", "fence"), roles=(Role.NON_PRINCIPAL, Role.FUNCTION))
    shown = WordCloud(Explanation(np.ones(2), (axis,)), roles={"fence": Role.PRINCIPAL})
    assert shown.roles == {"truck": "non-principal", "fence": "principal"}
    assert shown.changes == {}


def test_a_page_changes_roles_together_or_not_at_all() -> None:
    shown = cloud()
    heard: list[Any] = []
    shown.observe(heard.append, "roles")
    for wrong, message in (
        ({"truck": "function"}, "a role of each of the 3 words; got none of 'fence'"),
        ({**ROLES, "bus": "principal"}, "got one of 'bus'"),
        ({**ROLES, "near": "verb"}, "'verb' for 'near'"),
        ({**ROLES, "near": ["function"]}, r"['function'] for 'near'"),
        (["truck"], "roles"),
    ):
        shown.set_state({"roles": wrong})
        assert message in shown.error
        assert shown.roles == ROLES
    assert heard == []
    shown.set_state({"roles": {"near": "function", "fence": "principal", "truck": "principal"}})
    assert shown.error == ""
    assert list(shown.roles) == ["truck", "fence", "near"]
    assert [change["new"]["fence"] for change in heard] == ["principal"]
    assert shown.changes == {"fence": Role.PRINCIPAL}
    assert shown.result.axes[0].roles == (Role.PRINCIPAL, Role.PRINCIPAL, Role.FUNCTION)


def test_lexicon_holds_what_was_changed_and_nothing_more() -> None:
    shown = cloud(lexicon=Lexicon({"lorry": Role.PRINCIPAL}))
    shown.roles = {**shown.roles, "truck": "principal"}
    assert dict(shown.lexicon().roles) == {"lorry": Role.PRINCIPAL, "truck": Role.PRINCIPAL}
    based = shown.lexicon(Lexicon.traffic())
    assert based.role("bus") is Role.PRINCIPAL
    shown.roles = {**shown.roles, "truck": "non-principal"}
    assert dict(shown.lexicon().roles) == {"lorry": Role.PRINCIPAL}


def test_hand_set_roles_outlive_other_words() -> None:
    shown = cloud(selected=["truck", "fence"], measure="weight")
    shown.roles = {**ROLES, "fence": "principal", "near": "principal"}
    shown.show({"fence": 3, "bus": 2})
    assert shown.roles == {"fence": "principal", "bus": "principal"}
    assert shown.selected == ["fence"]
    assert shown.changes == {"fence": Role.PRINCIPAL, "near": Role.PRINCIPAL}
    shown.show({"near": 1, "fence": 1, "truck": 1})
    assert shown.roles == {"near": "principal", "fence": "principal", "truck": "principal"}
    shown.roles = ROLES
    assert shown.changes == {}


def test_corpus_and_cloud_go_round() -> None:
    corpus = Corpus(TEXTS)
    shown = WordCloud(corpus.explain(), measure="loadings")
    shown.roles = {**shown.roles, "metal fence": "principal"}
    again = corpus.with_roles(shown.changes)
    shown.show(again.explain())
    assert shown.roles["metal fence"] == "principal"
    assert shown.changes == {"metal fence": Role.PRINCIPAL}
    assert shown.measure == "loadings"
    assert shown.lexicon(corpus.lexicon()).role("metal fence") is Role.PRINCIPAL


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("selected", ["bus"], "words of the cloud"),
        ("order", "at random", "'by size', 'alphabet'"),
        ("most", 0, "from 1 on"),
        ("shown_roles", ["verb"], "roles out of principal"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    shown = cloud()
    before = getattr(shown, name)
    with pytest.raises(WidgetError, match=message):
        setattr(shown, name, value)
    shown.set_state({name: value})
    assert message in shown.error
    assert getattr(shown, name) == before


def test_what_is_no_list_of_words_is_refused() -> None:
    result = Corpus(TEXTS).explain()
    with pytest.raises(InputError, match=r"a result over \(word\); got one over patch"):
        WordCloud(Explanation.from_array(np.ones(4), kinds="patch"))
    with pytest.raises(InputError, match="each word once; got 'a' twice"):
        WordCloud(Explanation(np.ones(3), (Axis("word", ("a", "b", "a")),)))
    with pytest.raises(InputError, match="words; got none"):
        WordCloud({})
    with pytest.raises(InputError, match="words; got an empty one"):
        WordCloud({"truck": 1, " ": 2})
    with pytest.raises(InputError, match="one of 'bus'"):
        cloud(roles={"bus": "principal"})
    other = replace(result, companions={"images": Explanation.from_array(np.ones(4), kinds="patch")})
    assert len(WordCloud(other)._values) == 1


def test_stand_in_shows_the_largest_words_with_their_roles() -> None:
    drawn = cloud(most=2, roles={"fence": "function"}).fallback_html()
    assert "truck" in drawn
    assert "near" not in drawn
    assert 'saii-function" style' in drawn
