"""Hidden states of layers, against the ones that transformers gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.layer_embeddings import layer_embeddings
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTIONS = ["a red truck near a metal fence", "the blue bus", "a tree"]


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_layers_are_the_models_hidden_states(model_type: str) -> None:
    model, images = tiny_model(model_type), pictures(3)
    found = layer_embeddings(model, images, CAPTIONS)
    assert not any(layer._forward_hooks for layer in (*model.image_tower.layers, *model.text_tower.layers))
    names = ["image layer 1, text layer 1", "image layer 2, text layer 2", "image layer 3, text layer 2", "embedding"]
    assert list(found) == names
    inputs = model.prepare_captions([Caption.parse(one) for one in CAPTIONS])
    with torch.no_grad():
        hidden = model.model.text_model(**inputs, output_hidden_states=True).hidden_states
        seen = model.model.vision_model(**model.prepare_images(images), output_hidden_states=True).hidden_states
    assert model.text_tower.readout is not None
    rows = model.text_tower.readout(inputs)
    for name, k in zip(names[:2], (1, 2), strict=True):
        np.testing.assert_allclose(found[name][1], hidden[k][torch.arange(3), rows].numpy(), atol=1e-9)
    for k, name in enumerate(names[:3], 1):
        if model_type == "clip":
            np.testing.assert_allclose(found[name][0], seen[k][:, 0].numpy(), atol=1e-9)
        if model_type == "siglip":
            np.testing.assert_allclose(found[name][0], seen[k].mean(1).numpy(), atol=1e-9)
    v, u = found["embedding"]
    units = v / np.linalg.norm(v, axis=1, keepdims=True)
    np.testing.assert_allclose(units, model.embed_images(images).numpy(), atol=1e-6)
    assert u.shape == model.embed_captions(CAPTIONS).shape


def test_nothing_to_read_is_refused() -> None:
    with pytest.raises(ModelError, match="pictures and captions"):
        layer_embeddings(tiny_model("clip"), [], CAPTIONS)
