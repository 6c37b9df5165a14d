"""Edits reach the classifier through pixels and the network through the graph."""

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.picture_edits import GREY, greyed, with_region_from
from saii_widgets.engine.concepts.what_if import WhatIf
from tests.engine.concepts.planted_classifier import COLOURS, PlantedClassifier, planted_pictures, squares


@pytest.fixture(scope="module")
def explainer() -> ConceptExplainer:
    torch.set_num_threads(1)
    classifier = PlantedClassifier()
    return ConceptExplainer(classifier, n_concepts=4).fit(planted_pictures(48))  # type: ignore[arg-type]


@pytest.fixture
def what_if(explainer: ConceptExplainer) -> WhatIf:
    return WhatIf(explainer, squares("red", "blue", seed=900))


def shown(what_if: WhatIf, colour: str) -> int:
    """The concept whose segment shows most of a colour."""
    pixels = np.array(what_if.image, float)
    near = np.abs(pixels - COLOURS[colour]).sum(-1) < 60
    shares = [(near & mask).sum() / max(mask.sum(), 1) for mask in what_if.graph.masks]
    return int(np.argmax(shares))


def test_what_the_classifier_says_is_said_of_the_edited_picture(what_if: WhatIf) -> None:
    k = shown(what_if, "red")
    (outcome,) = what_if.without([k])
    edited = greyed(what_if.image, what_if.graph.masks[k])
    expected = what_if.explainer.classifier.class_logits([edited]).softmax(1)[0]
    columns = [what_if.explainer.classifier.labels.index(name) for name in what_if.classes]
    np.testing.assert_allclose(outcome.classifier, expected[columns], atol=1e-6)
    assert not outcome.graph.present[k]
    assert outcome.network.sum() == pytest.approx(1, abs=1e-5)
    before = what_if.as_it_is()
    label = what_if.classes.index("red first")
    assert outcome.classifier[label] < before.classifier[label]
    assert what_if.without([]) == []


def test_a_moved_part_changes_the_layout(what_if: WhatIf) -> None:
    k = shown(what_if, "red")
    label = what_if.classes.index("blue first")
    before, after = what_if.as_it_is(), what_if.moved(k, 0.6, 0)
    assert after.classifier[label] > before.classifier[label]
    assert after.graph.boxes[k, 0] > before.graph.boxes[k, 0]
    with pytest.raises(InputError, match="within the picture"):
        what_if.moved(k, 3, 0)


def test_another_part_in_its_place(what_if: WhatIf) -> None:
    k = shown(what_if, "red")
    green = Image.new("RGB", (20, 20), COLOURS["green"])
    outcome = what_if.swapped(k, green)
    label = what_if.classes.index("green alone")
    assert outcome.classifier[label] > what_if.as_it_is().classifier[label]
    assert not np.allclose(outcome.graph.features[k], what_if.graph.features[k])
    np.testing.assert_array_equal(outcome.graph.masks, what_if.graph.masks)


def test_only_the_region_is_filled() -> None:
    image, mask = Image.new("RGB", (12, 10), (GREY, GREY, GREY)), np.zeros((10, 12), bool)
    mask[2:6, 3:9], mask[4, 5] = True, False
    changed = np.array(with_region_from(image, mask, Image.new("RGB", (3, 3), (255, 0, 0))))
    assert (changed[mask] == (255, 0, 0)).all()
    assert (changed[~mask] == GREY).all()


def test_missing_concepts_and_no_fit(what_if: WhatIf) -> None:
    gone = int(np.flatnonzero(~what_if.graph.present)[0])
    with pytest.raises(InputError, match="a concept that was found"):
        what_if.without([gone])
    with pytest.raises(InputError, match="fitted"):
        WhatIf(ConceptExplainer(PlantedClassifier()), what_if.image)  # type: ignore[arg-type]
