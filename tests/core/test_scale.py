"""Scales begin and end where a reader expects it."""

import numpy as np
import pytest

from saii_widgets.core.colour import DIVERGING, SEQUENTIAL
from saii_widgets.core.scale import Scale


def test_maps_start_at_zero_or_lie_around_it() -> None:
    assert Scale.of_maps([0.2, 3.0]) == Scale(0.0, 3.0)
    assert Scale.of_maps([-1.0, 3.0]) == Scale(-3.0, 3.0, signed=True)
    assert Scale.of_maps(np.zeros(4)) == Scale(0.0, 1.0)


@pytest.mark.parametrize(
    ("values", "unit", "scale"),
    [
        ([0.2, 0.9], "probability", Scale(0.0, 1.0)),
        ([-0.2, 0.9], "share", Scale(-0.2, 0.9)),
        ([12.0, 30.0], "logit", Scale(12.0, 30.0)),
        ([1.0, 10.0], "rank", Scale(10.0, 1.0)),
        ([5.0, 5.0], "logit", Scale(4.5, 5.5)),
    ],
)
def test_scores(values: list[float], unit: str, scale: Scale) -> None:
    assert Scale.of_scores(values, unit) == scale


def test_first_rank_is_bright() -> None:
    np.testing.assert_array_equal(Scale.of_scores([1, 10], "rank").colours([1, 10]), SEQUENTIAL[[255, 0]])


def test_strength_is_the_distance_from_nothing() -> None:
    np.testing.assert_allclose(Scale(0, 2).strength([0, 1, 2, 9]), [0, 0.5, 1, 1])
    np.testing.assert_allclose(Scale(-2, 2, signed=True).strength([-2, -1, 0, 1]), [1, 0.5, 0, 0.5])


def test_table() -> None:
    assert Scale(0, 1).table is SEQUENTIAL
    assert Scale(-1, 1, signed=True).table is DIVERGING
