"""The ViLT matcher as training calls it: patches dropped, half-precision arithmetic, a verdict on every fact said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus
from transformers import ViltForImageAndTextRetrieval
from transformers.models.vilt.modeling_vilt import ViltLayer

from saii_widgets.data.scenes.captions import compose, swapped, true_facts
from saii_widgets.data.scenes.facts import FACTS
from saii_widgets.training.fact_words import FactWords
from saii_widgets.training.picture_tower import Shard
from saii_widgets.training.tokenizer import PAD
from saii_widgets.training.towers import Words
from saii_widgets.training.vilt_recipe import ViltRecipe

UNKNOWN_PAIR = -1


@dataclass(frozen=True)
class Pairs:
    """Captions of one batch: the true ones of all pictures, then a mostly false one of each.

    Parameters
    ----------
    tokens : int tensor, (2 b, t)
    verdict : int tensor, (2 b,)
        1 the caption is true of its picture, 0 false, -1 unknown.
    rivals : bool tensor, (b,)
        Whether the second caption is false, so that the first must score above it.
    rows, places, facts_true : int tensors, (k,)
        Caption, place among its tokens and truth (0, 1) of each fact that is said and known.
    """

    tokens: Tensor
    verdict: Tensor
    rivals: Tensor
    rows: Tensor
    places: Tensor
    facts_true: Tensor


class PairMaker:
    """Puts facts into captions, true and false."""

    def __init__(self, recipe: ViltRecipe) -> None:
        self.recipe, self.words, self.said = recipe, Words(), FactWords()

    def __call__(self, truth: np.ndarray, kinds: Sequence[list[tuple[str | None, str]]], rng: Random) -> Pairs:
        """Two captions for each of the pictures with this truth (b, facts) and these vehicles."""
        own = [true_facts(t, k, rng) for t, k in zip(truth, kinds, strict=True)]
        other = []
        for k, facts in enumerate(own):
            false = None if rng.random() < self.recipe.other_scene else swapped(facts, truth[k], rng)
            other.append(false or own[(k + rng.randrange(1, len(own))) % len(own)])
        texts = [compose([FACTS[i] for i in facts], rng) for facts in (*own, *other)]
        verdict = [_verdict(truth[k % len(own)], facts) for k, facts in enumerate((*own, *other))]
        rows, places, facts_true = [], [], []
        for row, text in enumerate(texts):
            for place, fact in self.said(text.lower().replace(",", " ,").split()):
                known = int(truth[row % len(own), fact])
                if known != 2:
                    rows.append(row)
                    places.append(place + 1)  # after <bos>
                    facts_true.append(known)
        verdicts = torch.tensor(verdict)
        return Pairs(
            self.words(texts),
            verdicts,
            verdicts[len(own) :] == 0,
            torch.tensor(rows),
            torch.tensor(places),
            torch.tensor(facts_true),
        )


def _verdict(truth: np.ndarray, facts: Sequence[int]) -> int:
    said = truth[list(facts)]
    if (said == 0).any():
        return 0
    return 1 if (said == 1).all() else UNKNOWN_PAIR


class Matcher(nn.Module):
    """The model with one linear layer that only training needs, and the loss of one shard's next batch."""

    def __init__(self, model: ViltForImageAndTextRetrieval, recipe: ViltRecipe) -> None:
        super().__init__()
        self.model, self.recipe = model, recipe
        self.fact_norm = nn.LayerNorm(model.config.hidden_size)
        self.fact_head = nn.Linear(model.config.hidden_size, 1)
        self.pairs = PairMaker(recipe)

    def forward(self, pixels: Tensor, kept: Tensor | None, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Match logits (2 b,) and verdicts at every token (2 b, t) of captions for pictures (b, 3, s, s).

        `kept` (b, k) are the patches that stay.
        """
        parts = self.model.vilt.embeddings
        patches = parts.patch_embeddings(pixels).flatten(2).transpose(1, 2) + parts.position_embeddings[:, 1:]
        if kept is not None:
            patches = patches.gather(1, kept[..., None].expand(-1, -1, patches.shape[-1]))
        first = (parts.cls_token + parts.position_embeddings[:, :1]).expand(len(pixels), -1, -1)
        types = parts.token_type_embeddings.weight
        picture = torch.cat([first, patches], 1) + types[1]
        picture = torch.cat([picture] * (len(tokens) // len(pixels)))
        hidden = torch.cat([parts.text_embeddings(tokens) + types[0], picture], 1)  # (2 b, t + 1 + k, w)
        hidden_words = (tokens == PAD).to(hidden.dtype) * -1e4
        mask = nn.functional.pad(hidden_words, (0, picture.shape[1]))[:, None, None]
        *lower, top = cast(list[ViltLayer], list(self.model.vilt.encoder.layer))
        for layer in lower:
            hidden = layer(hidden, mask)[0]
        facts = self.fact_head(self.fact_norm(hidden[:, : tokens.shape[1]]))[..., 0]
        final = self.model.vilt.layernorm(top(hidden, mask)[0])
        pooled = cast(nn.Module, self.model.vilt.pooler)(final)
        return self.model.rank_output(pooled)[:, 0], facts

    def in_half(self, pixels: Tensor, kept: Tensor | None, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The same in bfloat16 on float32 weights; float32 results."""
        half = {name: p.to(torch.bfloat16) for name, p in self.named_parameters()}
        match, facts = functional_call(self, half, (pixels.to(torch.bfloat16), kept, tokens))
        return match.float(), facts.float()

    def loss(self, shard: Shard, progress: float) -> tuple[Tensor, dict[str, float]]:
        """Loss of the shard's next batch, and its parts."""
        recipe = self.recipe
        rows = shard.rows()
        pairs = self.pairs(shard.scenes.truth[rows], [shard.scenes.kinds(i) for i in rows], shard.rng)
        pixels, _ = shard.pixels(rows)
        share = recipe.keep_first + (recipe.keep_last - recipe.keep_first) * max(0.0, (progress - 0.6) / 0.4)
        match, facts = self.in_half(pixels, shard.kept(share), pairs.tokens)
        first, second = match.chunk(2)
        parts = {
            "match": _presence(match, pairs.verdict) * recipe.weight_match,
            "pair": _mean(softplus(second - first), pairs.rivals) * recipe.weight_pair,
            "facts": _presence(facts[pairs.rows, pairs.places], pairs.facts_true) * recipe.weight_facts,
        }
        with torch.no_grad():
            known = pairs.verdict != UNKNOWN_PAIR
            right = ((match > 0) == (pairs.verdict == 1))[known].float().mean().item()
            ranked = (first > second)[pairs.rivals].float().mean().item()
        shown = {name: value.item() for name, value in parts.items()}
        return torch.stack(list(parts.values())).sum(), shown | {"right": right, "ranked": ranked}


def _mean(values: Tensor, chosen: Tensor) -> Tensor:
    return (values * chosen).sum() / chosen.sum().clamp(min=1)


def _presence(logits: Tensor, truth: Tensor) -> Tensor:
    """Sigmoid loss of true and of false cases, each averaged by itself."""
    return _mean(softplus(-logits), truth == 1) + _mean(softplus(logits), truth == 0)
