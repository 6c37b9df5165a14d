"""The whole chain: fitted, asked why and why not, saved, and refused where it can't be."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from saii_widgets.core.concept_graph import RELATIONS
from saii_widgets.core.errors import InputError, LabelError, ModelError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.fitted_files import ABOUT, NUMBERS
from saii_widgets.engine.concepts.region_logits import RegionLogits
from saii_widgets.engine.concepts.what_if import WhatIf
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.engine.models.load_classifier import load_classifier
from saii_widgets.engine.models.prediction_only import PredictionOnly
from saii_widgets.engine.runtime import Cancelled
from tests.engine.concepts.planted_classifier import LABELS, PlantedClassifier, planted_pictures, squares

IMAGE = squares("red", "blue", seed=41)


def test_an_explanation_says_why_this_class(fitted: ConceptExplainer) -> None:
    found = fitted(IMAGE)
    assert (found.kinds, found.unit, found.title) == (("class", "concept"), "logit", "Why 'red first'")
    assert found.axes[0].labels == ("red first", "green alone", "blue first")
    graph = fitted.graph(IMAGE)
    np.testing.assert_array_equal(found.axes[1].masks, graph.masks)
    np.testing.assert_array_equal(found.companions["presence"].values, graph.present)
    assert (found.values[0][graph.present] > 0.5).all()
    assert not found.values[:, ~graph.present].any()
    shapes = {name: companion.kinds for name, companion in found.companions.items()}
    assert shapes == {
        "strength": ("class", "concept"),
        "presence": ("concept",),
        "edges": ("class", "concept", "concept"),
        "relations": ("concept", "concept", "relation"),
        "features": ("concept", "feature"),
        "classifier": ("class",),
        "network": ("class",),
        "rest": ("class",),
    }
    relations = found.companions["relations"]
    assert relations.axes[2].labels == RELATIONS
    np.testing.assert_array_equal(relations.values, graph.edges)
    said = fitted.classifier.class_logits([IMAGE])[0].softmax(0)
    assert found.companions["classifier"]["red first"] == pytest.approx(float(said[0]), rel=1e-5)
    assert found.companions["network"]["red first"] > 0.9
    assert found.images[0].size == IMAGE.size
    assert found.origin is not None
    assert found.origin.settings["fidelity"] == fitted.fidelity
    assert "red first" in found._repr_html_()


def test_fidelity_is_measured_on_pictures_held_out(fitted: ConceptExplainer) -> None:
    assert set(fitted.fidelity) == {"held out", "concept deleted", "moved"}
    assert fitted.fidelity["held out"] >= 0.9
    assert fitted.fidelity["concept deleted"] >= 0.7


def test_why_not_is_the_difference_of_two_classes(fitted: ConceptExplainer) -> None:
    both = fitted(IMAGE, ["red first", "blue first"])
    found = fitted.why_not(IMAGE, "blue first")
    assert found.kinds == ("concept",)
    assert found.title == "Why 'red first' and not 'blue first'"
    np.testing.assert_allclose(found.values, both.values[0] - both.values[1], rtol=1e-6)
    edges = both.companions["edges"].values
    np.testing.assert_allclose(found.companions["edges"].values, edges[0] - edges[1], rtol=1e-6)
    np.testing.assert_allclose(
        found.companions["strength"].values, np.abs(found.values) / np.abs(found.values).max(), rtol=1e-6
    )
    assert np.abs(found.companions["edges"].values).max() > 0.5  # the two differ in their layout alone
    assert found.companions["network"].kinds == ("class",)
    with pytest.raises(InputError, match="another class than the predicted one"):
        fitted.why_not(IMAGE, "red first")


def test_hypotheses_are_asked_for_by_name(fitted: ConceptExplainer) -> None:
    assert fitted(Scene(IMAGE), ["green alone"]).axes[0].labels == ("green alone",)
    with pytest.raises(LabelError, match="'lorry'"):
        fitted(IMAGE, ["lorry"])


def test_a_node_that_is_edited_falls_and_a_moved_one_turns_the_answer(fitted: ConceptExplainer) -> None:
    assert fitted.network is not None
    turned = 0
    for seed in range(20):
        graph = fitted.graph(squares("red", "blue", seed=200 + seed))
        left, right = sorted(np.flatnonzero(graph.present), key=lambda k: graph.boxes[k, 0])
        there = graph.moved(int(left), float(graph.boxes[right, 2] - graph.boxes[left, 2]), 0)
        back = there.moved(int(right), float(graph.boxes[left, 0] - graph.boxes[right, 0]), 0)
        turned += int(fitted.network.logits([back])[0, :2].argmax()) == 1
    assert turned >= 16


def test_results_go_into_a_study_and_come_back(fitted: ConceptExplainer, tmp_path: Path) -> None:
    study = Study()
    study["why"] = fitted(IMAGE)
    study["why not"] = fitted.why_not(IMAGE, "blue first")
    study.save(tmp_path / "concepts.saii")
    assert Study.load(tmp_path / "concepts.saii") == study


def test_a_fitted_explainer_comes_back_from_its_files(fitted: ConceptExplainer, tmp_path: Path) -> None:
    folder = fitted.save(tmp_path / "fitted")
    assert sorted(path.name for path in folder.iterdir()) == [ABOUT, NUMBERS]
    loaded = ConceptExplainer.load(folder, PlantedClassifier())  # pyright: ignore[reportArgumentType]
    np.testing.assert_array_equal(loaded(IMAGE).values, fitted(IMAGE).values)
    assert loaded.fidelity == fitted.fidelity
    for one, other in zip(loaded.extractor.concepts, fitted.extractor.concepts, strict=True):
        assert (one.label, one.share, one.importance) == (other.label, other.share, other.importance)
        assert [image.tobytes() for image in one.examples] == [image.tobytes() for image in other.examples]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 9}, "version 9"),
        ({"classes": ["a", "b"]}, "size mismatch"),
        ({"concepts": []}, "0 concepts in a codebook of 3"),
        ({"network": {}}, "width"),
        ({"classifier": {"name": "planted", "revision": "2", "labels": list(LABELS)}}, r"revision '2'.*revision '1'"),
    ],
)
def test_wrong_files_are_refused(fitted: ConceptExplainer, tmp_path: Path, change: dict[str, Any], said: str) -> None:
    folder = fitted.save(tmp_path / "fitted")
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    (folder / ABOUT).write_text(json.dumps(about | change), "utf-8")
    with pytest.raises(ModelError, match=said):
        ConceptExplainer.load(folder, PlantedClassifier())  # pyright: ignore[reportArgumentType]


def test_missing_and_damaged_files_are_refused(fitted: ConceptExplainer, tmp_path: Path) -> None:
    folder = fitted.save(tmp_path / "fitted")
    (folder / NUMBERS).write_bytes(b"nothing")
    with pytest.raises(ModelError, match="Fit anew"):
        ConceptExplainer.load(folder, PlantedClassifier())  # pyright: ignore[reportArgumentType]
    with pytest.raises(ModelError, match="Fit anew"):
        ConceptExplainer.load(tmp_path / "nowhere", PlantedClassifier())  # pyright: ignore[reportArgumentType]


def test_what_was_not_fitted_is_refused() -> None:
    explainer = ConceptExplainer(PlantedClassifier(), n_concepts=2, n_clusters=2)  # pyright: ignore[reportArgumentType]
    for ask in (lambda: explainer(IMAGE), lambda: explainer.save("nowhere")):
        with pytest.raises(InputError, match=r"Call fit\(images\) first"):
            ask()
    explainer.fit([image for n, image in enumerate(planted_pictures(45)) if n % 3 != 2])
    assert explainer.extractor.classes == ("red first", "blue first")
    with pytest.raises(InputError, match=r"fitted \(red first, blue first\); got one .* takes for 'green alone'"):
        explainer(squares("green"))


def test_what_is_no_picture_and_a_class_by_itself(fitted: ConceptExplainer) -> None:
    for ask in (lambda: fitted("red.png"), lambda: fitted.fit("folder")):  # pyright: ignore[reportArgumentType]
        with pytest.raises(InputError, match=r"a PIL\.Image or a Scene; got str\. Open files with sw\.Scene\.open"):
            ask()
    assert fitted(IMAGE, "green alone").axes[0].labels == ("green alone",)


def test_what_is_too_far_from_every_concept_says_so(fitted: ConceptExplainer, monkeypatch: pytest.MonkeyPatch) -> None:
    book = fitted.extractor.codebook
    assert book is not None
    monkeypatch.setattr(fitted.extractor, "codebook", replace(book, limits=np.zeros_like(book.limits)))
    with pytest.raises(InputError, match="segments, each farther from every concept than its distance limit allows"):
        fitted(IMAGE)


def test_an_interrupted_fit_leaves_no_network_of_other_concepts(fitted: ConceptExplainer) -> None:
    explainer = ConceptExplainer(PlantedClassifier(), n_concepts=3, n_clusters=3)  # pyright: ignore[reportArgumentType]
    explainer.network, explainer.fidelity = fitted.network, fitted.fidelity  # as of an earlier fit

    def stop(done: int, total: int, label: str) -> None:  # noqa: ARG001
        if label == "edited pictures":
            raise Cancelled

    with pytest.raises(Cancelled):
        explainer.fit(planted_pictures(36), stop)
    assert explainer.extractor.concepts
    assert (explainer.network, explainer.fidelity) == (None, {})
    with pytest.raises(InputError, match=r"Call fit\(images\) first"):
        explainer(IMAGE)


def test_an_unusable_layer_lists_the_usable_ones() -> None:
    pictures = [squares("red", "blue", seed=k).resize((96, 96)) for k in range(3)]
    with pytest.raises(ModelError, match=r"got 'head' of embedded classifier\. These are usable: resnet\.encoder"):
        ConceptExplainer(load_classifier(), layers=["head"]).fit(pictures)


def test_a_thousand_classes_have_hypotheses_for_the_top_few() -> None:
    planted = PlantedClassifier()

    class Many(PlantedClassifier):
        labels = (*LABELS, *(f"class {n}" for n in range(997)))  # pyright: ignore[reportAssignmentType]

        def class_logits(self, images: Any) -> torch.Tensor:
            return torch.cat([planted.class_logits(images), torch.full((len(images), 997), -5.0)], 1)

    explainer = ConceptExplainer(Many(), n_concepts=3, n_clusters=3).fit(planted_pictures(36))  # pyright: ignore[reportArgumentType]
    assert explainer.extractor.classes == LABELS
    assert len(explainer(IMAGE).axes[0]) == 3


def test_a_closed_classifier_is_explained_by_greying() -> None:
    planted = PlantedClassifier()
    closed = PredictionOnly(lambda images: planted.class_logits(images), LABELS, unit="logit", name="service")
    explainer = ConceptExplainer(closed)
    found = explainer(IMAGE)
    assert found.kinds == ("class", "concept")
    assert "gives predictions only" in found.title
    assert set(found.companions) == {"strength", "presence", "classifier"}
    masks = found.axes[1].masks
    assert masks is not None
    assert (masks.sum(0) == 1).all()  # superpixels cover the picture once
    best = masks[found.values[0].argmax()]
    pixels = np.asarray(IMAGE).astype(int)
    assert (pixels.max(2) - pixels.min(2) > 100)[best].mean() > 0.3
    assert explainer.why_not(IMAGE, "blue first").kinds == ("concept",)
    for ask in (lambda: explainer.fit([IMAGE]), explainer.fitted, lambda: WhatIf(explainer, IMAGE)):
        with pytest.raises(ModelError, match="service, which gives predictions only"):
            ask()
    with pytest.raises(InputError, match="at least 24 x 24 pixels"):
        explainer(IMAGE.resize((20, 20)))


def test_a_region_of_a_segmentation_is_a_decision_too() -> None:
    class Segmenter(nn.Module):
        """How red and how blue each pixel is, at half the size."""

        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Conv2d(3, 2, 2, stride=2, bias=False)
            with torch.no_grad():
                self.body.weight.copy_(torch.tensor([[1.0, -1, -1], [-1, -1, 1]])[..., None, None].expand(-1, -1, 2, 2))

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.body(pixels)

    def preprocess(images: list[Image.Image]) -> torch.Tensor:
        return torch.from_numpy(np.stack([np.asarray(image, np.float32) / 255 for image in images])).permute(0, 3, 1, 2)

    left = np.zeros((48, 48), bool)
    left[:, :24] = True
    module = Segmenter().eval()
    regions = Classifier.from_module(RegionLogits(module, left).eval(), preprocess, ("red", "blue"), ["module.body"])
    assert regions.labels[int(regions.class_logits([squares("red", "blue")]).argmax())] == "red"
    maps = module(preprocess([IMAGE]))
    torch.testing.assert_close(regions.class_logits([IMAGE]), maps[..., :12].mean((2, 3)), rtol=1e-5, atol=1e-5)
    pictures = [image for n, image in enumerate(planted_pictures(45)) if n % 3 < 2]
    found = ConceptExplainer(regions, n_concepts=2, n_clusters=2).fit(pictures)(squares("red", "blue", seed=3), ["red"])
    k = int(found.values[0].argmax())
    boxes = found.axes[1].boxes
    assert boxes is not None
    assert boxes[k, 0] < 0.5
    with pytest.raises(InputError, match=r"\(height, width\)"):
        RegionLogits(module, np.zeros((48, 48), bool))
