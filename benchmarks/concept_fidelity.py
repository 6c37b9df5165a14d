"""How faithful a reasoning network is, and how faithful something simpler is on the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.data.vehicles import LAYOUT_TWINS, draw_vehicle
from saii_widgets.data.vehicles.drawn_vehicle import DrawnVehicle
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork

_BATCH = 250


def drawn_twins(first: int, n: int) -> list[DrawnVehicle]:
    """Hard vehicles of kinds that have the same parts and differ in layout, each kind in turn."""
    kinds = [kind for pair in LAYOUT_TWINS for kind in pair]
    return [draw_vehicle(first + k, kinds[k % len(kinds)], hard=True) for k in range(n)]


def mistaken(explainer: ConceptExplainer, first: int, n: int) -> tuple[list[DrawnVehicle], float]:
    """Hard vehicles that the classifier takes for others, of n drawn, and their share."""
    labels, wrong = list(explainer.classifier.labels), []
    for start in range(0, n, _BATCH):
        drawn = [draw_vehicle(first + k, hard=True) for k in range(start, min(start + _BATCH, n))]
        said = explainer.classifier.class_logits([vehicle.image for vehicle in drawn]).argmax(1).tolist()
        wrong += [vehicle for vehicle, k in zip(drawn, said, strict=True) if labels[k] != vehicle.kind]
    return wrong, len(wrong) / n


def same_answer(
    explainer: ConceptExplainer,
    network: ReasoningNetwork,
    graphs: Sequence[ConceptGraph],
    images: Sequence[Image.Image],
) -> float:
    """Share of pictures for which network and classifier name the same class."""
    labels = explainer.classifier.labels
    said = explainer.classifier.class_logits(list(images)).argmax(1).tolist()
    thought = network.logits(graphs).argmax(1).tolist()
    return float(np.mean([labels[a] == network.classes[b] for a, b in zip(said, thought, strict=True)]))


def without_edges(
    explainer: ConceptExplainer, graphs: Sequence[ConceptGraph], images: Sequence[Image.Image]
) -> ReasoningNetwork:
    """A network of the same concepts and pictures that knows no relations."""
    known = [n for n, graph in enumerate(graphs) if graph.hypothesis in explainer.extractor.classes]
    network = ReasoningNetwork(
        graphs[0].concepts.labels,
        explainer.extractor.classes,
        graphs[0].features.shape[1],
        edges=False,
        seed=explainer.seed,
    )
    return network.distil(explainer.classifier, [graphs[n] for n in known], [images[n] for n in known])


def presence_agreement(fitted: Sequence[ConceptGraph], tested: Sequence[ConceptGraph]) -> float:
    """How often a logistic regression on which concepts are there names the class that the classifier names."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(_presence(fitted), [graph.hypothesis for graph in fitted])
    said = model.predict(_presence(tested))
    return float(np.mean([a == graph.hypothesis for a, graph in zip(said, tested, strict=True)]))


def _presence(graphs: Sequence[ConceptGraph]) -> NDArray[np.float32]:
    return np.array([graph.present for graph in graphs], np.float32)
