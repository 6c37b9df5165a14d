"""The matcher's figures on a model that knows the truth, and on one that guesses."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from benchmarks.caption_choice import swapped_captions
from benchmarks.embedded_matcher import _own_captions, _swaps
from benchmarks.unseen_scenes import UnseenScene, unseen_scenes
from saii_widgets.data.scenes.captions import true_facts
from saii_widgets.data.scenes.facts import FALSE
from saii_widgets.training.fact_words import FactWords


class Knowing:
    """Scores a caption by what it says and what is true."""

    def __init__(self, scenes: list[UnseenScene], sign: float) -> None:
        self._truth = {id(scene.image): scene.truth for scene in scenes}
        self._said, self._sign = FactWords(), sign

    def score(self, images: list[Any], captions: list[str]) -> np.ndarray:
        false = [
            any(self._truth[id(i)][f] == FALSE for _, f in self._said(c.lower().replace(",", " ,").split()))
            for i, c in zip(images, captions, strict=True)
        ]
        return self._sign * np.where(false, -1.0, 1.0)


def test_a_model_that_knows_is_right_and_its_opposite_wrong() -> None:
    scenes = unseen_scenes(30, (12, 12))
    rng = Random(7)
    facts = [true_facts(scene.truth, scene.vehicles, rng, "mixed") for scene in scenes]
    for sign, share in ((1.0, 1.0), (-1.0, 0.0)):
        model: Any = Knowing(scenes, sign)
        rates = _own_captions(model, scenes, facts, Random(0))
        assert [rate.share for rate in rates.values()] == [share] * 3
        assert rates["true and false captions told apart"].n == 60
        right = _swaps(model, scenes, swapped_captions(scenes, "context", facts))
        assert np.mean(right) == share


def test_swapped_captions_differ_in_one_word() -> None:
    scenes = unseen_scenes(20, (12, 12))
    facts = [true_facts(scene.truth, scene.vehicles, Random(1), "vehicles") for scene in scenes]
    rows, true, false = swapped_captions(scenes, "colour", facts)
    assert rows
    for a, b in zip(true, false, strict=True):
        changed = [(x, y) for x, y in zip(a.split(), b.split(), strict=True) if x != y and x not in ("a", "an")]
        assert len(changed) == 1
