"""Good concepts of a class, and what becomes of a picture when one of them takes a misleading one's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.contributions import Contributions
from saii_widgets.engine.concepts.picture_edits import with_region_from
from saii_widgets.engine.concepts.what_if import WhatIf

_MOST_READ: Final = 20  # pictures of a class whose concepts are weighed
_TRIED: Final = 4  # good concepts that the network tries


@dataclass(frozen=True, eq=False)
class GoodConcept:
    """A concept that speaks for the true class in a picture that the classifier takes rightly.

    Parameters
    ----------
    concept : int
        Place in the vocabulary.
    image : int
        The picture that it is from.
    crop : PIL.Image
    features : float32 array, (d,)
    worth : float
        Contribution to the true class less that to the class that it is taken for, logits.
    """

    concept: int
    image: int
    crop: Image.Image
    features: NDArray[np.float32]
    worth: float


@dataclass(frozen=True, eq=False)
class Fix:
    """A picture in which a good concept stands in the place of another, and what is said of it.

    Parameters
    ----------
    good : GoodConcept
    picture : PIL.Image
    classifier, network : str
        The class that each of them names now: the classifier for the edited picture, the network for the edited graph.
    """

    good: GoodConcept
    picture: Image.Image
    classifier: str
    network: str


class Replacement:
    """Finds good concepts in pictures that the classifier takes rightly, and puts them in the place of others.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    images : sequence of PIL.Image
    right : mapping of class to places among the images
        Pictures of each class that the classifier takes rightly.
    """

    def __init__(
        self, explainer: ConceptExplainer, images: Sequence[Image.Image], right: Mapping[str, Sequence[int]]
    ) -> None:
        self.explainer, self.images, self.right = explainer, images, right
        self._weighed: dict[str, list[tuple[int, ConceptGraph, NDArray[np.float32]]]] = {}

    def telling(self, true: str, other: str) -> int | None:
        """The concept that speaks most for a class and not for another, by the mean over its right pictures."""
        found = self._read(true)
        if not found:
            return None
        return int(np.mean([self._margin(values, true, other) for *_, values in found], 0).argmax())

    def good(self, true: str, other: str) -> list[GoodConcept]:
        """The best concept of each right picture, the best first."""
        found = []
        for n, graph, values in self._read(true):
            margin = np.where(graph.present, self._margin(values, true, other), -np.inf)
            k = int(margin.argmax())
            if margin[k] > 0:
                crop = cut_out(self.images[n], graph, k)
                found.append(GoodConcept(k, n, crop, graph.features[k], float(margin[k])))
        return sorted(found, key=lambda each: -each.worth)

    def fix(self, what_if: WhatIf, concept: int, true: str, other: str) -> Fix | None:
        """Put a good concept in the place of one, the one of a few that the network finds best.

        Returns
        -------
        Fix or None
            None where no picture of the class is taken rightly.
        """
        tried = self.good(true, other)[:_TRIED]
        if not tried:
            return None
        network = self.explainer.network
        assert network is not None
        graphs = [put_in(what_if.graph, concept, each) for each in tried]
        share = network.logits(graphs).softmax(1)[:, network.classes.index(true)]
        best = int(share.argmax())
        mask = what_if.graph.masks[what_if.graph.place(concept)]
        picture = with_region_from(what_if.image, mask, tried[best].crop)
        outcome = what_if.outcomes([(picture, graphs[best])])[0]
        said = what_if.classes[int(outcome.classifier.argmax())]
        return Fix(tried[best], picture, said, what_if.classes[int(outcome.network.argmax())])

    def _margin(self, values: NDArray[np.float32], true: str, other: str) -> NDArray[np.float32]:
        assert self.explainer.network is not None
        classes = self.explainer.network.classes
        return values[classes.index(true)] - values[classes.index(other)]

    def _read(self, name: str) -> list[tuple[int, ConceptGraph, NDArray[np.float32]]]:
        """Right pictures of a class with their graphs and all contributions (C, k)."""
        if name not in self._weighed:
            assert self.explainer.network is not None
            weigh = Contributions(self.explainer.network, self.explainer.method)
            rows = list(self.right.get(name, ()))[:_MOST_READ]
            graphs = self.explainer.extractor.match_all([self.images[n] for n in rows]) if rows else []
            self._weighed[name] = [
                (n, graph, weigh(graph).values) for n, graph in zip(rows, graphs, strict=True) if graph.present.any()
            ]
        return self._weighed[name]


def put_in(graph: ConceptGraph, concept: int, good: GoodConcept) -> ConceptGraph:
    """The graph with a good concept where another was; a concept that is there elsewhere is there once only."""
    if good.concept == concept:
        return graph.replaced(concept, good.features)
    less = graph.without(concept)
    if less.present[good.concept]:
        return less
    return less.replaced(good.concept, good.features, graph.masks[concept])


def cut_out(image: Image.Image, graph: ConceptGraph, concept: int) -> Image.Image:
    """The box around a concept."""
    wide, high = image.size
    left, top, right, bottom = graph.boxes[graph.place(concept)] * np.array([wide, high, wide, high])
    box = (int(left), int(top), max(round(right), int(left) + 1), max(round(bottom), int(top) + 1))
    return image.convert("RGB").crop(box)
