"""Whether contributions follow the classifier, and whether they notice what is edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import spearmanr

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.contributions import Contributions, Method
from saii_widgets.engine.concepts.occlusion import Occlusion
from saii_widgets.engine.concepts.what_if import WhatIf

FEWEST: Final = 3  # concepts in a picture, for an order to mean something


class Followed(NamedTuple):
    """How well scores follow the classifier's own drops, means over pictures."""

    spearman: float
    top: float  # share of pictures of which the largest score is that of the largest drop
    chance: float  # of the latter


def followed(scores: Sequence[NDArray[np.floating]], drops: Sequence[NDArray[np.floating]]) -> Followed:
    """Compare scores with drops, an array of its concepts each picture."""
    orders, tops, chances = [], [], []
    for score, drop in zip(scores, drops, strict=True):
        flat = np.ptp(score) == 0 or np.ptp(drop) == 0
        orders.append(0.0 if flat else float(spearmanr(score, drop)[0]))
        tops.append(score.argmax() == drop.argmax())
        chances.append(1 / len(drop))
    if not orders:
        return Followed(*[float("nan")] * 3)
    return Followed(float(np.mean(orders)), float(np.mean(tops)), float(np.mean(chances)))


def enough(graph: ConceptGraph) -> bool:
    return int(graph.present.sum()) >= FEWEST


def own_drops(
    explainer: ConceptExplainer, graphs: Sequence[ConceptGraph], images: Sequence[Image.Image]
) -> list[NDArray[np.float32]]:
    """By how much the classifier's predicted logit falls when each concept that was found is greyed."""
    occlusion = Occlusion(explainer.classifier)
    return [
        occlusion(image, [graph.hypothesis], graph).values[0, graph.present]
        for graph, image in zip(graphs, images, strict=True)
    ]


def scored(explainer: ConceptExplainer, graphs: Sequence[ConceptGraph], method: Method) -> list[NDArray[np.float32]]:
    """Contributions to the predicted class of the concepts that were found."""
    return [_nodes(explainer, graph, method)[graph.present] for graph in graphs]


def edited_falls_most(
    explainer: ConceptExplainer, graphs: Sequence[ConceptGraph], images: Sequence[Image.Image]
) -> tuple[float, float]:
    """Share of pictures in which, of all concepts, the one that was edited loses most.

    The concept that speaks most for the predicted class is covered with an example of the concept that matters least
    to it. The first share is that after its segment was matched anew, as it would be in the edited picture; the second
    that of a node that stays the same concept and only looks otherwise, which no picture gives rise to.
    """
    held = []
    for graph, image in zip(graphs, images, strict=True):
        before = _nodes(explainer, graph, explainer.method)
        top = int(before.argmax())
        others = [c for k, c in enumerate(explainer.extractor.concepts) if k != top and c.examples]
        donor = min(others, key=lambda concept: concept.importance.get(graph.hypothesis, 0.0)).examples[0]
        kept = WhatIf(explainer, image).swapped(top, donor).graph
        falls = [before - _nodes(explainer, g, explainer.method) for g in (matched_anew(explainer, kept, top), kept)]
        held.append([int(np.where(graph.present, fall, -np.inf).argmax()) == top for fall in falls])
    again, kept = np.mean(held, 0) if held else (float("nan"),) * 2
    return float(again), float(kept)


def matched_anew(explainer: ConceptExplainer, graph: ConceptGraph, concept: int) -> ConceptGraph:
    """The graph with one segment matched by what it looks like now: as itself, a concept that was missing, or none."""
    codebook = explainer.extractor.codebook
    assert codebook is not None
    looks = graph.features[concept]
    (found,), (distance,) = codebook.nearest(looks[None])
    if distance > codebook.limits[found] or found >= codebook.n_concepts:
        return graph.without(concept)
    if found == concept:
        return graph
    less = graph.without(concept)
    return less if less.present[found] else less.replaced(int(found), looks, graph.masks[concept])


def moved_edges_fall_most(
    explainer: ConceptExplainer, graphs: Sequence[ConceptGraph], images: Sequence[Image.Image]
) -> float:
    """Share of pictures in which, of all concepts, the edges of the one that was moved lose most.

    The concept whose edges speak most for the predicted class goes to the side of the picture that is farther off.
    """
    held = []
    for graph, image in zip(graphs, images, strict=True):
        before = _edges(explainer, graph)
        top = int(np.where(graph.present, before, -np.inf).argmax())
        left, _, right, _ = graph.boxes[top].tolist()
        dx = -left if left > 1 - right else 1 - right
        falls = before - _edges(explainer, WhatIf(explainer, image).moved(top, dx, 0).graph)
        held.append(int(np.where(graph.present, falls, -np.inf).argmax()) == top)
    return float(np.mean(held)) if held else float("nan")


def _nodes(explainer: ConceptExplainer, graph: ConceptGraph, method: Method) -> NDArray[np.float32]:
    assert explainer.network is not None
    return Contributions(explainer.network, method)(graph, [graph.hypothesis]).values[0]


def _edges(explainer: ConceptExplainer, graph: ConceptGraph) -> NDArray[np.float32]:
    """What all edges from and to each concept contribute together."""
    assert explainer.network is not None
    found = Contributions(explainer.network, explainer.method)(graph, [graph.hypothesis])
    edges = found.companions["edges"].values[0]
    return edges.sum(0) + edges.sum(1)
