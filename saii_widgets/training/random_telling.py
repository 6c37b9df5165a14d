"""Things to tell of that no picture asked for: any concepts, anywhere, with any scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.engine.concepts.graph_writer import MOST_TOLD
from saii_widgets.engine.concepts.telling import Telling

_LENGTHS: Final = (0.02, 0.04, 0.06, 0.12, 0.2, 0.3, 0.26)
"""How often none, one, two, ... concepts are told, of pictures that have as many."""


def random_telling(graph: ConceptGraph, dice: np.random.Generator) -> Telling:
    """Something to tell of a graph: some of its concepts, with random scores, mirrored at random."""
    there = dice.permutation(np.flatnonzero(graph.present))[: _how_many(dice)]
    relations = graph.edges[np.ix_(there, there)]
    return _scored(graph.features[there], graph.boxes[there], relations, dice)


@dataclass(frozen=True)
class ConceptDeck:
    """Concepts of many pictures, to be dealt out as if they were of one.

    Parameters
    ----------
    features : float32 array, (n, d)
    boxes : float32 array, (n, 4)
    names : int array, (n,)
        Which of the space's names each has.
    """

    features: NDArray[np.float32]
    boxes: NDArray[np.float32]
    names: NDArray[np.intp]

    @classmethod
    def of(cls, graphs: Sequence[ConceptGraph], names: NDArray[np.intp]) -> ConceptDeck:
        """All concepts that were found."""
        features = np.concatenate([graph.features[graph.present] for graph in graphs])
        return cls(features, np.concatenate([graph.boxes[graph.present] for graph in graphs]), names)

    def deal(self, dice: np.random.Generator) -> Telling:
        """Looks and places of different pictures; often several concepts have one name."""
        n = _how_many(dice)
        known = np.unique(self.names)
        few = dice.choice(known, dice.integers(1, len(known) + 1), replace=False)
        looks = [dice.choice(np.flatnonzero(self.names == dice.choice(few))) for _ in range(n)]
        boxes = self.boxes[dice.integers(0, len(self.boxes), n)]
        return _scored(self.features[looks], boxes, box_relations(boxes), dice)


def box_relations(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """`spatial_relations` of parts that fill their boxes, (n, n, 5)."""
    low, high = boxes[:, :2], boxes[:, 2:]
    sides, middle = high - low, (low + high) / 2
    offset = middle[None] - middle[:, None]  # (n, n, 2)
    area = sides.prod(1)
    shared = np.clip(np.minimum(high[None], high[:, None]) - np.maximum(low[None], low[:, None]), 0, None).prod(-1)
    found = [offset[..., 0], offset[..., 1], np.hypot(*offset.transpose(2, 0, 1)), np.log2(area[None] / area[:, None])]
    relations = np.stack([*found, shared / area], -1)
    relations[np.arange(len(boxes)), np.arange(len(boxes))] = 0
    return relations.astype(np.float32)


def _how_many(dice: np.random.Generator) -> int:
    return int(dice.choice(MOST_TOLD + 1, p=_LENGTHS))


def _scored(
    features: NDArray[np.float32], boxes: NDArray[np.float32], relations: NDArray[np.float32], dice: np.random.Generator
) -> Telling:
    boxes, relations = boxes.copy(), relations.copy()
    for axis in (0, 1):
        if dice.random() < 0.5:
            boxes[:, [axis, axis + 2]] = 1 - boxes[:, [axis + 2, axis]]
            relations[..., axis] *= -1
    if dice.random() < 0.5:
        boxes, relations = boxes[:, [1, 0, 3, 2]], relations[..., [1, 0, 2, 3, 4]]
    n = len(features)
    strengths = dice.uniform(0.06, 1, n) ** dice.choice([1, 2])  # squared: one leads, as in most explanations
    largest = dice.choice([1, dice.uniform(0.3, 1)])  # of the picture's likeliest class, or of another
    strengths = np.maximum(strengths / max(strengths.max(initial=0), 1e-9) * largest, 0.06)
    signs = np.where(dice.random(n) < dice.beta(0.7, 0.7), 1, -1)
    predicted = bool(dice.random() < 0.5)
    return Telling.sorted(
        "", predicted, np.arange(n), signs * strengths, strengths, features, boxes, relations, n_told=MOST_TOLD
    )
