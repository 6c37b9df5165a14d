"""CLIP: OpenAI's checkpoints, OpenCLIP's in transformers' format, and the embedded model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import torch
from torch import Tensor
from transformers import CLIPModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from saii_widgets.engine.models.trace import Tower
from saii_widgets.engine.models.two_towers import TwoTowers

_LEGACY_END: Final = 2  # early checkpoints name this wrong end-of-text id; transformers then reads at the largest id


class Clip(TwoTowers):
    """A `transformers.CLIPModel`: class token on one side, end-of-text token on the other."""

    probability: Literal["softmax", "sigmoid"] = "softmax"
    first_patch = 1

    @property
    def bias(self) -> float:
        """CLIP has none."""
        return 0.0

    def _image_tower(self) -> Tower:
        def encode(inputs: Mapping[str, Tensor]) -> Tensor:
            return self.model.get_image_features(inputs["pixel_values"]).pooler_output

        def class_token(inputs: Mapping[str, Tensor]) -> Tensor:
            pixels = inputs["pixel_values"]
            return torch.zeros(len(pixels), dtype=torch.long, device=pixels.device)

        vision = self.model.vision_model

        def tokens(inputs: Mapping[str, Tensor]) -> Tensor:
            return vision.embeddings(inputs["pixel_values"])

        def encode_tokens(hidden: Tensor) -> Tensor:
            hidden = vision.encoder(inputs_embeds=vision.pre_layrnorm(hidden)).last_hidden_state
            return self.model.visual_projection(vision.post_layernorm(hidden[:, 0]))

        return Tower(
            self.model,
            encode,
            list(vision.encoder.layers),
            class_token,
            tokens=tokens,
            encode_tokens=encode_tokens,
        )

    def _text_tower(self) -> Tower:
        def encode(inputs: Mapping[str, Tensor]) -> Tensor:
            positions = inputs.get("position_ids")
            return self.model.get_text_features(
                inputs["input_ids"], inputs["attention_mask"], position_ids=positions
            ).pooler_output

        def end_of_text(inputs: Mapping[str, Tensor]) -> Tensor:
            ids = inputs["input_ids"]
            end = self.model.text_model.eos_token_id
            return ids.argmax(1) if end == _LEGACY_END else (ids == end).int().argmax(1)

        return Tower(self.model, encode, list(self.model.text_model.encoder.layers), end_of_text)

    def _pad(self, rows: Sequence[Sequence[int]]) -> Mapping[str, Tensor]:
        return self._padded(rows, max(map(len, rows)))


MODEL_TYPES: Final = {"clip": (Clip, CLIPModel, CLIPImageProcessorPil)}
