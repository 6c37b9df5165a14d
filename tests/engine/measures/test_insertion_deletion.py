"""Insertion and deletion along an order, for a game that is planted and solved by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.insertion_deletion import greedy_order, insertion_deletion

MAIN = np.array([1.0, 0.9, 0.8])
PAIRS = np.array([[0.0, 0, 2], [0, 0, 0], [2, 0, 0]])


def _planted(coalitions: np.ndarray) -> np.ndarray:
    """1 for player 0, .9 for 1, .8 for 2, and 2 more where 0 and 2 meet."""
    z = coalitions.astype(float)
    return z @ MAIN + 2 * z[:, 0] * z[:, 2]


def test_order_one_by_hand() -> None:
    found = insertion_deletion(_planted, greedy_order(MAIN))
    assert found.order.tolist() == [0, 1, 2]
    assert found.insertion == pytest.approx([0, 1, 1.9, 4.7])
    assert found.deletion == pytest.approx([4.7, 1.7, 0.8, 0])
    assert (found.insertion_area, found.deletion_area) == pytest.approx((5.25 / 3, 4.85 / 3))
    assert found.aid == pytest.approx(0.4 / 3)


def test_order_two_by_hand() -> None:
    found = insertion_deletion(_planted, greedy_order(MAIN, PAIRS))
    assert found.order.tolist() == [0, 2, 1]
    assert found.insertion == pytest.approx([0, 1, 3.8, 4.7])
    assert found.deletion == pytest.approx([4.7, 1.7, 0.9, 0])
    assert found.aid == pytest.approx(2.2 / 3)
    every = [insertion_deletion(_planted, order).aid for order in itertools.permutations(range(3))]
    assert found.aid == pytest.approx(max(every))


def test_greedy_order_equals_trying_every_player_at_every_step() -> None:
    rng = np.random.default_rng(0)
    main, half = rng.normal(size=7), np.triu(rng.normal(size=(7, 7)), 1)
    pairs = half + half.T + np.diag(rng.normal(size=7))

    def worth(chosen: list[int]) -> float:
        return sum(main[i] for i in chosen) + sum(pairs[i, j] for i, j in itertools.combinations(chosen, 2))

    chosen: list[int] = []
    for _ in range(7):
        chosen.append(max(set(range(7)) - set(chosen), key=lambda i: worth([*chosen, i])))
    assert greedy_order(main, pairs).tolist() == chosen
    assert greedy_order([1, 3, 3, 2]).tolist() == [1, 2, 3, 0]


def test_the_game_is_asked_once_for_each_coalition_and_equal_players_give_no_area() -> None:
    asked: list[np.ndarray] = []

    def game(coalitions: np.ndarray) -> np.ndarray:
        asked.append(coalitions)
        return coalitions.sum(1) * 0.5

    assert insertion_deletion(game, [2, 0, 3, 1]).aid == pytest.approx(0, abs=1e-12)
    assert [len(np.unique(c, axis=0)) for c in asked] == [8]
    alone = insertion_deletion(lambda c: c.sum(1), [0])
    assert (alone.insertion.tolist(), alone.deletion.tolist()) == ([0, 1], [1, 0])


def test_what_does_not_fit_is_refused() -> None:
    for order in ([0, 0, 1], [1, 2, 3], [], [[0]]):
        with pytest.raises(InputError, match="every player"):
            insertion_deletion(_planted, order)
    with pytest.raises(InputError, match="finite values"):
        insertion_deletion(lambda c: np.full(len(c), np.nan), [0, 1])
    with pytest.raises(InputError, match="symmetric"):
        greedy_order([1, 2], [[0, 1], [0, 0]])
