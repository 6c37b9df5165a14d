"""R2 and rank correlation on fresh coalitions: planted games, and a plain implementation."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.measures.faithfulness import faithfulness, fresh_coalitions
from tests.engine.measures.planted_pair import interactions, of_order_two, planted

N, M = 5, 3
RNG = np.random.default_rng(0)
CROSS, IMAGE, WORDS = RNG.normal(size=(M, N)), RNG.normal(size=N), RNG.normal(size=M)


@pytest.mark.parametrize("p", [0.5, 0.3, None])
@pytest.mark.parametrize("factorised", [True, False])
def test_interactions_of_a_game_of_order_two_tell_all_of_it(p: float | None, factorised: bool) -> None:
    told = interactions(CROSS, IMAGE, WORDS, 0.5 if p is None else p)
    pair = planted(told, of_order_two(CROSS, IMAGE, WORDS, 7.0), N, M, p=p, factorised=factorised)
    r2, rank = faithfulness(pair)
    assert r2.value == pytest.approx(1, abs=1e-6)
    assert (r2.low, r2.high) == pytest.approx((1, 1), abs=1e-6)
    assert rank.value == pytest.approx(1, abs=1e-6)
    assert "100%" in r2.says


def test_part_of_a_game_tells_part_of_it_as_a_plain_implementation_finds() -> None:
    half = CROSS * (np.abs(CROSS) > 0.5)
    told = interactions(half, IMAGE, WORDS)
    pair = planted(told, of_order_two(CROSS, IMAGE, WORDS), N, M)
    (r2, rank) = faithfulness(pair, seed=3, n_coalitions=20)
    keep = fresh_coalitions(pair, 20, np.random.default_rng((3, 17)))
    truth, claim = [], []
    for row in keep.reshape(-1, N + M):
        s, t = row[:N].astype(float), row[N:].astype(float)
        truth.append(s @ IMAGE + t @ WORDS + t @ CROSS @ s)
        # mains of the explanation are averages over the other side: raw ones follow from them
        claim.append(s @ IMAGE + t @ WORDS + t @ half @ s)
    error = np.array(truth) - claim
    plain = 1 - ((error - error.mean()) ** 2).sum() / ((truth - np.mean(truth)) ** 2).sum()
    assert r2.value == pytest.approx(plain, abs=1e-6)
    ranks = [np.argsort(np.argsort(one)) for one in (truth, claim)]
    if len(set(truth)) == len(truth) and len(set(claim)) == len(claim):
        assert rank.value == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-6)
    assert r2.low is not None
    assert r2.high is not None
    assert r2.low < r2.value < r2.high <= 1
    assert 0 < r2.value < 0.999


def test_a_map_is_read_up_to_scale_and_offset_but_not_sign() -> None:
    def game(keep: np.ndarray) -> np.ndarray:
        return 3 + 2 * keep[:, :N] @ np.arange(N) + 100 * keep[:, N:].sum(1)

    up = Explanation.from_array(10.0 * np.arange(N), kinds="patch", grid=(1, N))
    r2, rank = faithfulness(planted(up, game, N, M))
    assert (r2.value, rank.value) == pytest.approx((1, 1), abs=1e-6)
    down = Explanation.from_array(-np.arange(N, dtype=float), kinds="patch", grid=(1, N))
    r2, rank = faithfulness(planted(down, game, N, M))
    assert (r2.value, rank.value) == pytest.approx((0, -1), abs=1e-6)
    assert "may point, but does not measure" in r2.says
    words = Explanation.from_array([1.0, 1.0, 1.0], kinds="word")
    assert faithfulness(planted(words, game, N, M))[0].value == pytest.approx(1, abs=1e-6)


def test_effects_of_the_wrong_size_are_told_and_a_constant_score_has_no_value() -> None:
    told = interactions(5 * CROSS, 5 * IMAGE, 5 * WORDS)
    r2, rank = faithfulness(planted(told, of_order_two(CROSS, IMAGE, WORDS), N, M))
    assert r2.value is not None
    assert r2.value < -5
    assert "worse than its mean" in r2.says
    assert rank.value == pytest.approx(1, abs=1e-6)
    flat = faithfulness(planted(told, lambda keep: np.full(len(keep), 2.0), N, M))
    assert [one.value for one in flat] == [None, None]
    assert "nothing to foretell" in flat[0].says
