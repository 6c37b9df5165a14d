"""Granger influence and synergistic faithfulness: what an additive game and XOR give."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.measures.granger import granger, granger_influence
from saii_widgets.engine.measures.synergistic_faithfulness import synergistic_faithfulness
from tests.engine.measures.planted_pair import interactions, of_order_two, planted


def test_influence_of_vectors() -> None:
    assert granger_influence([1, 2], [2, 4]) == pytest.approx(0)
    assert granger_influence([1, 0], [0, 1]) == pytest.approx(1)
    assert granger_influence([1, 2], [-1, -2]) == pytest.approx(2)
    assert granger_influence([1, 2], [0, 0]) == 1
    assert granger_influence([0, 0], [3, 0]) == 1
    assert granger_influence([0, 0], [0, 0]) == 0


def test_an_additive_game_has_neither() -> None:
    rng = np.random.default_rng(0)
    cross, image, words = np.zeros((4, 6)), rng.normal(size=6), rng.normal(size=4)
    pair = planted(interactions(cross, image, words), of_order_two(cross, image, words, 2.0), 6, 4)
    for one in granger(pair):
        assert one.value == pytest.approx(0, abs=1e-6)
        assert "is the same without" in one.says
    d, share = synergistic_faithfulness(pair)
    assert d.value == pytest.approx(0, abs=1e-6)
    assert d.says == "Words and parts add up without acting together."
    assert share.value is None
    assert "no synergy" in share.says


def test_xor_has_both() -> None:
    # the score of what is said of the whole pair: 1 where both are there or neither is
    cross, image, words = [[2.0]], [-1.0], [-1.0]

    def game(keep: np.ndarray) -> np.ndarray:
        return 1.0 * (keep[:, 0] == keep[:, 1])

    pair = planted(interactions(cross, image, words), game, 1, 1)
    assert [one.value for one in granger(pair)] == pytest.approx([2, 2])
    d, share = synergistic_faithfulness(pair)
    assert d.value == pytest.approx(2)
    assert share.value == pytest.approx(1)


def test_synergy_equals_a_plain_sum_over_the_top_players() -> None:
    rng = np.random.default_rng(1)
    cross = rng.normal(size=(5, 8))
    pair = planted(interactions(cross, np.zeros(8), np.zeros(5)), of_order_two(cross, np.zeros(8), np.zeros(5)), 8, 5)
    d, share = synergistic_faithfulness(pair)
    top_image, top_words = np.argsort(-cross.sum(0)), np.argsort(-cross.sum(1))
    # of a game of order two, D is the sum of the interactions between what is taken away
    plain = [cross[np.ix_(top_words[: -(-5 * k // 10)], top_image[: -(-8 * k // 10)])].sum() for k in range(1, 11)]
    assert d.curves["top shares"] == pytest.approx(plain)
    assert d.value == pytest.approx(np.mean(plain))
    assert share.value == pytest.approx(np.mean(plain) / cross.sum())
    assert d.chance is not None
    assert d.value > d.chance


def test_a_map_needs_the_other_side() -> None:
    told = Explanation.from_array([3.0, 1.0], kinds="patch", grid=(1, 2))
    game = of_order_two([[2.0, 0.0]], [1, 1], [1])
    (alone,) = synergistic_faithfulness(planted(told, game, 2, 1))
    assert alone.value is None
    assert "ranks only one side" in alone.says
    beside = {"words": Explanation.from_array([1.0], kinds="word")}
    told = Explanation.from_array([3.0, 1.0], kinds="patch", grid=(1, 2), companions=beside)
    d = synergistic_faithfulness(planted(told, game, 2, 1))[0]
    assert d.value == pytest.approx(2)
    (influence,) = granger(planted(told, game, 2, 1))
    assert influence.value is None
    assert "can't be computed without the other side" in influence.says
