"""What classifier and network would say were one concept of a picture missing, elsewhere, or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.picture_edits import greyed, with_moved_region, with_region_from


@dataclass(frozen=True, eq=False)
class Outcome:
    """An edited picture with its graph, and the probabilities of the fitted classes.

    Parameters
    ----------
    picture : PIL.Image
    graph : ConceptGraph
    classifier, network : float32 array, (C,)
        Over `WhatIf.classes`; the classifier's are shares of all its classes and need not sum to 1.
    """

    picture: Image.Image
    graph: ConceptGraph
    classifier: NDArray[np.float32]
    network: NDArray[np.float32]


class WhatIf:
    """Edits of one picture, made alike in the pixels for the classifier and in the graph for the network.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    image : PIL.Image

    Attributes
    ----------
    classes : tuple of str
        Of the outcomes.
    graph : ConceptGraph
        Of the picture as it is.

    Raises
    ------
    InputError
        No fit yet, no concept in the picture, or a classifier that gives predictions only.
    """

    def __init__(self, explainer: ConceptExplainer, image: Image.Image) -> None:
        self._network = explainer.fitted()
        self.explainer, self.image = explainer, image.convert("RGB")
        self.classes = tuple(self._network.classes)
        self.graph = explainer.graph(self.image)

    def as_it_is(self) -> Outcome:
        """The picture unchanged."""
        return self.outcomes([(self.image, self.graph)])[0]

    def without(self, concepts: Sequence[int]) -> list[Outcome]:
        """One outcome for each concept: it is greyed in the picture and missing in the graph."""
        changed = [(greyed(self.image, self._mask(k)), self.graph.without(k)) for k in concepts]
        return self.outcomes(changed)

    def moved(self, concept: int, dx: float, dy: float) -> Outcome:
        """A concept elsewhere, by shares of the picture; grey where it was.

        Raises
        ------
        InputError
            Nothing of it stays in the picture.
        """
        graph = self.graph.moved(concept, dx, dy)
        return self.outcomes([(with_moved_region(self.image, self._mask(concept), dx, dy), graph)])[0]

    def swapped(self, concept: int, other: Image.Image) -> Outcome:
        """Another picture's concept in the place of this one.

        Parameters
        ----------
        concept : int
        other : PIL.Image
            A cut-out, such as `explainer.extractor.concepts[k].examples` hold; it fills the segment.
        """
        mask = self._mask(concept)
        picture = with_region_from(self.image, mask, other)
        extractor = self.explainer.extractor
        assert extractor.codebook is not None
        looks = extractor.codebook.features(extractor.reader.describe([picture], [mask[None]])[0])[0]
        return self.outcomes([(picture, self.graph.replaced(concept, looks))])[0]

    @torch.no_grad()
    def outcomes(self, changed: Sequence[tuple[Image.Image, ConceptGraph]]) -> list[Outcome]:
        """What both say of pictures and their graphs."""
        if not changed:
            return []
        pictures, graphs = zip(*changed, strict=True)
        labels = list(self.explainer.classifier.labels)
        columns = [labels.index(name) for name in self.classes]
        seen = self.explainer.classifier.class_logits(pictures).float().cpu().softmax(1)[:, columns].numpy()
        thought = self._network.logits(graphs).float().cpu().softmax(1).numpy()
        return [Outcome(*four) for four in zip(pictures, graphs, seen, thought, strict=True)]

    def _mask(self, concept: int) -> NDArray[np.bool_]:
        return self.graph.masks[self.graph.place(concept)]
