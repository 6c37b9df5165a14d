"""The pieces of the benchmark for models of pairs, on games whose answers are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import fusion_game
from benchmarks.fusion_game import LookUp, pair_variance


def three_way(keep_image: np.ndarray, keep_words: np.ndarray) -> np.ndarray:
    """The product of the first two parts and the first word, in +-1."""
    z = 2.0 * np.concatenate([keep_image[:, :2], keep_words[:, :1]], 1) - 1
    return z.prod(1)


def test_variance_of_a_draw() -> None:
    """D_i D_j f is 4 z_k for the two pairs that the product holds, and 0 for the other two."""
    assert pair_variance(three_way, 2, 2, "banzhaf", 4000) == pytest.approx(16 * 2 / 4, rel=0.1)


def test_a_look_up_answers_as_the_game_does() -> None:
    game = LookUp(three_way, 3, 2)
    keep = np.random.default_rng(0).random((20, 5)) < 0.5
    np.testing.assert_array_equal(game(keep), three_way(keep[:, :3], keep[:, 3:]))
    np.testing.assert_array_equal(game.ask(keep[:, :3], keep[:, 3:]), game(keep))


def test_a_peer_that_can_not_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any) -> Any:
        raise ImportError("no such package")

    monkeypatch.setattr(fusion_game, "_theirs", missing)
    rng = np.random.default_rng(1)
    table = rng.normal(size=2**7)
    game = LookUp(lambda a, b: table[np.concatenate([a, b], 1) @ (1 << np.arange(7))], 4, 3)
    figures, rows = fusion_game._against_shapiq(game, (32, 64), 2)
    assert figures == []
    assert [row[1] for row in rows if "no such package" in row[2]] == [
        name for index in ("banzhaf", "shapley") for name in fusion_game._PEERS[index]
    ]
