"""Every number that decides what the embedded ViLT matcher becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transformers import CLIPConfig, ViltConfig

from saii_widgets.training.recipe import Act
from saii_widgets.training.tokenizer import MAX_TOKENS, PAD


@dataclass(frozen=True)
class ViltRecipe:
    """Settings of a training run; the defaults are those of the shipped weights.

    The run begins with the weights of the embedded CLIP's picture tower: the matcher's first layers are that tower's,
    and `new_layers` on top of them learn to compare. Pairs of a picture and a caption are counted as seen; half of
    them are true. Each picture comes with a true caption and with one that is mostly false.

    The run has three parts, each with a fresh optimizer on the weights that the one before has written. `parts` says
    for each up to how many pairs it goes, and how many its rate is planned for: the first one is cut short.
    """

    n_scenes: int = 96_000
    first_scene: int = 1_000_000  # the scenes of the CLIP's second act: vehicles in unnamed paints among them
    unnamed_paint: float = 0.35
    parts: tuple[tuple[int, int], ...] = ((50_112, 249_600), (145_152, 145_152), (240_000, 240_000))  # pairs
    seed: int = 0
    n_shards: int = 2
    shard: int = 48  # pictures; twice as many pairs
    learning_rate: float = 1e-3
    lower_rate: float = 0.4  # of the learning rate, for what was the CLIP's
    weight_decay: float = 0.05
    warm_up: int = 6_000  # pairs
    final_rate: float = 0.02
    keep_first: float = 0.5  # share of patches kept, until 60 % of the run
    keep_last: float = 0.75  # share of patches kept at the end
    new_layers: int = 2
    other_scene: float = 0.3  # share of false captions that are another picture's, the rest have one word exchanged
    weight_match: float = 1.0
    weight_pair: float = 0.5
    weight_facts: float = 1.0

    @property
    def acts(self) -> tuple[Act, ...]:
        """The parts of the run, as the picture streams know them."""
        ends = [0, *(last for last, _ in self.parts)]
        return tuple(
            Act(2 + k, ends[k], ends[k + 1], self.first_scene, self.unnamed_paint, 0.0) for k in range(len(self.parts))
        )

    def config(self, clip: CLIPConfig) -> ViltConfig:
        """The `transformers` configuration of the matcher that begins as this CLIP."""
        vision: Any = clip.vision_config
        text: Any = clip.text_config
        return ViltConfig(
            vocab_size=text.vocab_size,
            type_vocab_size=1,
            max_position_embeddings=MAX_TOKENS,
            hidden_size=vision.hidden_size,
            num_hidden_layers=vision.num_hidden_layers + self.new_layers,
            num_attention_heads=vision.num_attention_heads,
            intermediate_size=vision.intermediate_size,
            hidden_act=vision.hidden_act,
            layer_norm_eps=vision.layer_norm_eps,
            image_size=vision.image_size,
            patch_size=vision.patch_size,
            pad_token_id=PAD,
        )
