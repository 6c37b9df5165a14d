"""The pointing game on maps whose answer can be read off."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.pointing import ON_THING, patch_shares, pointing

THING = np.array([[0, 0, 0], [0, 1, 0.5], [0, 0.1, 0]])


def test_a_map_of_the_thing_hits_and_one_beside_it_does_not() -> None:
    beside = np.eye(3)[::-1] * [1, 0, 1]
    played = pointing([THING, beside, -THING, np.zeros((3, 3))], [THING] * 4)
    assert played.hits.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(played.masses, [(1 + 0.25 + 0.01) / 1.6, 0, 0, 0])
    assert played.hit_rate.value == 0.25
    assert played.hit_rate.n == 4
    assert played.hit_rate.low == 0
    np.testing.assert_allclose([played.chance, played.area], [2 / 9, 1.6 / 9])


def test_an_even_map_has_the_mass_of_the_area() -> None:
    played = pointing(np.ones((1, 3, 3)), THING[None])
    np.testing.assert_allclose(played.mass.value, played.area)
    np.testing.assert_allclose(played.hit_rate.value, played.chance)


def test_of_several_largest_values_the_share_counts() -> None:
    two = np.zeros((3, 3))
    two[1, 1] = two[0, 0] = 1
    assert pointing(two[None], THING[None]).hits.tolist() == [0.5]


def test_a_small_thing_is_where_it_covers_most() -> None:
    small = THING * ON_THING / 2
    peak = np.zeros((3, 3))
    peak[1, 1] = 1
    assert pointing(peak[None], small[None]).hits.all()
    assert pointing(peak[None], small[None]).chance == 1 / 9


def test_a_random_map_hits_as_often_as_chance_says() -> None:
    rng = np.random.default_rng(0)
    played = pointing(rng.random((20_000, 3, 3)), np.broadcast_to(THING, (20_000, 3, 3)))
    np.testing.assert_allclose(played.hit_rate.value, played.chance, atol=0.01)
    np.testing.assert_allclose(played.mass.value, played.area, atol=0.01)


def test_shares_equal_a_loop_over_boxes() -> None:
    rng = np.random.default_rng(1)
    mask = rng.random((37, 53)) < 0.4
    axis = Axis.patches(4, 5, None)
    assert axis.boxes is not None
    expected = []
    for left, top, right, bottom in axis.boxes * [53, 37, 53, 37]:
        expected.append(mask[round(top) : round(bottom), round(left) : round(right)].mean())
    np.testing.assert_allclose(patch_shares(mask, axis).ravel(), expected)
    np.testing.assert_allclose(patch_shares(np.ones((2, 2), bool), Axis.patches(5, 5)), 1)


def test_refusals() -> None:
    with pytest.raises(InputError, match="one a patch"):
        pointing(np.ones((1, 3, 3)), np.ones((1, 9)))
    with pytest.raises(InputError, match="Leave these pictures out"):
        pointing(np.ones((1, 9)), np.zeros((1, 9)))
    with pytest.raises(InputError, match="boxes"):
        patch_shares(np.ones((2, 2), bool), Axis("patch", ("a",)))
