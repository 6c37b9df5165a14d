"""First the text tower learns to say which facts a caption states, before it sees any picture.

Each fact has a fixed code, a unit vector: a context has one of its own, a vehicle the sum of its colour's, its type's
and their pair's. A caption's target is the normalised sum of the codes of its facts. Cheaper than learning both towers
together, and it gives the picture tower a target that stands still.
"""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor, nn

from saii_widgets.data.scenes.captions import compose
from saii_widgets.data.scenes.facts import COLOURS, CONTEXT, FACTS, HELD_OUT, SERVICES, TYPES
from saii_widgets.training.recipe import Recipe
from saii_widgets.training.towers import Towers, Words, cosine_rate


def fact_codes(dim: int, generator: torch.Generator) -> Tensor:
    """One unit code a fact, (len(FACTS), dim), from one random orthonormal basis."""
    n_needed = len(COLOURS) + len(TYPES) + len(SERVICES) + len(TYPES) * len(COLOURS) + len(CONTEXT)
    if dim < n_needed:
        raise ValueError(f"fact codes need {n_needed} dimensions, the projection has {dim}")
    basis = iter(torch.linalg.qr(torch.randn(dim, dim, generator=generator))[0])
    colour = {c: next(basis) for c in COLOURS}
    kind = {t: next(basis) for t in TYPES + SERVICES}
    pair = {(c, t): next(basis) for t in TYPES for c in COLOURS}
    context = {x: next(basis) for x in CONTEXT}
    codes = []
    for fact in FACTS:
        if fact.context:
            codes.append(context[fact.context])
        elif fact.colour and fact.type:
            codes.append(0.6 * colour[fact.colour] + 0.6 * kind[fact.type] + 0.53 * pair[fact.colour, fact.type])
        else:
            codes.append(colour[fact.colour] if fact.colour else kind[fact.type or ""])
    return nn.functional.normalize(torch.stack(codes), dim=-1)


def _some_facts(rng: Random) -> list[int]:
    combinations = [i for i, f in enumerate(FACTS) if f.colour and f.type and (f.colour, f.type) not in HELD_OUT]
    vehicles = [i for i, f in enumerate(FACTS) if f.is_vehicle and not (f.colour and f.type)]
    context = [i for i, f in enumerate(FACTS) if f.context]
    n_vehicles, n_context = rng.choice((0, 1, 1, 2, 3)), rng.choice((0, 0, 1, 2, 3, 4))
    if not n_vehicles + n_context:
        n_context = 1
    pool = combinations if rng.random() < 0.8 else vehicles + combinations
    return rng.sample(pool, n_vehicles) + rng.sample(context, n_context)


def train_text_tower(towers: Towers, codes: Tensor, recipe: Recipe) -> float:
    """Train the text half of `towers` in place; returns the last step's mean cosine distance to the target codes."""
    rng, words = Random(recipe.seed), Words()
    weights = [*towers.model.text_model.parameters(), *towers.model.text_projection.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=recipe.text_rate, betas=(0.9, 0.98))
    loss = torch.zeros(())
    for step in range(recipe.text_steps):
        rate = cosine_rate(step / recipe.text_steps, step, 50, recipe.final_rate)
        for group in optimizer.param_groups:
            group["lr"] = recipe.text_rate * rate
        facts = [_some_facts(rng) for _ in range(recipe.text_batch)]
        tokens = words([compose([FACTS[i] for i in f], rng) for f in facts])
        target = nn.functional.normalize(torch.stack([codes[f].sum(0) for f in facts]), dim=-1)
        loss = (1 - (towers.encode_captions(tokens) * target).sum(-1)).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return loss.item()
