"""Counts, weights, components and roles of a corpus."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from saii_widgets.core.errors import InputError, RecordsError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption
from saii_widgets.data.collocations import find_collocations
from saii_widgets.data.components import find_components
from saii_widgets.data.corpus import Corpus

TEXTS = [
    "A red truck near a metal fence.",
    "Two red trucks and a white van by the metal fence",
    "white van at the zebra crossing, lane 2",
    "A red van behind a brick wall",
    "fallen tree on the lane",
]


def test_counts_of_words_and_phrases() -> None:
    counts = Corpus(TEXTS).counts()
    assert counts["red"] == 3
    assert counts["truck"] == 2  # the plural with it
    assert counts["metal fence"] == 2
    assert counts["zebra crossing"] == 1
    assert not {"metal", "fence", "zebra", "trucks", "2"} & set(counts.index)
    assert counts.index[0] == "a"
    assert counts.is_monotonic_decreasing


def test_tfidf_from_its_definition() -> None:
    corpus = Corpus(TEXTS)
    words = corpus.vocabulary
    assert "a" not in words
    assert "by" not in words
    bags = [
        Counter({w: int(n) for w, n in zip(corpus.terms.counts, row, strict=True) if w in words and n})
        for row in corpus.terms.matrix.toarray()
    ]
    in_texts = Counter(word for bag in bags for word in bag)
    for row, bag in zip(corpus.tfidf().toarray(), bags, strict=True):
        weight = np.array([bag[w] * (math.log((1 + len(TEXTS)) / (1 + in_texts[w])) + 1) for w in words])
        assert row == pytest.approx(weight / np.linalg.norm(weight))


def test_components_are_the_singular_vectors() -> None:
    corpus = Corpus(TEXTS)
    dense = corpus.tfidf().toarray()
    _, values, vectors = np.linalg.svd(dense, full_matrices=False)
    found = corpus.components(3)
    assert found.singular_values == pytest.approx(values[:3])
    assert np.abs((found.vectors * vectors[:3]).sum(1)) == pytest.approx(np.ones(3))
    assert found.share == pytest.approx(values[:3] ** 2 / (values**2).sum())
    strength = np.sqrt(((values[:3, None] * vectors[:3]) ** 2).sum(0))
    assert found.strength == pytest.approx(strength / strength.max())
    assert found.top(0, 2)[0] == corpus.vocabulary[int(np.abs(vectors[0]).argmax())]
    assert list(found.to_frame()["component"]) == [0, 1, 2]
    assert len(corpus.components(500)) == len(TEXTS)
    with pytest.raises(InputError, match="one component or more"):
        corpus.components(0)


def test_weight_is_count_times_strength() -> None:
    frame = Corpus(TEXTS).frame().set_index("word")
    content = frame[frame["role"] != "function"]
    expected = content["count"] / content["count"].max() * content["loading"]
    assert content["weight"].to_numpy() == pytest.approx(expected.to_numpy())
    assert (frame.loc[frame["role"] == "function", ["weight", "tfidf", "loading"]] == 0).all().all()
    assert frame.loc["red", "texts"] == 3
    assert frame.loc["truck", "texts"] == 2


def test_roles_and_their_reasons() -> None:
    frame = Corpus(TEXTS).frame().set_index("word")
    assert tuple(frame.loc["truck", ["role", "why"]]) == ("principal", "in the lexicon")
    assert tuple(frame.loc["metal fence", ["role", "why"]]) == ("non-principal", "in the lexicon")
    assert tuple(frame.loc["fallen", ["role", "why"]]) == ("non-principal", "not in the lexicon, so context")
    assert tuple(frame.loc["a", ["role", "why"]]) == ("function", "stop word")


def test_roles_set_by_hand_win_and_leave_the_corpus_alone() -> None:
    corpus = Corpus(TEXTS)
    changed = corpus.with_roles({"Lane": Role.PRINCIPAL, "red": Role.NON_PRINCIPAL, "trucks": Role.FUNCTION})
    frame = changed.frame().set_index("word")
    assert tuple(frame.loc["lane", ["role", "why"]]) == ("principal", "set by hand")
    assert frame.loc["red", "role"] == "non-principal"
    assert frame.loc["truck", "role"] == "function"
    assert "lane" in changed.principal()
    assert "lane" not in corpus.principal()
    assert changed.lexicon().role("lanes") is Role.PRINCIPAL


def test_principal_words_by_weight() -> None:
    corpus = Corpus(TEXTS)
    words = corpus.principal()
    assert set(words) == {"red", "truck", "van", "white"}
    weight = corpus.frame().set_index("word")["weight"]
    assert [weight[w] for w in words] == sorted((weight[w] for w in words), reverse=True)
    assert corpus.principal(2) == words[:2]
    assert corpus.principal(9, Lexicon({"fallen tree": Role.PRINCIPAL, "lane": Role.PRINCIPAL})) == ("lane",)


def test_without_a_fitting_lexicon_frequency_and_components_decide() -> None:
    texts = ["Knoten im linken Lappen", "Knoten im rechten Lappen", "Knoten mit Verkalkung", "kein Befund"]
    frame = Corpus(texts).frame().set_index("word")
    assert tuple(frame.loc["knoten", ["role", "why"]]) == ("principal", "frequent and strong in the components")
    assert frame.loc["verkalkung", "role"] == "non-principal"


def test_the_lexicon_of_a_corpus_parses_captions() -> None:
    texts = [
        "shopping trolley by a red van",
        "shopping trolley left",
        "a shopping trolley again",
        "one van",
        "lane shut",
    ]
    texts += ["people waiting", "glass everywhere", "cyclist down"]
    corpus = Corpus(texts)
    assert [phrase.text for phrase in corpus.phrases] == ["shopping trolley"]
    caption = Caption.parse("A red van and two shopping trolleys", corpus.lexicon())
    assert [(word.text, word.role) for word in caption.words if word.role is not Role.FUNCTION][-1] == (
        "shopping trolleys",
        Role.NON_PRINCIPAL,
    )
    assert [caption.words[k].text for k in caption.indices(Role.PRINCIPAL)] == ["red", "van"]


def test_collocations_by_the_formula() -> None:
    words = ["metal", "gate", "x", "metal", "gate", "y", "metal", "gate", *"xyzabcdefghijkxyz"]
    (found,) = [c for c in find_collocations(words, ()) if c.text == "metal gate"]
    n, both, first, second = len(words) - 1, 3, 3, 3
    table = {(both, first * second), (first - both, first * (n - second)), (second - both, (n - first) * second)}
    table.add((n - first - second + both, (n - first) * (n - second)))
    g2 = 2 * sum(o * math.log(o * n / e) for o, e in table if o)
    assert found.count == both
    assert found.evidence == pytest.approx(g2)
    assert found.lift == pytest.approx(both * n / (first * second))


def test_no_collocation_across_punctuation_or_with_principal_words() -> None:
    texts = ["stop here. gate open", "red gate", "the lane"] * 8
    assert {phrase.text for phrase in Corpus(texts).phrases} <= {"stop here", "gate open"}


def test_explanation_of_the_words() -> None:
    corpus = Corpus(TEXTS)
    found = corpus.explain()
    frame = corpus.frame()
    frame = frame[frame["role"] != "function"]
    assert found.axes[0].labels == tuple(frame["word"])
    assert found.axes[0].roles is not None
    assert [str(role) for role in found.axes[0].roles] == frame["role"].tolist()
    assert found.values == pytest.approx(frame["weight"].to_numpy(), rel=1e-6)
    assert found.companions["counts"]["red"] == 3
    assert set(found.companions) == {"counts", "tfidf", "loadings"}
    assert found.origin is not None
    assert found.origin.settings["n_texts"] == 5
    assert len(corpus.explain(n=3).values) == 3


@pytest.mark.parametrize("texts", [[], [""], ["  ", "?!"], ["12", "3.5"]])
def test_an_empty_corpus(texts: list[str]) -> None:
    with pytest.raises(RecordsError, match="texts with words in them"):
        Corpus(texts)


def test_entries_that_are_no_text() -> None:
    with pytest.raises(RecordsError, match="float as text 1"):
        Corpus(["a van", float("nan")])  # type: ignore[list-item]


@pytest.mark.parametrize("texts", [["van"], ["van", "van"], ["a van", "the"], "a red van"])
def test_tiny_corpora(texts: list[str]) -> None:
    corpus = Corpus(texts)
    assert "van" in corpus.principal()
    assert np.isfinite(corpus.frame()["weight"]).all()


def test_only_stop_words() -> None:
    corpus = Corpus(["the", "on a"])
    assert corpus.principal() == ()
    assert corpus.frame()["role"].unique().tolist() == ["function"]
    with pytest.raises(InputError, match="only stop words"):
        corpus.explain()


def test_any_script() -> None:
    texts = ["Красный грузовик у забора 🚚", "красный грузовик", "赤い トラック", "caf\u00e9", "cafe\u0301"]
    counts = Corpus(texts).counts()
    assert counts["красный"] == 2
    assert counts["🚚"] == 1
    assert counts["café"] == 2


def test_the_same_texts_give_the_same_numbers() -> None:
    texts = TEXTS * 20
    assert Corpus(texts).frame().equals(Corpus(texts).frame())
    first = find_components(Corpus(texts).tfidf(), Corpus(texts).vocabulary, 4, seed=3)
    assert np.array_equal(
        first.vectors, find_components(Corpus(texts).tfidf(), Corpus(texts).vocabulary, 4, seed=3).vectors
    )
