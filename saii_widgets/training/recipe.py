"""Every number that decides what the embedded CLIP becomes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from transformers import CLIPConfig

from saii_widgets.training.tokenizer import BEGIN, END, MAX_TOKENS, PAD


@dataclass(frozen=True)
class Act:
    """One part of a run, on scenes of its own and with a fresh optimizer.

    Parameters
    ----------
    number : int
    first, last : int
        Pictures seen before it and after it.
    first_scene : int
        Seed of its first scene.
    unnamed_paint : float
        Share of vehicles in colours that no caption names.
    weight_offers : float
        Of the loss on what patches offer the last layer's attention.
    """

    number: int
    first: int
    last: int
    first_scene: int
    unnamed_paint: float
    weight_offers: float


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run; the defaults are those of the shipped weights.

    Pictures are counted as seen. A step takes ``n_shards * shard`` pictures; the shards are independent and their
    gradients are averaged, so the bits do not depend on how many processes share them.

    The second act repaints vehicles: where some pairs of colour and type never occur, a colour becomes evidence against
    a type ("blue, so no truck"), and paints without a name undo that without showing the pairs. It also asks each patch
    to offer the last layer's attention what it shows, so that maps of that layer point at things.
    """

    n_scenes: int = 96_000  # an act
    n_seen: int = 1_200_000
    second_act: int = 600_000  # pictures seen before it
    unnamed_paint: float = 0.35  # in the second act
    weight_offers: float = 0.3  # in the second act
    seed: int = 0
    n_shards: int = 2
    shard: int = 48
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.05
    warm_up: int = 8_000  # pictures
    final_rate: float = 0.02  # of the learning rate
    keep_first: float = 0.5  # share of patches kept, until 60 % of the run
    keep_last: float = 0.85  # share of patches kept at the end
    joint: float = 0.15  # last share of the run, in which the text tower learns too
    n_swaps: int = 2  # false captions a picture, one word exchanged
    n_phrases: int = 32  # short phrases a step while the text tower learns
    weight_contrast: float = 1.0
    weight_phrases: float = 0.5
    weight_presence: float = 0.5
    weight_places: float = 0.4
    text_steps: int = 2_000
    text_batch: int = 96
    text_rate: float = 2e-3
    size: int = 144
    patch: int = 12
    vision_width: int = 192
    vision_layers: int = 4
    vision_heads: int = 4
    text_width: int = 128
    text_layers: int = 2
    text_heads: int = 4
    mlp_ratio: int = 3
    projection: int = 128

    @property
    def acts(self) -> tuple[Act, Act]:
        """The two acts of the picture tower."""
        return (
            Act(0, 0, self.second_act, 0, 0.0, 0.0),
            Act(1, self.second_act, self.n_seen, 1_000_000, self.unnamed_paint, self.weight_offers),
        )

    @property
    def grid(self) -> int:
        return self.size // self.patch

    def config(self, vocab_size: int) -> CLIPConfig:
        """The `transformers` configuration of the model."""
        text = {
            "vocab_size": vocab_size,
            "hidden_size": self.text_width,
            "intermediate_size": self.text_width * self.mlp_ratio,
            "num_hidden_layers": self.text_layers,
            "num_attention_heads": self.text_heads,
            "max_position_embeddings": MAX_TOKENS,
            "hidden_act": "gelu",
            "pad_token_id": PAD,
            "bos_token_id": BEGIN,
            "eos_token_id": END,
            "projection_dim": self.projection,
        }
        vision = {
            "hidden_size": self.vision_width,
            "intermediate_size": self.vision_width * self.mlp_ratio,
            "num_hidden_layers": self.vision_layers,
            "num_attention_heads": self.vision_heads,
            "image_size": self.size,
            "patch_size": self.patch,
            "hidden_act": "gelu",
            "projection_dim": self.projection,
        }
        return CLIPConfig(
            projection_dim=self.projection,
            logit_scale_init_value=math.log(12.0),
            text_config=text,
            vision_config=vision,
        )
