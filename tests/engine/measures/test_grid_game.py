"""The grid game on values whose score can be counted by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.grid_game import grid_game, grid_of_four, quarter_shares
from tests.engine.tiny_models import pictures


def test_counted_by_hand() -> None:
    quarters = np.eye(4)[[0, 0, 0, 0]]
    played = grid_game([[1, 0, 0, 0], [1, -1, -1, -1], [0, 1, 0, 0], [2, 1, -1, 0]], quarters)
    np.testing.assert_allclose(played.scores, [1, 1, 0, 3 / 4])
    np.testing.assert_allclose(played.chances, [0.25, (0.25 + 3 * 0.75) / 4, 0.25, (3 * 0.25 + 0.75) / 4])
    np.testing.assert_allclose(played.above_chance.value, np.mean(played.scores - played.chances))
    assert played.score.n == 4


def test_words_add_their_mass() -> None:
    values = np.array([[[1.0, -1.0, 0, 0], [-1.0, 0, 0, 0]]])
    assert grid_game(values, np.eye(4)[:1]).scores.tolist() == [2 / 3]


def test_chance_is_the_mean_over_all_orders() -> None:
    values, inside = np.array([3.0, -1.0, 0.5, -2.0]), np.array([1.0, 0.5, 0.0, 0.0])
    scores = [grid_game([np.array(order)], inside[None]).scores[0] for order in permutations(values)]
    np.testing.assert_allclose(grid_game([values], inside[None]).chances[0], np.mean(scores))


def test_nothing_scores_nothing() -> None:
    assert grid_game(np.zeros((1, 4)), np.eye(4)[:1]).scores.tolist() == [0]


def test_four_pictures_lie_in_their_quarters() -> None:
    images = pictures(4, (40, 30))
    grid = grid_of_four(images)
    assert grid.size == (40, 30)
    for k, image in enumerate(images):
        left, top = 20 * (k % 2), 15 * (k // 2)
        cut = np.asarray(grid.crop((left, top, left + 20, top + 15)), float)
        assert np.abs(cut - np.asarray(image.resize((20, 15), 1), float)).max() == 0


def test_quarters_share_the_patches_out() -> None:
    (image,) = pictures(1, (40, 30))
    shares = [quarter_shares(k, image, Axis.patches(3, 3)) for k in range(4)]
    np.testing.assert_allclose(sum(shares), 1)
    np.testing.assert_allclose(shares[0].reshape(3, 3)[0], [1, 0.5, 0], atol=0.05)
    np.testing.assert_allclose(shares[3].reshape(3, 3)[2], [0, 0.5, 1], atol=0.05)


def test_refusals() -> None:
    with pytest.raises(InputError, match="four pictures"):
        grid_of_four(pictures(3))
    with pytest.raises(InputError, match="quarter 0 to 3"):
        quarter_shares(4, pictures(1)[0], Axis.patches(2, 2))
    with pytest.raises(InputError, match="Check both"):
        grid_game(np.ones((2, 4)), np.ones((1, 4)))
    with pytest.raises(InputError, match="finite"):
        grid_game([[np.nan, 1]], [[1, 0]])
