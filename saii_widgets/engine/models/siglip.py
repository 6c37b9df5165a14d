"""SigLIP and SigLIP 2, with a fixed grid or one fitted to the picture (NaFlex)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import torch
from PIL import Image
from torch import Tensor
from transformers import Siglip2Model, SiglipModel
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.siglip2.image_processing_pil_siglip2 import (
    Siglip2ImageProcessorPil,
    get_image_size_for_max_num_patches,
)

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.trace import Tower
from saii_widgets.engine.models.two_towers import TwoTowers


class Siglip(TwoTowers):
    """A `transformers.SiglipModel`: pictures pooled by attention, captions read at the last of a fixed row of tokens.

    SigLIP 2 checkpoints with a fixed grid are of this class too.
    """

    probability: Literal["softmax", "sigmoid"] = "sigmoid"
    first_patch = 0

    @property
    def bias(self) -> float:
        """What is added to the scaled cosine."""
        return float(self.model.logit_bias.detach())

    def _image_tower(self) -> Tower:
        def encode(inputs: Mapping[str, Tensor]) -> Tensor:
            return self.model.get_image_features(**inputs).pooler_output

        vision = self.model.vision_model
        if not vision.use_head:
            raise ModelError(
                "a SigLIP model that pools pictures by attention",
                f"{self.name}, whose picture tower has no head (vision_use_head is false)",
                "Take the checkpoint of the whole dual encoder.",
            )
        return Tower(self.model, encode, list(vision.encoder.layers), head=vision.head.attention)

    def _text_tower(self) -> Tower:
        def encode(inputs: Mapping[str, Tensor]) -> Tensor:
            return self.model.get_text_features(**inputs).pooler_output

        def last_token(inputs: Mapping[str, Tensor]) -> Tensor:
            ids = inputs["input_ids"]
            return torch.full((len(ids),), ids.shape[1] - 1, device=ids.device)

        return Tower(self.model, encode, list(self.model.text_model.encoder.layers), last_token)

    def _pad(self, rows: Sequence[Sequence[int]]) -> Mapping[str, Tensor]:
        # SigLIP learnt with rows of full length; whether padding is hidden from it, the tokenizer's settings say
        inputs = self._padded(rows, self.max_tokens)
        if "attention_mask" not in self.tokenizer.model_input_names:
            del inputs["attention_mask"]
        return inputs


class SiglipNaflex(Siglip):
    """A `transformers.Siglip2Model`, which cuts each picture into as many patches as keep its shape.

    Pictures of one shape are explained together; `Relevance` refuses pictures of several grids in one call.
    """

    @property
    def patch_grid(self) -> tuple[int, int]:
        """The grid of a square picture, which is the most patches."""
        return self._grid((1024, 1024))

    def _grid(self, size: tuple[int, int]) -> tuple[int, int]:
        processor: Any = self.image_processor
        high, wide = get_image_size_for_max_num_patches(
            size[1], size[0], processor.patch_size, processor.max_num_patches
        )
        return high // processor.patch_size, wide // processor.patch_size

    def patch_axis(self, image: Image.Image) -> Axis:
        """The patches of a picture, with their boxes as shares of it."""
        return self._axis(self._grid(image.size), (0.0, 0.0, 1.0, 1.0))


MODEL_TYPES: Final = {
    "siglip": (Siglip, SiglipModel, SiglipImageProcessorPil),
    "siglip2": (SiglipNaflex, Siglip2Model, Siglip2ImageProcessorPil),
}
