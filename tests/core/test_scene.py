from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import ImageError, InputError
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption


def test_open(tmp_path: Path) -> None:
    path = tmp_path / "bridge.png"
    Image.new("RGBA", (6, 4), (0, 0, 0, 0)).save(path)
    scene = Scene.open(path, "a red truck", time=datetime(2026, 1, 2), notes=["blurred"])
    assert (scene.name, scene.image.mode, scene.time) == ("bridge", "RGB", datetime(2026, 1, 2))
    assert scene.caption == Caption.parse("a red truck")
    assert scene.notes == ("transparent parts shown on white", "blurred")
    assert Scene.open(path, name="other").name == "other"
    assert repr(scene) == "Scene('bridge', 6 x 4, 'a red truck')"


def test_masks_are_frozen_copies() -> None:
    mask = np.zeros((4, 6), bool)
    scene = Scene(Image.new("RGB", (6, 4)), masks={"sky": mask})
    mask[:] = True
    assert not scene.masks["sky"].any()
    with pytest.raises(ValueError, match="read-only"):
        scene.masks["sky"][0, 0] = True
    with pytest.raises(InputError, match="'sky' of 4 x 6"):
        Scene(Image.new("RGB", (6, 4)), masks={"sky": mask.T})


def test_only_rgb() -> None:
    with pytest.raises(ImageError, match=r"mode L.*Scene.open"):
        Scene(Image.new("L", (6, 4)))


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (-75.1, 240.0), (float("nan"), 0)])
def test_places_off_the_globe(place: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="latitude"):
        Scene(Image.new("RGB", (6, 4)), place=place)


def test_equality() -> None:
    scene = Scene(Image.new("RGB", (6, 4), "red"), name="a", place=(40, -75), masks={"sky": np.ones((4, 6), bool)})
    assert scene == replace(scene, image=scene.image.copy())
    for other in (
        replace(scene, image=Image.new("RGB", (6, 4), "blue")),
        replace(scene, name="b"),
        replace(scene, place=(40, -76)),
        replace(scene, masks={"sky": np.zeros((4, 6), bool)}),
        replace(scene, masks={}),
        replace(scene, caption=Caption.parse("a truck")),
    ):
        assert scene != other
