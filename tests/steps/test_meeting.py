"""Retrieval and pairing against exhaustive search."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.steps.meeting import pair, record_texts, retrieve, strongest_records


def test_words_take_turns() -> None:
    logits = np.array([[9.0, 5.0], [8.0, 1.0], [7.0, 2.0], [0.0, 6.0]])
    assert retrieve(logits, 4) == [0, 3, 1, 2]
    assert retrieve(logits, 2) == [0, 3]
    assert sorted(retrieve(logits, 99)) == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(10))
def test_one_to_one_has_the_largest_sum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(4, 4))
    found = pair(logits, np.ones((4, 4), bool), "one-to-one")
    best = max(sum(logits[i, p[i]] for i in range(4)) for p in permutations(range(4)))
    assert sum(logits[p] for p in found) == pytest.approx(best)
    assert len({n for n, _ in found}) == len({r for _, r in found}) == 4


@pytest.mark.parametrize("mode", ["one-to-one", "many-to-many"])
def test_records_outside_the_window_are_never_paired(mode: str) -> None:
    rng = np.random.default_rng(1)
    logits, eligible = rng.normal(size=(6, 9)), rng.random((6, 9)) < 0.3
    eligible[2] = False
    found = pair(logits, eligible, mode)  # type: ignore[arg-type]
    assert found
    assert all(eligible[p] for p in found)
    assert 2 not in {n for n, _ in found}
    assert [logits[p] for p in found] == sorted((logits[p] for p in found), reverse=True)


def test_many_to_many_gives_both_sides_their_best() -> None:
    logits = np.array([[3.0, 2.0, 0.0], [2.9, 0.0, 0.0], [2.8, 0.0, 9.0]])
    found = set(pair(logits, np.ones((3, 3), bool), "many-to-many", n_partners=1))
    assert found == {(0, 0), (1, 0), (2, 2)}
    both = set(pair(logits, np.ones((3, 3), bool), "many-to-many", n_partners=2))
    assert {(0, 0), (0, 1), (1, 0), (2, 0), (2, 2)} <= both


def test_unknown_pairing_is_refused() -> None:
    with pytest.raises(InputError, match="'one-to-one' or 'many-to-many'"):
        pair(np.zeros((1, 1)), np.ones((1, 1), bool), "all-to-all")  # type: ignore[arg-type]


def test_equal_texts_stand_once_and_keep_every_chance_to_meet() -> None:
    texts = ["fog", "a bus", "fog", "rain"]
    near = np.array([[False, True, True, False], [True, False, False, False]])
    found = record_texts(texts, near, 2, limit=10)
    assert found.texts == ("fog", "a bus")
    assert found.rows == (0, 1)
    assert found.eligible.tolist() == [[True, True], [True, False]]
    assert found.n_passed_over == 0
    everything = record_texts(texts, None, 2, limit=2)
    assert everything.texts == ("fog", "a bus")
    assert everything.n_passed_over == 1
    assert everything.eligible.all()


def test_strongest_records_keep_their_order() -> None:
    logits = np.array([[1.0, 9.0, 5.0, 7.0]])
    assert strongest_records(logits, np.array([[True, True, True, False]]), 2) == [1, 2]
