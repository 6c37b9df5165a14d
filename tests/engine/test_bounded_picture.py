"""The bound of a change holds in 8 bits and after resizing, whatever comes in."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.engine.bounded_picture import bounded_picture, levels_of
from tests.engine.tiny_models import pictures


def apart(one: Image.Image, other: Image.Image) -> int:
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


def test_levels_are_whole_and_never_more_than_epsilon() -> None:
    assert [levels_of(k / 255) for k in (1, 2, 2.9, 8)] == [1, 2, 2, 8]
    for wrong in (0.0, 0.5 / 255, float("nan"), 1.5):
        with pytest.raises(InputError, match="an epsilon from 1/255 to 1"):
            levels_of(wrong)


@pytest.mark.parametrize("resample", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
@pytest.mark.parametrize("size", [(24, 24), (30, 40), (17, 51), (64, 80), (200, 150)])
def test_the_bound_holds_for_any_pixels_and_any_size(size: tuple[int, int], resample: Image.Resampling) -> None:
    (image,) = pictures(1, (40, 30))
    rng = np.random.default_rng(0)
    wild = [rng.normal(128, 200, (30, 40, 3)), np.asarray(image) + rng.choice([-2.4, 2.4], (30, 40, 3))]
    checked = np.asarray(image) + 2.0 * (-1) ** np.add.outer(np.arange(30), np.arange(40))[..., None]
    for pixels in (*wild, checked):
        changed = bounded_picture(image, pixels, 2 / 255, size=size, resample=resample)
        assert 0 < apart(image, changed) <= 2
        resized = (one.resize(size[::-1], resample) for one in (image, changed))
        assert apart(*resized) <= 2


def test_without_the_repair_a_resized_change_would_be_larger() -> None:
    """What the bound above rests on: there are changes that a bicubic kernel makes grow."""
    image = Image.new("RGB", (40, 30), (120, 130, 140))
    signs = [np.where(np.arange(n) % 4 < 2, 1, -1) for n in (30, 40)]
    edges = np.asarray(image) + 2.0 * np.outer(*signs)[..., None]
    plain = bounded_picture(image, edges, 2 / 255)
    size = (60, 45)
    assert apart(*(one.resize(size, Image.Resampling.BICUBIC) for one in (image, plain))) > 2
    held = bounded_picture(image, edges, 2 / 255, size=size[::-1])
    assert apart(*(one.resize(size, Image.Resampling.BICUBIC) for one in (image, held))) <= 2
    assert apart(image, held) > 0


def test_a_change_within_the_bound_is_only_rounded() -> None:
    (image,) = pictures(1, (40, 30))
    inside = np.clip(np.asarray(image, float), 2, 253)
    change = np.random.default_rng(1).uniform(-1.4, 1.4, inside.shape)
    picture = Image.fromarray(inside.astype(np.uint8))
    changed = bounded_picture(picture, inside + change, 2 / 255)
    assert np.array_equal(np.asarray(changed, float), inside + np.rint(change))
