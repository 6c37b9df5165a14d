"""Errors of a classifier whose fault is known: it takes whatever has a green square for green alone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

import saii_widgets as sw
from saii_widgets.core.errors import InputError
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.diagnosis import Diagnosis
from saii_widgets.engine.concepts.diagnosis_result import DiagnosisResult
from saii_widgets.engine.concepts.picture_edits import GREY
from tests.engine.concepts.planted_classifier import COLOURS, PlantedClassifier, planted_pictures, squares

TRUE = ("red first", "blue first", "green alone")


class Misled(PlantedClassifier):
    """Green outweighs all else; with `narrow`, a class looks at its own colours alone."""

    narrow = False

    def class_logits(self, images: Sequence[Image.Image]) -> Tensor:
        return super().class_logits(images) * torch.tensor([1, 1, 1.9])

    def attention(self, images: Sequence[Image.Image], classes: Sequence[int]) -> NDArray[np.float32]:
        if not self.narrow:
            return super().attention(images, classes)
        own = [self._colours(images)[:, [2] if k == 2 else [0, 1]].amax(1) for k in classes]
        return torch.stack(own, 1)[:, :, ::4, ::4].numpy()


def misleading(n: int, first: int) -> list[Image.Image]:
    """Pictures of "red first" with a green square in them."""
    return [squares("red", "green", "blue", seed=first + k) for k in range(n)]


@pytest.fixture(scope="module")
def explainer() -> ConceptExplainer:
    torch.set_num_threads(1)
    pictures = planted_pictures(60) + misleading(24, 300)
    return ConceptExplainer(Misled(), n_concepts=3, n_clusters=3).fit(pictures)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def result(explainer: ConceptExplainer) -> DiagnosisResult:
    right = planted_pictures(15, 500)
    labels = [TRUE[k % 3] for k in range(15)] + ["red first"] * 6
    return Diagnosis(explainer, ["one", "", "three"])(right + misleading(6, 600), labels)


def concept_of(explainer: ConceptExplainer, colour: str) -> int:
    """The concept whose examples show most of a colour."""
    off = [np.abs(np.array(c.examples[0], float) - COLOURS[colour]).sum(-1).min() for c in explainer.extractor.concepts]
    return int(np.argmin(off))


def test_the_planted_logic_is_found(explainer: ConceptExplainer, result: DiagnosisResult) -> None:
    green = concept_of(explainer, "green")
    assert [fault.image for fault in result.faults] == list(range(15, 21))
    assert {(fault.true, fault.predicted, fault.concept) for fault in result.faults} == {
        ("red first", "green alone", green)
    }
    (logic,) = result.logics
    assert len(logic) == 6
    assert logic.name == result.names[green]
    assert all(fault.own_drop > 1 for fault in result.faults)  # green is worth more than seven logits
    assert [fault.failed for fault in result.faults].count("classifier") >= 5  # the network is an approximation


def test_contributions_are_those_of_the_explanation(explainer: ConceptExplainer, result: DiagnosisResult) -> None:
    fault = result.faults[0]
    both = explainer(fault.picture, ["green alone", "red first"]).values
    assert fault.contribution == pytest.approx(float((both[0] - both[1]).max()), abs=1e-5)
    assert set(result.explanations) == set(range(15, 21))


def test_a_good_concept_mends_the_picture(explainer: ConceptExplainer, result: DiagnosisResult) -> None:
    for fault in result.faults:
        assert fault.fix is not None
        assert fault.graph is not None
        assert fault.fix.good.concept != fault.concept
        assert result.labels[fault.fix.good.image] == "red first"
        mask = fault.graph.masks[fault.concept]
        assert (np.array(fault.fix.picture)[~mask] == np.array(fault.picture)[~mask]).all()
        said = int(explainer.classifier.class_logits([fault.fix.picture])[0].argmax())
        assert fault.fix.classifier == TRUE[said]
    assert sum(fault.classifier_turns for fault in result.faults) >= 4
    assert sum(fault.network_turns for fault in result.faults) >= 5


def test_a_network_that_disagrees_has_failed(explainer: ConceptExplainer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert explainer.network is not None
    elsewhere = explainer.network.evidence.clone()
    elsewhere[1, -1] += 99
    monkeypatch.setitem(explainer.network._buffers, "evidence", elsewhere)
    found = Diagnosis(explainer)(misleading(1, 700), ["red first"])
    assert found.faults[0].failed == "network"
    assert found.faults[0].contribution == pytest.approx(found.faults[0].own_drop, abs=1e-4)  # the classifier is asked
    assert found.faults[0].fix is None  # no picture of the class is taken rightly


def test_what_lies_outside_the_attention(explainer: ConceptExplainer, monkeypatch: pytest.MonkeyPatch) -> None:
    right = planted_pictures(9, 720)
    explainer.extractor.match_all(right)
    monkeypatch.setattr(explainer.classifier, "narrow", True)
    found = Diagnosis(explainer)([*right, *misleading(3, 730)], [*[TRUE[k % 3] for k in range(9)], *["red first"] * 3])
    assert {fault.failed for fault in found.faults} == {"attention"}


def test_no_concept_at_all(explainer: ConceptExplainer) -> None:
    found = Diagnosis(explainer)([Image.new("RGB", (48, 48), (GREY,) * 3)], ["green alone"])
    (fault,) = found.faults
    assert (fault.concept, fault.failed, fault.explanation) == (None, "attention", None)
    assert "no concept found" in str(found.logics[0])
    with pytest.raises(InputError, match="targets"):
        found.augmentation(4)


def test_the_table(result: DiagnosisResult) -> None:
    frame = result.to_frame()
    assert len(frame) == len(result) == 6
    assert frame["mended"].tolist().count(True) == result.logics[0].n_turned
    text = result.summary()
    assert "6 errors in 21 pictures" in text
    assert "'red first' taken for 'green alone' because of concept" in text
    drawn = result._repr_html_()
    assert drawn.count("<img") == 6
    assert "green alone" in drawn


def test_no_concept_is_blamed_that_speaks_against_the_error(result: DiagnosisResult) -> None:
    innocent = replace(result.faults[0], contribution=-0.6)
    found = replace(result, faults=(innocent,))
    assert found.summary().startswith("1 error in 21 pictures; ")
    assert "because of" not in found.summary()
    assert f"though no concept speaks for it, {result.logics[0].name} least against it: 1 error," in found.summary()


def test_names_are_shown_as_text(explainer: ConceptExplainer) -> None:
    named = Diagnosis(explainer, ["<b>"] * 3)(misleading(1, 760), ["red first"])
    assert "<b>" not in named._repr_html_()


def test_no_error_and_bad_input(explainer: ConceptExplainer) -> None:
    right = planted_pictures(3, 780)
    none = Diagnosis(explainer)(right, list(TRUE))
    assert len(none) == 0
    assert none.summary() == "No error in 3 pictures"
    assert "No error" in none._repr_html_()
    with pytest.raises(InputError, match="label for every picture"):
        Diagnosis(explainer)(right, ["red first"])
    with pytest.raises(InputError, match="that were fitted"):
        Diagnosis(explainer)(right, ["red first", "zebra", "green alone"])
    with pytest.raises(InputError, match="one a concept"):
        Diagnosis(explainer, ["one"])
    with pytest.raises(InputError, match="was fitted"):
        sw.Diagnosis(ConceptExplainer(Misled()))  # pyright: ignore[reportArgumentType]


def test_augmentation_is_aimed_at_the_logic(result: DiagnosisResult) -> None:
    made = result.augmentation(16, seed=3)
    assert len(made) == 16
    assert set(made.labels) == {"red first", "green alone"}
    green = result.explainer.extractor.concepts[result.logics[0].concept or 0].label
    assert sum(green in edit for edit in made.edits) >= 12
    originals = [np.array(image) for image in result.images]
    for picture in made.images:
        changed = [(np.array(picture) != original).any(-1).mean() for original in originals]
        assert 0 < min(changed) < 0.5  # an edit of one of the pictures that were given
    again = result.augmentation(16, seed=3)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(made.images, again.images, strict=True))
    assert result.augmentation(16, seed=4).edits != made.edits


def test_augmentation_is_written(result: DiagnosisResult, tmp_path: Path) -> None:
    made = result.augmentation(3)
    folder = made.save(tmp_path / "set")
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == list(made.labels)
    for row, image in zip(rows, made.images, strict=True):
        assert Image.open(folder / row["file"]).tobytes() == image.tobytes()
