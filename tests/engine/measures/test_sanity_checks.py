"""Sanity checks: random weights, other captions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.sanity_checks import other_captions, sanity_checks, with_random_weights
from saii_widgets.engine.models.blackbox import BlackBox
from tests.engine.models.tiny_fusion import tiny_fusion
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTION = "red truck near fence"


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_random_weights_answer_anew_and_leave_the_model_alone(model_type: str) -> None:
    model, image = tiny_model(model_type), pictures(1)[0]
    before = model.logits([image], [CAPTION]).values
    drawn, again = with_random_weights(model), with_random_weights(model)
    other = drawn.logits([image], [CAPTION]).values
    assert np.array_equal(model.logits([image], [CAPTION]).values, before)
    assert np.array_equal(again.logits([image], [CAPTION]).values, other)
    assert abs(other - before).max() > 1e-3
    assert drawn.name == f"tiny {model_type} with random weights"
    for ours, its in zip(model.model.parameters(), drawn.model.parameters(), strict=True):
        assert ours.dtype == its.dtype
        if ours.numel() > 100:
            assert its.std().item() == pytest.approx(ours.std().item(), rel=0.5, abs=1e-3)


def test_a_fusion_model_is_drawn_too_and_a_service_is_refused() -> None:
    model, image = tiny_fusion("vilt"), pictures(1)[0]
    assert with_random_weights(model).score([image], [CAPTION]) != model.score([image], [CAPTION])
    with pytest.raises(InputError, match="a model with weights; got told"):
        with_random_weights(BlackBox(lambda images, _: np.ones(len(images)), name="told"))


def test_an_explanation_of_the_model_changes_and_one_of_the_picture_does_not() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    true = ExplainedPair.of(Relevance(model)([image], [CAPTION]), model, image)
    weights, captions = sanity_checks(true)
    assert weights.value is not None
    assert weights.value < 0.8
    assert captions.low is not None

    def edges(_: Any) -> Any:
        return lambda images, captions: Explanation.from_array(
            np.asarray(images[0].convert("L").resize((3, 3)), float), kinds=("patch",), image=images[0],
            caption=captions[0],
        )  # fmt: skip

    blind = ExplainedPair.of(edges(None)([image], [Caption.parse(CAPTION)]), model, image, make=edges)
    weights, captions = sanity_checks(blind)
    assert (weights.value, captions.value) == pytest.approx((1, 1))
    assert "does not explain the model" in weights.says
    assert "not what the words mean" in captions.says


def test_other_captions_keep_their_form() -> None:
    caption = Caption.parse("a red truck near a metal fence")
    found = other_captions(caption, 5, np.random.default_rng(0))
    for one in found:
        assert len(one.words) == len(caption.words)
        assert one.text != caption.text
        assert "red" not in one.text
        assert "truck" not in one.text
    with pytest.raises(InputError, match="a word that can be exchanged"):
        other_captions(Caption.parse("an umbrella"), 1, np.random.default_rng(0))
