"""The two towers of a CLIPModel as training calls them: patches dropped, half-precision arithmetic, float32 weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from transformers import CLIPModel
from transformers.models.clip.modeling_clip import CLIPEncoderLayer

from saii_widgets.training.recipe import Recipe
from saii_widgets.training.tokenizer import BEGIN, END, PAD, UNKNOWN, build_tokenizer

MEAN, STD = (0.42, 0.43, 0.45), (0.25, 0.24, 0.26)


def new_model(recipe: Recipe) -> CLIPModel:
    """A CLIPModel of the recipe's size with Xavier weights, drawn from torch's global generator."""
    config = recipe.config(len(build_tokenizer()))
    config._attn_implementation = "eager"  # on CPU its backward pass is three times faster than the fused one's
    model = CLIPModel(config)
    for name, weight in model.named_parameters():
        if weight.dim() == 2 and "embedding" not in name:
            nn.init.xavier_uniform_(weight)
        elif "position_embedding" in name or "token_embedding" in name:
            nn.init.normal_(weight, std=0.02)
        elif "patch_embedding" in name:
            nn.init.normal_(weight, std=(1 / (3 * recipe.patch**2)) ** 0.5)
    return model


class Towers(nn.Module):
    """Encode pictures with some patches dropped, or captions, to unit length, in bfloat16 on float32 weights."""

    def __init__(self, model: CLIPModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, pixels: Tensor | None, kept: Tensor | None, tokens: Tensor | None, offered: bool = False
    ) -> Tensor:
        if pixels is not None:
            vision = self.model.vision_model
            hidden = vision.embeddings(pixels)  # (b, 1 + n, w)
            if kept is not None:
                index = kept[..., None].expand(-1, -1, hidden.shape[-1])
                hidden = torch.cat([hidden[:, :1], hidden[:, 1:].gather(1, index)], 1)
            hidden = vision.pre_layrnorm(hidden)
            *lower, top = cast(list[CLIPEncoderLayer], list(vision.encoder.layers))
            for layer in lower:
                hidden = layer(hidden, attention_mask=None)
            final = top(hidden, attention_mask=None)
            if offered:
                values = top.self_attn.out_proj(top.self_attn.v_proj(top.layer_norm1(hidden[:, 1:])))
                final = torch.cat([final, values], 1)
            return self.model.visual_projection(vision.post_layernorm(final))  # (b, 1 + k, d), or (b, 1 + 2 k, d)
        assert tokens is not None
        pooled = self.model.text_model(input_ids=tokens, attention_mask=(tokens != PAD).long()).pooler_output
        return self.model.text_projection(pooled)  # (c, d)

    def _run(self, pixels: Tensor | None, kept: Tensor | None, tokens: Tensor | None, offered: bool = False) -> Tensor:
        half = {name: p.to(torch.bfloat16) for name, p in self.named_parameters()}
        out = functional_call(self, half, (pixels, kept, tokens, offered))
        return nn.functional.normalize(out.float(), dim=-1)

    def encode_pictures(self, pixels: Tensor, kept: Tensor | None = None, *, offered: bool = False) -> Tensor:
        """Encode pictures (b, 3, s, s) with the kept patches (b, k).

        Returns
        -------
        Tensor, (b, 1 + k, d)
            The class token, then the patches. With `offered` another k follow: what each patch offers the last layer's
            attention, that is what the class token would take from it if it looked there alone.
        """
        return self._run(pixels.to(torch.bfloat16), kept, None, offered)

    def encode_captions(self, tokens: Tensor) -> Tensor:
        """(c, t) token ids, padded -> (c, d)."""
        return self._run(None, None, tokens)


class Words:
    """Captions to padded token ids, without the overhead of the full tokenizer; equal to it (a test shows it)."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = build_tokenizer().get_vocab()

    def __call__(self, captions: Sequence[str]) -> Tensor:
        rows = [
            [BEGIN, *(self.ids.get(w, UNKNOWN) for w in text.lower().replace(",", " ,").split()), END]
            for text in captions
        ]
        width = max(map(len, rows))
        return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def cosine_rate(progress: float, seen: int, warm_up: int, final: float) -> float:
    """Share of the learning rate at `progress` in 0..1: linear warm-up, then half a cosine down to `final`."""
    decay = 0.5 * (1 + math.cos(math.pi * progress))
    return min(1.0, (seen + 1) / warm_up) * (decay * (1 - final) + final)
