"""Drawn scenes as explainers take them."""

from __future__ import annotations

import numpy as np

from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.facts import Fact
from saii_widgets.data.scenes.scenes_with_masks import scenes_with_masks


def test_masks_are_those_of_the_true_things() -> None:
    scenes = scenes_with_masks(12, first_seed=40, size=96)
    for seed, scene in enumerate(scenes, 40):
        drawn = draw(seed, 96)
        assert scene.name == f"drawn {seed}"
        assert scene.caption is not None
        fence = Fact(context="fence")
        assert ("a metal fence" in scene.masks) == drawn.is_true(fence)
        if drawn.is_true(fence):
            np.testing.assert_array_equal(scene.masks["a metal fence"], drawn.mask_of(fence))
        assert "rain" not in scene.masks, "what has no place has no mask"
        assert all(mask.any() for mask in scene.masks.values())
    assert any("a metal fence" in scene.masks for scene in scenes)
