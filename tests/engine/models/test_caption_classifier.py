"""Captions as classes: the model's own logits, layers that can be read, attention that is somewhere."""

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.caption_classifier import caption_classifier
from saii_widgets.engine.models.feature_layers import blocks
from tests.engine.tiny_models import pictures, tiny_model

CAPTIONS = ["a red truck", "the blue bus near a fence", "a taxi"]


@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_logits_are_the_model_s(model_type: str) -> None:
    model = tiny_model(model_type, torch.float32)
    classifier = caption_classifier(model, CAPTIONS, ["truck", "bus", "taxi"])
    images = pictures(3)
    np.testing.assert_allclose(classifier.class_logits(images), model.logits(images, CAPTIONS).values, atol=1e-4)
    assert classifier.labels == ("truck", "bus", "taxi")
    assert caption_classifier(model, CAPTIONS).labels == tuple(CAPTIONS)


@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_layers_are_the_image_tower_s(model_type: str) -> None:
    model = tiny_model(model_type, torch.float32)
    classifier = caption_classifier(model, CAPTIONS)
    assert len(classifier.layers) == model.n_image_layers
    assert set(classifier.layers) <= set(blocks(classifier.module))
    grid = model.patch_grid
    for layer, features in classifier.features(pictures(2), classifier.layers).items():
        assert features.shape[2:] == grid, layer
    attention = classifier.attention(pictures(2), [0, 2])
    assert attention.shape == (2, 2, *grid)
    assert attention.max() == pytest.approx(1)


def test_what_is_refused() -> None:
    with pytest.raises(ModelError, match="two captions"):
        caption_classifier(tiny_model("clip", torch.float32), CAPTIONS[:1])
    with pytest.raises(ModelError, match="pixels alone"):
        caption_classifier(tiny_model("siglip2", torch.float32), CAPTIONS)
