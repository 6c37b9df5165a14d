"""Every explainer of patches comes back in the form that widgets and pages show."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from saii_widgets.compare.compare_explainers import explains_patches, patch_explainers
from saii_widgets.engine.explainers import find_explainers
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.pair_matrix import PairMatrix
from tests.engine.tiny_models import pictures, tiny_model

MAPS = {name: made for name, made in patch_explainers().items() if name != "Interactions"}


def test_the_rivals_are_all_there() -> None:
    rivals = {"AttentionRollout", "CentreBaseline", "GradEclip", "PlainAttention", "RandomBaseline", "Relevance"}
    assert rivals <= set(MAPS)
    assert not explains_patches(find_explainers()["InterShap"])
    assert not explains_patches(find_explainers()["Counterfactual"])


@pytest.mark.parametrize("explainer", MAPS.values(), ids=MAPS)
def test_a_map_is_shown_with_its_words_and_logits(explainer: Any) -> None:
    result = explainer(tiny_model("clip", torch.float32))(pictures(2), ["a red truck", "the blue bus"])
    view = HeatmapView(result)
    assert view.map().shape == (3, 3)
    view.chosen = {"image": 1, "caption": 1}
    assert (view.map() == result.map(1, 1)).all()
    assert PairMatrix(result.companions["probabilities"]).result.shape == (2, 2)
    drawn = result._repr_html_()
    assert result.title in drawn
    assert (">words<" in drawn) == ("words" in result.companions)
