"""One explainer of the planted classifier for all tests that only read it."""

from __future__ import annotations

import pytest
import torch

from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from tests.engine.concepts.planted_classifier import PlantedClassifier, planted_pictures


@pytest.fixture(scope="session")
def fitted() -> ConceptExplainer:
    torch.set_num_threads(1)
    return ConceptExplainer(PlantedClassifier(), n_concepts=3, n_clusters=3).fit(planted_pictures(72))  # pyright: ignore[reportArgumentType]
