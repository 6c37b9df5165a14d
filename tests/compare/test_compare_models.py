"""Two models side by side, with explainers whose answers are planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.compare import compare_models
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.centre_baseline import CentreBaseline
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.task_performance import spearman
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import pictures, tiny_model

SCENES = [
    Scene(image, Caption.parse(text), name=f"scene {k}")
    for k, (image, text) in enumerate(zip(pictures(3), ("a red truck", "the blue bus", "a red bus"), strict=True))
]


@pytest.fixture(scope="module")
def models() -> tuple[TwoTowers, TwoTowers]:
    torch.set_num_threads(1)
    return tiny_model("clip"), tiny_model("siglip2", seed=1)


def test_a_model_agrees_with_itself(models: tuple[TwoTowers, TwoTowers]) -> None:
    found = compare_models(models[0], models[0], SCENES)
    assert found.kinds == ("image", "patch")
    assert not found.values.any()
    assert not found.companions["words"].values.any()
    np.testing.assert_allclose(found.companions["agreement"].values, 1)
    np.testing.assert_allclose(found.companions["agreement"].companions["low"].values, 1)


def test_shares_are_each_models_own(models: tuple[TwoTowers, TwoTowers]) -> None:
    found = compare_models(*models, SCENES)
    clip, naflex = found.companions["a"], found.companions["b"]
    assert clip.axis("patch") == naflex.axis("patch"), "laid on the first model's patches"
    np.testing.assert_allclose(clip.values.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(found.values, clip.values - naflex.values, atol=1e-6)
    own = Relevance(models[0])([SCENES[1].image], [SCENES[1].caption or ""])
    np.testing.assert_allclose(clip.values[1], own.values[0, 0] / own.values.sum(), rtol=1e-5)
    words = own.companions["words"].values[0]
    mine = clip.companions["words"].select(image=1, caption=1)
    assert isinstance(mine, Explanation)
    np.testing.assert_allclose(mine.values, words / words.sum(), rtol=1e-5)
    others = clip.companions["words"].values[1].copy()
    others[3:6] = 0
    assert not others.any(), "words of other captions count nothing"


def test_agreement_is_the_mean_of_rank_correlations(models: tuple[TwoTowers, TwoTowers]) -> None:
    found = compare_models(*models, SCENES)
    pairs, agreement = found.companions["pairs"], found.companions["agreement"]
    a, b = (found.companions[name].values for name in "ab")
    expected = [spearman(x, y) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(pairs.values[:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(agreement.values, pairs.values.mean(0), atol=1e-6)
    low, high = (agreement.companions[name].values for name in ("low", "high"))
    assert ((low <= agreement.values) & (agreement.values <= high)).all()


class Planted:
    """The first word has all of the relevance for one model, the last word for the other."""

    def __init__(self, model: TwoTowers) -> None:
        self.model = model

    def __call__(self, images: Any, captions: Any) -> Explanation:
        found = Relevance(self.model)(images, captions)
        words = found.companions["words"]
        said = np.zeros(words.shape)
        said[0, 0 if self.model.name == "tiny clip" else -1] = 3
        companions = {"words": Explanation(said, words.axes, captions=words.captions)}
        return Explanation(found.values, found.axes, captions=found.captions, companions=companions)


def test_the_words_that_they_differ_on_come_first(models: tuple[TwoTowers, TwoTowers]) -> None:
    found = compare_models(*models, SCENES, explainer=Planted).companions["most disputed words"]
    assert found.axes[0].labels == ("a", "bus", "the", "truck", "blue", "red")
    np.testing.assert_allclose(found.values, [1, 1, 1, 1, 0, 0])
    assert found.errors is not None
    np.testing.assert_allclose(found.errors, 0)


def test_refusals(models: tuple[TwoTowers, TwoTowers]) -> None:
    with pytest.raises(InputError, match="Add captions"):
        compare_models(*models, [Scene(SCENES[0].image)])
    with pytest.raises(InputError, match="also explains words"):
        compare_models(*models, SCENES, explainer=CentreBaseline)
