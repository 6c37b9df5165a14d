"""Colour tables hold their published anchors, and text on any of their colours can be read."""

import numpy as np
import pytest

from saii_widgets.core.colour import DIVERGING, SEQUENTIAL, colourise, contrast, ink_on, luminance
from saii_widgets.core.errors import InputError


def test_cividis_runs_through_its_anchors() -> None:
    assert SEQUENTIAL.shape == (256, 3)
    assert SEQUENTIAL.dtype == np.uint8
    for place, colour in ((0, (0, 34, 78)), (16, (0, 46, 106)), (128, (125, 124, 120)), (255, (254, 232, 56))):
        np.testing.assert_allclose(SEQUENTIAL[place], colour, atol=1)


def test_sequential_grows_in_lightness() -> None:
    steps = np.diff([luminance(colour) for colour in SEQUENTIAL[::8]])
    assert (steps > 0).all()


def test_diverging_is_lightest_in_the_middle_and_blue_before_red() -> None:
    light = [luminance(colour) for colour in DIVERGING]
    assert 120 <= int(np.argmax(light)) <= 135
    assert DIVERGING[40, 2] > DIVERGING[40, 0]
    assert DIVERGING[215, 0] > DIVERGING[215, 2]


def test_ends_of_the_scale_and_beyond() -> None:
    colours = colourise([[-9.0, 0.0], [1.0, 9.0]], SEQUENTIAL, 0, 1)
    assert colours.shape == (2, 2, 3)
    np.testing.assert_array_equal(colours[0], [SEQUENTIAL[0], SEQUENTIAL[0]])
    np.testing.assert_array_equal(colours[1], [SEQUENTIAL[255], SEQUENTIAL[255]])
    np.testing.assert_array_equal(colourise(0.0, SEQUENTIAL, 1, 0), SEQUENTIAL[255])


@pytest.mark.parametrize(("values", "low", "high"), [([1.0], 2, 2), ([np.nan], 0, 1), ([1.0], 0, np.inf)])
def test_refuses_what_has_no_colour(values: list[float], low: float, high: float) -> None:
    with pytest.raises(InputError, match="wanted"):
        colourise(values, SEQUENTIAL, low, high)


def test_ink_can_be_read_on_every_colour() -> None:
    black, white = (0, 0, 0), (255, 255, 255)
    for colour in (*SEQUENTIAL, *DIVERGING):
        ink = white if ink_on(colour) == "#ffffff" else black
        assert contrast(ink, colour) >= 4.5


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
