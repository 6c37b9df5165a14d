"""Regions go and move in a picture as their masks say."""

from __future__ import annotations

import numpy as np
from PIL import Image

from saii_widgets.engine.concepts.picture_edits import GREY, greyed, with_moved_region

PIXELS = np.random.default_rng(0).integers(0, 100, (20, 40, 3), np.uint8)
IMAGE = Image.fromarray(PIXELS)


def region() -> np.ndarray:
    mask = np.zeros((20, 40), bool)
    mask[4:8, 10:20] = True
    return mask


def test_a_region_is_greyed_and_nothing_else() -> None:
    came = np.asarray(greyed(IMAGE, region()))
    assert (came[region()] == GREY).all()
    np.testing.assert_array_equal(came[~region()], PIXELS[~region()])


def test_a_small_mask_is_enlarged() -> None:
    small = region()[::2, ::2]
    np.testing.assert_array_equal(np.asarray(greyed(IMAGE, small)), np.asarray(greyed(IMAGE, region())))


def test_a_region_moves() -> None:
    came = np.asarray(with_moved_region(IMAGE, region(), 0.25, 0.2))
    assert (came[4:8, 10:20] == GREY).all()
    np.testing.assert_array_equal(came[8:12, 20:30], PIXELS[4:8, 10:20])
    rest = np.ones((20, 40), bool)
    rest[4:8, 10:20] = rest[8:12, 20:30] = False
    np.testing.assert_array_equal(came[rest], PIXELS[rest])


def test_what_leaves_the_picture_is_cut_off() -> None:
    came = np.asarray(with_moved_region(IMAGE, region(), -0.375, 0))
    np.testing.assert_array_equal(came[4:8, 0:5], PIXELS[4:8, 15:20])
    assert (came[4:8, 10:20] == GREY).all()


def test_a_region_may_overlap_where_it_was() -> None:
    came = np.asarray(with_moved_region(IMAGE, region(), 0.05, 0))
    np.testing.assert_array_equal(came[4:8, 12:22], PIXELS[4:8, 10:20])
    assert (came[4:8, 10:12] == GREY).all()
