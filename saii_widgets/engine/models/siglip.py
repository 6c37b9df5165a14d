"""SigLIP and SigLIP 2, with a fixed grid or one fitted to the picture (NaFlex)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
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
        return Tower(
            self.model,
            encode,
            list(vision.encoder.layers),
            head=vision.head.attention,
            tokens=self._image_tokens,
            encode_tokens=self._encode_image_tokens,
        )

    def _image_tokens(self, inputs: Mapping[str, Tensor]) -> Tensor:
        return self.model.vision_model.embeddings(inputs["pixel_values"])

    def _encode_image_tokens(self, hidden: Tensor) -> Tensor:
        vision = self.model.vision_model
        return vision.head(vision.post_layernorm(vision.encoder(inputs_embeds=hidden).last_hidden_state))

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
        return self._axis(self._grid(image.size), self._seen(image.size))

    def _seen(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """All of it: the picture is scaled, never cropped."""
        del size
        return 0.0, 0.0, 1.0, 1.0

    def _image_tokens(self, inputs: Mapping[str, Tensor]) -> Tensor:
        # of one picture, or of several of one shape: without the padding, which the model would hide
        rows, columns = inputs["spatial_shapes"][0].tolist()
        pixels = inputs["pixel_values"][:, : rows * columns]
        return self.model.vision_model.embeddings(pixels, inputs["spatial_shapes"])

    def lay_regions(self, image: Image.Image, regions: NDArray[np.bool_]) -> Tensor:
        """Shares of pixels (n, ...) as the inputs of the tower are laid out, patch after patch, colours last."""
        rows, columns = self._grid(image.size)
        size = self.image_processor.patch_size  # pyright: ignore[reportFunctionMemberAccess]
        laid = self.resized(image, regions, (rows * size, columns * size)).reshape(-1, rows, size, columns, size)
        laid = laid.transpose(2, 3).flatten(1, 2).flatten(2).repeat_interleave(3, -1)  # (n, patches, values)
        padding = self.image_processor.max_num_patches - rows * columns  # pyright: ignore[reportFunctionMemberAccess]
        return torch.nn.functional.pad(laid, (0, 0, 0, padding))


MODEL_TYPES: Final = {
    "siglip": (Siglip, SiglipModel, SiglipImageProcessorPil),
    "siglip2": (SiglipNaflex, Siglip2Model, Siglip2ImageProcessorPil),
}
