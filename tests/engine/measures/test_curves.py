"""Insertion and deletion from an explanation: the order and the area that were found by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.measures.curves import curves, ranking
from saii_widgets.engine.measures.insertion_deletion import insertion_deletion
from tests.engine.measures.planted_pair import interactions, of_order_two, planted

# two parts and one word: part 0 gives 1, part 1 .9, the word .8, part 0 and the word together 2 more
CROSS, IMAGE, WORDS = np.array([[2.0, 0.0]]), [1.0, 0.9], [0.8]


def _pair(p: float = 0.5):
    return planted(interactions(CROSS, IMAGE, WORDS, p), of_order_two(CROSS, IMAGE, WORDS), 2, 1, p=p)


@pytest.mark.parametrize("p", [0.5, 0.1])
def test_order_two_by_hand(p: float) -> None:
    pair = _pair(p)
    (found,) = curves(pair)
    assert ranking(pair, pair.reading, 2).tolist() == [0, 2, 1]
    assert found.curves["insertion"] == pytest.approx([0, 1, 3.8, 4.7])
    assert found.curves["deletion"] == pytest.approx([4.7, 1.7, 0.9, 0], abs=1e-6)
    assert found.value == pytest.approx(2.2 / 3)
    assert found.along == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_order_one_ranks_by_effects_among_the_others() -> None:
    pair = _pair(0.1)  # effects .1 of the others are there: 1.2, .9, 1.0
    assert ranking(pair, pair.reading, 1).tolist() == [0, 2, 1]
    swapped = planted(interactions(CROSS, [1, 2], WORDS), of_order_two(CROSS, [1, 2], WORDS), 2, 1)
    assert ranking(swapped, swapped.reading, 1).tolist() == [0, 1, 2]  # 2, 2, 1.8: of equals, the first
    assert ranking(swapped, swapped.reading, 2).tolist() == [1, 0, 2]


def test_chance_is_the_mean_over_random_orders_and_a_bad_order_is_told() -> None:
    pair = _pair()
    every = [insertion_deletion(pair.scores, order).aid for order in itertools.permutations(range(3))]
    (found,) = curves(pair, n_random=200)
    assert found.chance == pytest.approx(np.mean(every), abs=0.1)
    assert "more than in random order" in found.says
    wrong = Explanation.from_array([1.0, 3.0], kinds="patch", grid=(1, 2))
    (bad,) = curves(planted(wrong, of_order_two(CROSS, IMAGE, WORDS), 2, 1), n_random=20)
    assert "do not rely" in bad.says
    assert bad.value is not None
    assert bad.value < 0
    (alone,) = curves(_pair(), n_random=0)
    assert alone.chance is None
    assert set(alone.curves) == {"insertion", "deletion"}


def test_only_what_the_explanation_speaks_of_comes_and_goes() -> None:
    told = Explanation.from_array([3.0, 1.0], kinds="patch", grid=(1, 2))
    (found,) = curves(planted(told, of_order_two(CROSS, IMAGE, WORDS), 2, 1))
    assert found.curves["insertion"] == pytest.approx([0.8, 3.8, 4.7])  # the word stays


def test_groups_of_players_make_coarser_curves() -> None:
    rng = np.random.default_rng(0)
    cross, image, words = np.zeros((10, 40)), rng.random(40), rng.random(10)
    pair = planted(interactions(cross, image, words), of_order_two(cross, image, words), 40, 10)
    (fine,), (coarse,) = curves(pair, steps=None), curves(pair, steps=10)
    assert (len(fine.along), len(coarse.along)) == (51, 11)
    assert coarse.curves["insertion"] == pytest.approx(fine.curves["insertion"][::5])
    assert coarse.value == pytest.approx(fine.value, rel=0.05)


def test_standard_errors_become_an_interval() -> None:
    told = interactions(CROSS, IMAGE, WORDS)
    game = of_order_two(CROSS, IMAGE, WORDS)
    exact = replace(told, errors=np.zeros_like(told.values))
    assert curves(planted(exact, game, 2, 1))[0].low is None
    unsure = replace(told, errors=np.full_like(told.values, 9.0))
    (found,) = curves(planted(unsure, game, 2, 1), n_draws=30)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
