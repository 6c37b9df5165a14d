"""What every family and every explainer that the folders hold must do."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers import find_explainers
from saii_widgets.engine.models import find_families, load_model
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import MODEL_TYPES, pictures, save_tiny, tiny_model

CAPTIONS = ["a red truck near a metal fence", "the blue bus"]


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model(request: pytest.FixtureRequest) -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model(request.param, torch.float32)


def test_the_folders_hold_what_is_promised() -> None:
    assert set(find_families()) >= {"clip", "siglip", "siglip2"}
    assert set(find_explainers()) >= {"Counterfactual", "Relevance"}


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_checkpoint_loads_as_it_was_saved(model_type: str, tmp_path: Path) -> None:
    folder = save_tiny(model_type, tmp_path / "tiny")
    loaded = load_model(folder, device="cpu")
    made = tiny_model(model_type, torch.float32)
    assert isinstance(loaded, DualEncoder)
    assert (loaded.name, loaded.dtype, loaded.device.type) == ("tiny", torch.float32, "cpu")
    assert not loaded.model.training
    torch.testing.assert_close(loaded.embed_images(pictures(2)), made.embed_images(pictures(2)))
    torch.testing.assert_close(loaded.embed_captions(CAPTIONS), made.embed_captions(CAPTIONS))


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_half_precision_loads_and_embeds(model_type: str, precision: str, tmp_path: Path) -> None:
    loaded = load_model(save_tiny(model_type, tmp_path), device="cpu", precision=precision)
    exact = tiny_model(model_type, torch.float32).embed_images(pictures(2))
    came = loaded.embed_images(pictures(2))
    assert loaded.dtype == getattr(torch, precision)
    assert came.dtype == torch.float32
    torch.testing.assert_close(came, exact, atol=0.05, rtol=0)


def test_embeddings_are_unit_length_and_do_not_depend_on_the_batch(model: TwoTowers) -> None:
    images = pictures(3)
    together = model.embed_images(images)
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(together[1:2], model.embed_images([images[1]]), atol=1e-5, rtol=1e-4)
    padded = model.embed_captions(CAPTIONS)
    torch.testing.assert_close(padded[1:], model.embed_captions(CAPTIONS[1:]), atol=1e-5, rtol=1e-4)


def test_logits_are_an_explanation(model: TwoTowers) -> None:
    result = model.logits(pictures(2), CAPTIONS)
    assert [axis.kind for axis in result.axes] == ["image", "caption"]
    assert result.unit == "logit"
    probabilities = result.companions["probabilities"].values
    if model.probability == "softmax":
        np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_a_traced_embedding_is_the_plain_one(model: TwoTowers) -> None:
    """The last layer runs for the read-out token alone while it is traced."""
    images, captions = pictures(2), [Caption.parse(c) for c in CAPTIONS]
    for start in range(model.n_image_layers):
        traced = model.trace_images(images, start).embedding
        torch.testing.assert_close(traced.detach(), model.image_tower.embed(model.prepare_images(images)))
    for start in range(model.n_text_layers):
        traced = model.trace_captions(captions, start).embedding
        torch.testing.assert_close(traced.detach(), model.text_tower.embed(model.prepare_captions(captions)))


def test_words_and_tokens(model: TwoTowers) -> None:
    caption = Caption.parse("A red, zebra truck")
    words = model.token_words(caption)
    assert [caption.words[k].text for k in words if k >= 0] == ["A", "red", "zebra", "truck"]
    assert model.unknown_words(caption) == ("zebra",)
    assert model.warnings(pictures(2)) == ["", ""]


def test_patch_axes_lie_in_the_picture(model: TwoTowers) -> None:
    (image,) = pictures(1, (40, 30))
    axis = model.patch_axis(image)
    assert axis.grid is not None
    assert axis.boxes is not None
    assert axis.grid[0] * axis.grid[1] == len(axis)
    assert ((axis.boxes >= 0) & (axis.boxes <= 1)).all()
    assert (axis.boxes[:, 2:] > axis.boxes[:, :2]).all()


@pytest.mark.parametrize("explainer", find_explainers().values(), ids=find_explainers())
def test_explainers_return_one_explanation(explainer: Any, model: TwoTowers) -> None:
    named = list(inspect.signature(explainer).parameters.values())
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in named[1:]), "settings are keyword-only"
    asked = (pictures(2), CAPTIONS)
    if "image" in inspect.signature(explainer.__call__).parameters:  # of one picture and one caption among others
        asked = (pictures(1)[0], CAPTIONS[0], CAPTIONS[1:])
    result = explainer(model)(*asked)
    assert isinstance(result, Explanation)
    assert result.values.dtype == np.float32
    assert result.origin is not None
    assert (result.origin.model, bool(result.origin.method)) == (model.name, True)
    again = explainer(model)(*asked)
    np.testing.assert_array_equal(result.values, again.values)
    assert explainer.__doc__
    assert "Source" in explainer.__doc__
