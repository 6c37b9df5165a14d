"""Maps cover what counts, leave the rest readable, and stay where the model looked."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.drawing import colour_bar, data_uri, overlay
from saii_widgets.core.errors import InputError
from saii_widgets.core.scale import Scale

GREY = Image.new("RGB", (60, 40), (128, 128, 128))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.int32)


def one_patch(rows: int = 4, columns: int = 6, value: float = 1.0) -> np.ndarray:
    grid = np.zeros((rows, columns), np.float32)
    grid[1, 2] = value
    return grid


def test_keeps_the_shape_of_the_picture() -> None:
    assert overlay(GREY, one_patch(), width=120).size == (120, 80)


def test_blocks_cover_their_patch_alone() -> None:
    drawn = pixels(overlay(GREY, one_patch(), smooth=False, width=60))
    inside = drawn[10:20, 20:30]
    assert np.ptp(inside.reshape(-1, 3), axis=0).max() == 0
    red, green, blue = inside[0, 0]
    assert red > 180
    assert green > 180
    assert blue < 120
    drawn[10:20, 20:30] = drawn[0, 0]
    assert np.ptp(drawn.reshape(-1, 3), axis=0).max() == 0  # nothing is drawn anywhere else


def test_smooth_maps_stay_between_their_values() -> None:
    scale = Scale(0, 1)
    drawn = pixels(overlay(GREY, one_patch(), scale=scale, width=120))
    plain = pixels(overlay(GREY, one_patch(value=1e-9), scale=scale, width=120))
    changed = np.abs(drawn - plain).sum(-1) > 12
    rows, columns = np.nonzero(changed)
    assert abs(rows.mean() - 30) < 2  # the patch's middle
    assert abs(columns.mean() - 50) < 2
    assert not changed[60:].any()


def test_the_picture_shows_through_the_strongest_patch() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    drawn = pixels(overlay(Image.fromarray(noise), np.ones((2, 2)), smooth=False, width=60))
    assert drawn.std(axis=(0, 1)).min() > 5


def test_more_covers_more() -> None:
    grid = np.linspace(0, 1, 6, dtype=np.float32)[None]
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))
    drawn = pixels(overlay(noise, grid, smooth=False, width=60))
    texture = [drawn[:, 10 * k : 10 * k + 10].std(axis=(0, 1)).mean() for k in range(6)]
    assert (np.diff(texture) < 0).all()


def test_signs_are_blue_and_red() -> None:
    grid = np.array([[-1.0, 0.0, 1.0]], np.float32)
    drawn = pixels(overlay(GREY, grid, smooth=False, width=60))
    negative, nothing, positive = drawn[20, 10], drawn[20, 30], drawn[20, 50]
    assert negative[2] > negative[0]
    assert positive[0] > positive[2]
    assert np.ptp(nothing) == 0


def test_boxes_of_a_cropping_model_are_respected() -> None:
    axis = Axis.patches(2, 2)
    assert axis.boxes is not None
    boxes = axis.boxes * (0.5, 1, 0.5, 1) + (0.25, 0, 0.25, 0)  # the middle half of the width
    drawn = pixels(overlay(GREY, np.ones((2, 2)), boxes=boxes, smooth=False, width=60))
    assert np.ptp(drawn[:, 15:45].reshape(-1, 3), axis=0).max() == 0
    assert drawn[20, 30, 0] > 180
    for unseen in (drawn[:, :15], drawn[:, 45:]):
        assert unseen.max() < 80  # dimmed, and nothing drawn


@pytest.mark.parametrize(
    ("values", "boxes"), [(np.ones(4), None), (np.ones((0, 3)), None), (np.ones((2, 2)), np.ones((3, 4)))]
)
def test_refuses_what_is_no_map(values: np.ndarray, boxes: np.ndarray | None) -> None:
    with pytest.raises(InputError):
        overlay(GREY, values, boxes=boxes)


def test_colour_bar_runs_from_low_to_high() -> None:
    scale = Scale(3.0, 7.0)
    bar = pixels(colour_bar(scale, 64))
    assert bar.shape == (1, 64, 3)
    np.testing.assert_array_equal(bar[0, [0, -1]], scale.colours([3.0, 7.0]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_data_uri_holds_the_picture(kind: str) -> None:
    found = re.fullmatch(r"data:image/(jpeg|png);base64,([A-Za-z0-9+/=]+)", data_uri(GREY, kind))  # type: ignore[arg-type]
    assert found is not None
    again = Image.open(io.BytesIO(base64.b64decode(found[2])))
    assert again.format == kind
    np.testing.assert_allclose(pixels(again.convert("RGB")), pixels(GREY), atol=2)
