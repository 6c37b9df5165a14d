"""Pixels embedded with a graph: as the model embeds pictures, and with the gradient that differences give."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.pixel_embedding import PixelEmbedding
from tests.engine.tiny_models import pictures, tiny_model

SQUARE = (24, 24)  # what the tiny models read


def pixels_of(images: list[Image.Image]) -> torch.Tensor:
    return torch.from_numpy(np.stack([np.array(image) for image in images])).permute(0, 3, 1, 2).double() / 255


@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_a_picture_of_the_models_size_is_embedded_as_the_model_does(model_type: str) -> None:
    model, images = tiny_model(model_type), pictures(3, SQUARE)
    torch.testing.assert_close(PixelEmbedding(model)(pixels_of(images)), model.embed_images(images), atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [(40, 30), (31, 47), (100, 60), (20, 20)])
@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_resizing_agrees_but_for_rounding(model_type: str, size: tuple[int, int]) -> None:
    model, images = tiny_model(model_type), pictures(3, size)
    cosines = (PixelEmbedding(model)(pixels_of(images)) * model.embed_images(images)).sum(1)
    assert cosines.min() > 0.98


@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_gradients_are_differences(model_type: str) -> None:
    model = tiny_model(model_type)
    embed, pixels = PixelEmbedding(model), (0.2 + 0.6 * pixels_of(pictures(1, (40, 30)))).requires_grad_(True)
    aim = torch.linspace(-1, 1, embed(pixels).shape[1], dtype=torch.float64)
    (gradient,) = torch.autograd.grad((embed(pixels) @ aim).sum(), pixels)
    direction = torch.from_numpy(np.random.default_rng(0).normal(size=tuple(pixels.shape)))
    step = 1e-5 * direction
    with torch.no_grad():
        slope = ((embed(pixels + step) - embed(pixels - step)) @ aim).sum() / 2e-5
    assert float((gradient * direction).sum()) == pytest.approx(float(slope), rel=1e-4)
    assert gradient[..., 5].abs().max() > 0
    assert not any(weight.grad is not None for weight in model.model.parameters())


def test_a_grid_fitted_to_the_picture_is_refused() -> None:
    with pytest.raises(ModelError, match="one size; got tiny siglip2"):
        PixelEmbedding(tiny_model("siglip2"))
