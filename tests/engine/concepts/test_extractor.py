"""Planted parts are found as concepts, and whatever hinders that is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.engine.concepts.codebook import Codebook
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.extractor import EXAMPLE_SIZE, N_EXAMPLES, ConceptExtractor
from saii_widgets.engine.runtime import Cancelled
from tests.engine.concepts.planted_classifier import COLOURS, PlantedClassifier, planted_pictures, squares


def extractor(**changes: Any) -> ConceptExtractor:
    return ConceptExtractor(PlantedClassifier(), **({"n_concepts": 3, "n_clusters": 3} | changes))  # pyright: ignore[reportArgumentType]


def nearest_colour(pixels: np.ndarray) -> str:
    return min(COLOURS, key=lambda name: float(np.abs(pixels.mean(0) - COLOURS[name]).sum()))


def test_every_planted_part_is_a_concept(fitted: ConceptExplainer) -> None:
    found: dict[str, set[str]] = {}
    for image in planted_pictures(30, first=900):
        graph = fitted.extractor.match(image)
        for k in np.flatnonzero(graph.present):
            colour = nearest_colour(np.asarray(image)[graph.masks[k]])
            found.setdefault(graph.concepts.labels[k], set()).add(colour)
    assert sorted(map(sorted, found.values())) == [["blue"], ["green"], ["red"]]


def test_matches_lie_where_the_part_is(fitted: ConceptExplainer) -> None:
    image = squares("red", "blue", seed=77)
    graph = fitted.extractor.match(image)
    assert graph.present.sum() == 2
    pixels = np.asarray(image).astype(int)
    for k in np.flatnonzero(graph.present):
        coloured = np.abs(pixels - COLOURS[nearest_colour(pixels[graph.masks[k]])]).sum(2) < 60
        assert coloured[graph.masks[k]].mean() > 0.9
        left, top, right, bottom = graph.boxes[k] * 48
        assert graph.masks[k][round(top) : round(bottom), round(left) : round(right)].sum() == graph.masks[k].sum()
    assert graph.hypothesis == "red first"


def test_importance_is_what_greying_costs(fitted: ConceptExplainer) -> None:
    concepts = fitted.extractor.concepts
    assert [c.label for c in concepts] == ["concept 1", "concept 2", "concept 3"]
    most = [max(c.importance.values()) for c in concepts]
    assert most == sorted(most, reverse=True)
    green = next(c for c in concepts if set(c.importance) == {"green alone"})
    assert 1.5 < green.importance["green alone"] <= 4.2
    assert green.share == pytest.approx(1 / 3, abs=0.05)
    assert "'green alone'" in repr(green)


def test_examples_are_crops_from_different_pictures(fitted: ConceptExplainer) -> None:
    for concept in fitted.extractor.concepts:
        assert len(concept.examples) == N_EXAMPLES
        assert {image.size for image in concept.examples} == {(EXAMPLE_SIZE, EXAMPLE_SIZE)}
        assert len({image.tobytes() for image in concept.examples}) == N_EXAMPLES
        centre = [nearest_colour(np.asarray(image)[20:28, 20:28].reshape(-1, 3)) for image in concept.examples]
        assert len(set(centre)) == 1


def test_the_foreground_is_of_the_predicted_class_unless_asked(fitted: ConceptExplainer) -> None:
    image = squares("green", seed=1)
    assert fitted.extractor.match(image).hypothesis == "green alone"
    assert fitted.extractor.match(image, "red first").hypothesis == "red first"
    with pytest.raises(LabelError, match="'purple'"):
        fitted.extractor.match(image, "purple")


def test_a_picture_without_any_concept_has_all_missing(fitted: ConceptExplainer) -> None:
    grey = Image.new("L", (48, 48), 127)
    assert not fitted.extractor.match(grey).present.any()
    assert "80% within the foreground, which is 0% of the picture" in fitted.extractor.why_nothing(grey)
    with pytest.raises(InputError, match="no segment lies 80% within the foreground"):
        fitted.graph(grey)


def test_a_segment_far_from_every_concept_matches_none(fitted: ConceptExplainer) -> None:
    book = fitted.extractor.codebook
    assert book is not None
    strict = replace(book, limits=np.zeros_like(book.limits))
    assert (strict.match(book.features(book.mean + np.eye(7, dtype=np.float32)[:2])) == -1).all()


def test_the_nearest_segment_of_a_cluster_stands_for_it() -> None:
    centres = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    unit = Codebook(np.zeros(2, np.float32), np.ones(2, np.float32), (2,), centres, np.full(3, 0.5, np.float32), 3)
    angles = np.radians([20, 5, 80, 135, 0.1])
    features = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    clusters, distance = unit.nearest(features)
    assert clusters.tolist() == [0, 0, 1, *clusters[3:4].tolist(), 0]
    np.testing.assert_allclose(distance[:3], 2 * np.sin(np.radians([20, 5, 10]) / 2), rtol=1e-4)
    assert unit.match(features).tolist() == [4, 2, -1]
    assert unit.match(features[:0]).tolist() == [-1, -1, -1]
    fewer = unit.ordered([1, 0, 2], 1)  # the other clusters still take their segments
    assert fewer.match(features).tolist() == [2]


def test_features_weigh_layers_alike_and_have_length_one() -> None:
    rng = np.random.default_rng(0)
    raw = (rng.normal(size=(60, 7)) * np.array([100, 100, 1, 1, 1, 1, 1]) + 5).astype(np.float32)
    book = Codebook.fit(raw, (2, 5), 4, seed=0)
    shown = book.features(raw)
    z = (raw - raw.mean(0)) / raw.std(0)
    by_hand = np.concatenate([p / np.linalg.norm(p, axis=1, keepdims=True) for p in (z[:, :2], z[:, 2:])], 1) / 2**0.5
    np.testing.assert_allclose(shown, by_hand, rtol=1e-4, atol=1e-5)
    nearest, distance = book.nearest(shown)
    for k in range(4):
        assert book.limits[k] == pytest.approx(np.percentile(distance[nearest == k], 95), rel=1e-5)


def test_segments_are_matched_by_the_first_layers_and_the_others_keep_their_length() -> None:
    rng = np.random.default_rng(1)
    raw = (rng.normal(size=(60, 7)) * np.array([9, 9, 1, 1, 1, 1, 1]) + 2).astype(np.float32)
    less, more = Codebook.fit(raw[:, :5], (2, 3), 4, seed=0), Codebook.fit(raw, (2, 3, 2), 4, seed=0, n_matched=2)
    assert (less.n_looks, more.n_looks) == (5, 5)
    np.testing.assert_allclose(more.centres, less.centres)
    shown = more.features(raw)
    np.testing.assert_allclose(shown[:, :5], less.features(raw[:, :5]))
    np.testing.assert_allclose(shown[:, 5:], ((raw - raw.mean(0)) / raw.std(0))[:, 5:] / 2**0.5, rtol=1e-4, atol=1e-5)
    strange = shown + np.array([0, 0, 0, 0, 0, 50, 50], np.float32)
    np.testing.assert_array_equal(more.match(strange), more.match(shown))
    again = Codebook.from_arrays(more.arrays())
    np.testing.assert_array_equal(again.features(raw), shown)
    with pytest.raises(ValueError, match="do not fit together"):
        Codebook.from_arrays(more.arrays() | {"centres": more.centres[:, :4]})


def test_the_rest_is_the_mean_of_what_lies_beside_the_concepts(fitted: ConceptExplainer) -> None:
    image, book = squares("red", "blue", seed=77), fitted.extractor.codebook
    assert book is not None
    graph = fitted.extractor.match(image)
    maps = fitted.classifier.features([image], ["colours", "edges"])
    beside = ~graph.masks.any(0)  # (48, 48)
    share = beside.reshape(12, 4, 12, 4).mean((1, 3))
    raw = [(maps[name][0].numpy() * share).sum((1, 2)) / share.sum() for name in ("colours", "edges")]
    wanted = book.features(np.concatenate(raw)[None].astype(np.float32))[0]
    np.testing.assert_allclose(graph.rest, wanted, rtol=1e-3, atol=1e-4)


def test_an_interrupted_fit_goes_on() -> None:
    pictures = planted_pictures(48)
    ours = extractor()
    classifier: Any = ours.classifier

    def stop(done: int, total: int, label: str) -> None:
        assert total == 48
        if label == "pictures" and done >= 32:
            raise Cancelled

    with pytest.raises(Cancelled):
        ours.fit(pictures, stop)
    calls: list[tuple[int, int, str]] = []
    before = classifier.n_read
    ours.fit(pictures, lambda *call: calls.append(call))
    assert calls[0] == (48, 48, "pictures")
    assert classifier.n_read - before < 48 * 3
    whole = extractor().fit(pictures)
    np.testing.assert_array_equal(ours.codebook.centres, whole.codebook.centres)  # pyright: ignore[reportOptionalMemberAccess]


def test_bad_pictures_are_refused_with_the_reason() -> None:
    grey = [Image.new("RGB", (48, 48), (127, 127, n)) for n in range(100, 120)]
    with pytest.raises(InputError, match=r"two classes or more.*says: red first 20"):
        extractor().fit(grey)
    with pytest.raises(InputError, match="two classes or more"):
        extractor().fit([])
    with pytest.raises(InputError, match=r"two classes or more.*green alone 12"):
        extractor().fit([squares("green", seed=k) for k in range(12)])
    twins = [squares(*(("red", "blue"), ("blue", "red"))[k % 2], seed=k) for k in range(12)]
    with pytest.raises(InputError, match=r"every class.*'?green alone.*red first 6, blue first 6"):
        extractor(classes=("red first", "green alone")).fit(twins)
    with pytest.raises(InputError, match=r"enough segments for 24 concepts.*the pictures are too few"):
        extractor(n_concepts=24, segments=(15,)).fit(planted_pictures(15))
    with pytest.raises(InputError, match=r"enough segments.*no segment lies 100% within"):
        extractor(inside=1.0, threshold=0.99, segments=(4,)).fit(planted_pictures(15))
    with pytest.raises(LabelError, match="'lorry'"):
        extractor(classes=("lorry", "green alone")).fit(planted_pictures(15))
    with pytest.raises(InputError, match="n_concepts=1"):
        extractor(n_concepts=1)
    with pytest.raises(InputError, match="Call fit"):
        extractor().match(squares("red", "blue"))
