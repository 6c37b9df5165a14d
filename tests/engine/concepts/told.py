"""An explanation over (class, concept) made by hand, as a ConceptExplainer gives it."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.spatial_relations import RELATIONS

CLASSES: Final = ("fire engine", "taxi")
N_FEATURES: Final = 12


Boxes = list[tuple[int, int, int, int]]


def told(values: np.ndarray, boxes: Boxes, seed: int = 0, model: str = "tiny") -> Explanation:
    """Contributions (2, k) of concepts at boxes (left, top, right, bottom) of 24 cells; an empty box is missing."""
    k = len(boxes)
    masks = np.zeros((k, 24, 24), bool)
    for mask, (left, top, right, bottom) in zip(masks, boxes, strict=True):
        mask[top:bottom, left:right] = True
    features = np.random.default_rng(seed).normal(size=(k, N_FEATURES)).astype(np.float32)
    graph = ConceptGraph.from_masks([f"concept {i + 1}" for i in range(k)], masks, features)
    axes = (Axis("class", CLASSES), graph.concepts)
    shown = np.where(graph.present, values, 0)
    strength = np.abs(shown) / max(np.abs(shown).max(initial=0), 1e-9)
    relation, feature = Axis("relation", RELATIONS), Axis("feature", tuple(map(str, range(N_FEATURES))))
    return Explanation(
        shown,
        axes,
        "logit",
        origin=Origin(model, "1"),
        images=(Image.new("RGB", (96, 96), (120, 130, 140)),),
        companions={
            "presence": Explanation(graph.present.astype(float), graph.concepts, "presence"),
            "strength": Explanation(strength, axes, "share"),
            "features": Explanation(graph.features, (graph.concepts, feature), "feature"),
            "relations": Explanation(graph.edges, (graph.concepts, graph.concepts, relation), "relation"),
            "classifier": Explanation(np.array([0.8, 0.2]), axes[0], "probability"),
        },
    )
