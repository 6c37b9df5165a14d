"""The view of a picture's concepts, joined to its explainer."""

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.what_if import WhatIf
from saii_widgets.rooms.concepts import concept_view, named
from tests.engine.concepts.planted_classifier import PlantedClassifier, planted_pictures, squares


@pytest.fixture(scope="module")
def explainer() -> ConceptExplainer:
    torch.set_num_threads(1)
    return ConceptExplainer(PlantedClassifier(), n_concepts=4).fit(planted_pictures(48))  # type: ignore[arg-type]


PICTURE = squares("red", "blue", seed=900)


def test_removals_are_there_beforehand(explainer: ConceptExplainer) -> None:
    view = concept_view(explainer, PICTURE)
    what_if = WhatIf(explainer, PICTURE)
    removed = view.explanation.companions["removed"].values
    labels = view.explanation.axis("class").labels
    columns = [what_if.classes.index(label) for label in labels]
    before = what_if.as_it_is().classifier[columns]
    for k, there in enumerate(what_if.graph.present):
        expected = what_if.without([k])[0].classifier[columns] if there else before
        np.testing.assert_allclose(removed[k], expected, atol=1e-6)
    assert {place for place, _ in view.examples} <= set(range(4))


def test_edits_ask_classifier_and_network(explainer: ConceptExplainer) -> None:
    view = concept_view(explainer, PICTURE)
    what_if = WhatIf(explainer, PICTURE)
    k = int(np.flatnonzero(what_if.graph.present)[0])
    predict = view._predict
    assert predict is not None
    columns = [what_if.classes.index(label) for label in view.explanation.axis("class").labels]
    moved = what_if.moved(k, 0.05, 0)
    np.testing.assert_allclose(predict({"move": [k, 0.05, 0]})["network"], moved.network[columns], atol=1e-6)
    place, crop = view.examples[0]
    swapped = what_if.swapped(k, crop)
    assert place >= 0
    np.testing.assert_allclose(predict({"swap": [k, 0]})["classifier"], swapped.classifier[columns], atol=1e-6)
    removed = what_if.without([k])[0]
    np.testing.assert_allclose(predict({"remove": k})["classifier"], removed.classifier[columns], atol=1e-6)
    with pytest.raises(InputError, match="an edit"):
        predict({"paint": k})


def test_names_are_numbered_and_missing_concepts_keep_their_label(explainer: ConceptExplainer) -> None:
    explained = explainer(PICTURE)
    names = ["red square", "", "red square", ""]
    axis = named(explained, names).axis("concept")
    assert axis.labels == ("red square 1", "concept 2", "red square 3", "concept 4")
    assert named(explained, names).companions["strength"].axis("concept").labels == axis.labels


def test_a_picture_without_concepts(explainer: ConceptExplainer) -> None:
    with pytest.raises(InputError):
        concept_view(explainer, Image.new("RGB", (48, 48), (127, 127, 127)))
