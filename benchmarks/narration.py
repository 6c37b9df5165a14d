"""What the embedded narrator writes before anything is repaired, and whether it follows scores, features and graph."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import torch

from benchmarks.figures import Figure, benchmark_options, publish
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration
from saii_widgets.data.vehicles import draw_vehicle
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.narrator import Narrator
from saii_widgets.engine.concepts.prompt_writer import tokens_of
from saii_widgets.engine.concepts.sentences import Said, facts, parse
from saii_widgets.engine.concepts.telling import Telling
from saii_widgets.engine.models.load_classifier import load_classifier
from saii_widgets.training.narrator import true_part

NAME: Final = "narration"
FIT, TESTED = 700_000, 710_000  # first seeds of drawn vehicles; no recipe draws from here on


class Pair(NamedTuple):
    """What was written freely, and what should have been."""

    written: Said
    wanted: Said
    narration: Narration


def told(narrator: Narrator, explanation: Explanation, class_name: str) -> Pair:
    """Narrate, and read back what was written before repair."""
    narration = narrator(explanation, class_name)
    telling = Telling.of(explanation, class_name, n_told=narrator.n_told)
    wanted = facts(telling, [narration.names[k] for k in telling.concepts])
    return Pair(parse(tokens_of(narration.written, class_name)), wanted, narration)


def share(pairs: Sequence[Pair], right: Callable[[Pair], bool]) -> float:
    return float(np.mean([right(pair) for pair in pairs]))


def numbers(said: Said) -> list[int]:
    return [claim.number for claim in said.claims]


def signed(said: Said) -> list[tuple[int, int]]:
    return [(claim.number, claim.sign) for claim in said.claims]


def claim_share(pairs: Sequence[Pair], field: str) -> float:
    """Share of the wanted claims of which a field is written rightly for the concept of that number."""
    right = []
    for pair in pairs:
        came = {claim.number: claim for claim in pair.written.claims}
        right += [getattr(came.get(claim.number), field, None) == getattr(claim, field) for claim in pair.wanted.claims]
    return float(np.mean(right))


def with_features(explanation: Explanation, other: Explanation) -> Explanation:
    """The looks of another picture's concepts, dealt out to this one's; scores and graph stay."""
    features, there = explanation.companions["features"], explanation.companions["presence"].values > 0
    lent = other.companions["features"].values[other.companions["presence"].values > 0]
    dealt = features.values.copy()
    dealt[there] = lent[np.arange(there.sum()) % len(lent)][::-1]
    return replace(explanation, companions={**explanation.companions, "features": replace(features, values=dealt)})


def with_graph(explanation: Explanation, dice: np.random.Generator) -> Explanation:
    """This picture's concepts at one another's places."""
    there = np.flatnonzero(explanation.companions["presence"].values > 0)
    order = np.arange(len(explanation.companions["presence"].values))
    order[there] = there[dice.permutation(len(there))]
    relations, axis = explanation.companions["relations"], explanation.axis("concept")
    assert axis.boxes is not None
    placed = replace(axis, boxes=axis.boxes[order], masks=None if axis.masks is None else axis.masks[order])
    moved = replace(relations, values=relations.values[np.ix_(order, order)])
    axes = (explanation.axes[0], placed)
    return replace(explanation, axes=axes, companions={**explanation.companions, "relations": moved})


def with_scores(explanation: Explanation, dice: np.random.Generator) -> Explanation:
    """The scores of this picture's concepts exchanged and half of them turned round."""
    there = np.flatnonzero(explanation.companions["presence"].values > 0)
    values, strength = explanation.values.copy(), explanation.companions["strength"].values.copy()
    order, sign = dice.permutation(len(there)), dice.choice([-1, 1], len(there))
    values[:, there], strength[:, there] = values[:, there][:, order] * sign, strength[:, there][:, order]
    beside = {**explanation.companions, "strength": replace(explanation.companions["strength"], values=strength)}
    return replace(explanation, values=values, companions=beside)


def measure(narrator: Narrator, explanations: Sequence[Explanation], names: Sequence[Sequence[str]]) -> list[Figure]:
    """All figures, over every class of every explanation.

    Parameters
    ----------
    names : sequence of sequence of str
        The true part of each concept of each explanation, "" where there is none.
    """
    dice = np.random.default_rng(0)
    asked = [(n, name) for n, each in enumerate(explanations) for name in each.axis("class").labels]
    started = time.perf_counter()
    pairs = [told(narrator, explanations[n], name) for n, name in asked]
    seconds = (time.perf_counter() - started) / len(pairs)
    scored = [told(narrator, with_scores(explanations[n], dice), name) for n, name in asked]
    looked = [told(narrator, with_features(explanations[n], explanations[n - 1]), name) for n, name in asked]
    placed = [told(narrator, with_graph(explanations[n], dice), name) for n, name in asked]
    named = [
        claim.name == truth
        for pair, (n, _) in zip(pairs, asked, strict=True)
        for claim in pair.written.claims
        if claim.number <= len(names[n]) and (truth := names[n][claim.number - 1])
    ]
    return [
        Figure("whole texts right before repair", 100 * share(pairs, lambda p: p.written == p.wanted), "%"),
        Figure(
            "all concepts mentioned, before repair",
            100 * share(pairs, lambda p: set(numbers(p.written)) >= set(numbers(p.wanted))),
            "%",
            at_least=95,
        ),
        Figure(
            "order right, before repair",
            100 * share(pairs, lambda p: numbers(p.written) == numbers(p.wanted)),
            "%",
            at_least=95,
        ),
        Figure("signs right, before repair", 100 * claim_share(pairs, "sign"), "%", at_least=99),
        Figure("places right, before repair", 100 * claim_share(pairs, "where"), "%", at_least=97),
        Figure("strengths right, before repair", 100 * claim_share(pairs, "tenths"), "%", at_least=97),
        Figure(
            "texts that agree with scores and graph, after repair",
            100 * share(pairs, lambda p: parse(tokens_of(p.narration.text, p.narration.class_name)) == p.wanted),
            "%",
            at_least=100,
        ),
        Figure("statements repaired", float(np.mean([pair.narration.repairs for pair in pairs])), "a text"),
        Figure("names right (the part of the segment), before repair", 100 * float(np.mean(named)), "%", at_least=85),
        Figure(
            "scores exchanged: order and signs follow",
            100
            * share(
                scored,
                lambda p: (
                    [(c.number, c.sign) for c in p.written.claims] == [(c.number, c.sign) for c in p.wanted.claims]
                ),
            ),
            "%",
            at_least=95,
        ),
        Figure("segment features exchanged: names follow", 100 * claim_share(looked, "name"), "%", at_least=90),
        Figure("graphs exchanged: places follow", 100 * claim_share(placed, "where"), "%", at_least=90),
        Figure("time for a text", seconds, "s", at_most=1),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    options = benchmark_options(NAME, __doc__).parse_args(arguments)
    torch.set_num_threads(1)
    n_fit, n_tested = (160, 20) if options.quick else (600, 150)
    classifier = load_classifier("embedded", device=options.device)
    explainer = ConceptExplainer(classifier).fit([draw_vehicle(FIT + k).image for k in range(n_fit)])
    vehicles = [draw_vehicle(TESTED + k) for k in range(n_tested)]
    found = [
        (vehicle, explainer(vehicle.image)) for vehicle in vehicles if explainer.extractor.match(vehicle.image).found
    ]
    names = []
    for vehicle, explanation in found:
        masks = explanation.axis("concept").masks
        assert masks is not None
        names.append([true_part(vehicle, mask) if mask.any() else "" for mask in masks])
    figures = measure(Narrator(), [explanation for _, explanation in found], names)
    note = (
        f"Concepts fitted on {n_fit} drawn vehicles; texts on {len(found)} others and up to three classes each. Free, "
        "greedy decoding; names are compared with the part that has the half of a segment; others are left out."
    )
    publish(NAME, figures, options, notes=[note])


if __name__ == "__main__":
    main()
