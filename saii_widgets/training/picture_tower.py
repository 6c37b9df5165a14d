"""The picture tower learns to meet the captions, then both towers learn together.

While the text tower is frozen its outputs are the fact codes themselves, so captions cost nothing; in the last part of
the run captions are written out and both towers move.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from saii_widgets.data.scenes import PLACES
from saii_widgets.data.scenes.captions import compose, phrase, swapped, true_facts
from saii_widgets.data.scenes.facts import FACTS, HELD_OUT, INDEX, SKIES, vehicle_facts
from saii_widgets.training import losses
from saii_widgets.training.dataset import KINDS, SceneArrays
from saii_widgets.training.recipe import Act, Recipe
from saii_widgets.training.team import Team
from saii_widgets.training.towers import MEAN, STD, Towers, Words, cosine_rate

_N_FACTS: Final = len(FACTS)
#: Facts that training may name: all but the held-out pairs, which must stay unseen as true and as false phrases.
_NAMED: Final = np.array([i for i, f in enumerate(FACTS) if (f.colour, f.type) not in HELD_OUT])


class FactPlaces:
    """Where the scene arrays keep the coverage of each fact."""

    def __init__(self) -> None:
        channel = {x: PLACES.index("sky" if x in SKIES else x) for x in (*SKIES, *PLACES[1:])}
        self.channel = np.array([channel.get(f.context or "", -1) for f in FACTS])
        self.member = np.zeros((len(KINDS) + 1, _N_FACTS), np.float32)  # last row: no vehicle
        for k, (colour, kind) in enumerate(KINDS):
            for fact in vehicle_facts(colour, kind):
                self.member[k, INDEX[fact]] = 1
        self.placed = np.array([f.is_vehicle for f in FACTS]) | (self.channel >= 0)

    def shares(self, scenes: SceneArrays, rows: NDArray[np.intp], facts: NDArray[np.intp]) -> Tensor:
        """Share of every patch that the facts' things cover: (b, patches, facts) in 0..1."""
        coverage = scenes.coverage[rows].astype(np.float32) / 255  # (b, places + vehicles, g, g)
        coverage = coverage.reshape(*coverage.shape[:2], -1)
        truth = scenes.truth[rows]
        out = np.zeros((len(rows), len(facts), coverage.shape[-1]), np.float32)
        vehicle = self.channel[facts] < 0
        context = facts[~vehicle]
        out[:, ~vehicle] = coverage[:, self.channel[context]] * (truth[:, context] == 1)[..., None]
        member = self.member[scenes.vehicles[rows]][..., facts[vehicle]]  # (b, vehicles, facts); -1 is the last row
        out[:, vehicle] = np.einsum("bvf,bvn->bfn", member, coverage[:, len(PLACES) :], optimize=True)
        return torch.from_numpy(out).transpose(1, 2)


class Stream(Protocol):
    """What a recipe says about its streams of batches."""

    @property
    def seed(self) -> int: ...

    @property
    def shard(self) -> int: ...


@dataclass
class Shard:
    """One independent stream of batches: its own order of pictures and its own dice."""

    scenes: SceneArrays
    recipe: Stream
    act: Act
    number: int
    grid: int

    def __post_init__(self) -> None:
        seed = self.recipe.seed * 1_000 + self.act.number * 100 + self.number
        self.rng = Random(seed)
        self.numpy = np.random.default_rng(seed)
        self.torch = torch.Generator().manual_seed(seed)
        self._order: list[int] = []
        weight = np.array([1.0 if FACTS[i].colour and FACTS[i].type else 2.0 for i in _NAMED])
        self.phrase_weight = weight / weight.sum()

    def rows(self) -> NDArray[np.intp]:
        if len(self._order) < self.recipe.shard:
            self._order = self.numpy.permutation(len(self.scenes)).tolist()
        taken, self._order = self._order[: self.recipe.shard], self._order[self.recipe.shard :]
        return np.sort(np.array(taken))

    def pixels(self, rows: NDArray[np.intp]) -> tuple[Tensor, Tensor]:
        """Normalised pictures (b, 3, s, s), some mirrored and with other light, and which were mirrored (b,)."""
        x = torch.from_numpy(self.scenes.images[rows]).permute(0, 3, 1, 2).float()
        n = len(rows)
        mirrored = torch.rand(n, generator=self.torch) < 0.5
        x[mirrored] = x[mirrored].flip(3)
        contrast = 0.85 + 0.27 * torch.rand(n, 1, 1, 1, generator=self.torch)
        light = 0.85 + 0.30 * torch.rand(n, 1, 1, 1, generator=self.torch)
        tint = (0.96 + 0.08 * torch.rand(n, 3, 1, 1, generator=self.torch)) * light
        x.mul_(contrast * tint / 255).add_(0.5 * (1 - contrast) * tint).clamp_(0, 1)
        return x.sub_(torch.tensor(MEAN).view(1, 3, 1, 1)).div_(torch.tensor(STD).view(1, 3, 1, 1)), mirrored

    def kept(self, share: float) -> Tensor:
        """Indices of the patches that stay, (b, k)."""
        n = self.grid**2
        return torch.rand(self.recipe.shard, n, generator=self.torch).argsort(1)[:, : int(n * share)]


class Objective(nn.Module):
    """The towers, three scalars that only training needs, and the loss of one shard's next batch."""

    def __init__(self, towers: Towers, codes: Tensor, recipe: Recipe) -> None:
        super().__init__()
        self.towers, self.codes, self.recipe = towers, codes, recipe
        self.presence_bias = nn.Parameter(torch.tensor(-4.0))
        self.place_scale = nn.Parameter(torch.tensor(math.log(10.0)))
        self.place_bias = nn.Parameter(torch.tensor(-3.0))
        self.words, self.places = Words(), FactPlaces()

    def _stated(self, captions: Sequence[Sequence[int]]) -> Tensor:
        stated = torch.zeros(len(captions), _N_FACTS)
        for row, facts in zip(stated, captions, strict=True):
            row[list(facts)] = 1
        return stated

    def forward(self, shard: Shard, progress: float) -> tuple[Tensor, dict[str, float]]:
        recipe, rng = self.recipe, shard.rng
        joint = progress >= 1 - recipe.joint
        rows = shard.rows()
        truth = shard.scenes.truth[rows]
        own = [true_facts(truth[k], shard.scenes.kinds(i), rng) for k, i in enumerate(rows)]
        false = [
            swapped(own[k], truth[k], rng) for k in range(len(rows)) for _ in range(1 if joint else recipe.n_swaps)
        ]
        false = [f for f in false if f]
        pool = _NAMED
        if joint:
            pool = np.sort(shard.numpy.choice(_NAMED, recipe.n_phrases, replace=False, p=shard.phrase_weight))
        stated = self._stated([*own, *false, *([i] for i in pool)])
        if joint:
            texts = [compose([FACTS[i] for i in f], rng) for f in (*own, *false)]
            texts += [phrase(FACTS[i], rng) for i in pool]
            captions = self.towers.encode_captions(self.words(texts))
        else:
            captions = nn.functional.normalize(stated @ self.codes, dim=-1)

        pixels, mirrored = shard.pixels(rows)
        share = recipe.keep_first + (recipe.keep_last - recipe.keep_first) * max(0.0, (progress - 0.6) / 0.4)
        kept = shard.kept(share)
        weight_offers = shard.act.weight_offers
        pictures = self.towers.encode_pictures(pixels, kept, offered=weight_offers > 0)  # (b, 1 + k, d), or 1 + 2 k
        logits = pictures[:, 0] @ captions.T * self.towers.model.logit_scale.exp().clamp(max=50)  # (b, c)
        verdicts = losses.Verdicts.of(torch.from_numpy(truth), stated)
        sentences, phrases = slice(0, len(own) + len(false)), slice(len(own) + len(false), None)

        placed = self.places.placed[pool]
        shares = self.places.shares(shard.scenes, rows, pool[placed])  # (b, n, p)
        grid = shares.unflatten(1, (recipe.grid, recipe.grid))
        grid[mirrored] = grid[mirrored].flip(2)
        shares = grid.flatten(1, 2).gather(1, kept[..., None].expand(-1, -1, shares.shape[-1]))
        known = torch.from_numpy((truth[:, pool[placed]] != 2).astype(np.float32))[:, None]
        place_logits = pictures[:, 1:] @ captions[phrases][torch.from_numpy(placed)].T
        place_logits = place_logits * self.place_scale.exp() + self.place_bias
        n_kept = kept.shape[1]

        biased = logits + self.presence_bias
        parts = {
            "contrast": losses.contrast(logits[:, sentences], verdicts.columns(sentences)) * recipe.weight_contrast,
            "phrases": losses.phrase_contrast(logits[:, phrases], verdicts.columns(phrases)) * recipe.weight_phrases,
            "presence": recipe.weight_presence
            * (
                losses.presence(biased[:, sentences], verdicts.columns(sentences))
                + losses.presence(biased[:, phrases], verdicts.columns(phrases))
            ),
            "places": losses.places(place_logits[:, :n_kept], shares, known) * recipe.weight_places,
        }
        if weight_offers:
            parts["offers"] = losses.places(place_logits[:, n_kept:], shares, known) * weight_offers
        total = torch.stack(list(parts.values())).sum()
        return total, {name: value.item() for name, value in parts.items()}


def train_picture_tower(
    objective: Objective,
    scenes: SceneArrays,
    act: Act,
    *,
    log: Callable[[Mapping[str, object]], None],
    team: Team,
    checkpoint: Callable[[], None] | None = None,
) -> None:
    """Train in place through one act; each process takes every `n_processes`-th shard.

    Parameters
    ----------
    objective : Objective
        Holds the towers that learn.
    scenes : SceneArrays
        Scenes of the act.
    act : Act
        Which part of the schedule this is.
    log : callable
        Receives a line now and then, from the process that leads.
    team : Team
        This process among those that train.
    checkpoint : callable, optional
        Called by the process that leads every 100,000 pictures.
    """
    recipe = objective.recipe
    shards = [Shard(scenes, recipe, act, k, recipe.grid) for k in team.shards(recipe.n_shards)]
    weights = list(objective.parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in weights if p.dim() >= 2], "weight_decay": recipe.weight_decay},
            {"params": [p for p in weights if p.dim() < 2], "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        betas=(0.9, 0.98),
    )
    step_size = recipe.n_shards * recipe.shard
    n_steps = recipe.n_seen // step_size
    smooth: dict[str, float] = {}
    started = time.monotonic()

    def loss_of(shard: Shard, progress: float) -> Tensor:
        loss, parts = objective(shard, progress)
        for name, value in parts.items():
            smooth[name] = 0.99 * smooth.setdefault(name, value) + 0.01 * value
        return loss

    for step in range(act.first // step_size, act.last // step_size):
        progress = step / n_steps
        rate: float = cosine_rate(progress, step * step_size - act.first, recipe.warm_up, recipe.final_rate)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate
        team.step(optimizer, weights, (loss_of(shard, progress) for shard in shards), recipe.n_shards)
        seen = (step + 1) * step_size
        if team.leads and ((step + 1) % 200 == 0 or seen == act.last):
            line = {"seen": seen, "seconds": round(time.monotonic() - started, 1), "rate": round(rate, 4)}
            line |= {name: round(value, 4) for name, value in smooth.items()}
            log(line)
        if team.leads and checkpoint and seen // 100_000 > (seen - step_size) // 100_000:
            checkpoint()
