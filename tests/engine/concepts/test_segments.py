"""Segments lie on what the classifier looks at, and are described by what its layers say there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.concepts.segments import MOST_SIDE, SegmentReader, masked_means
from tests.engine.concepts.planted_classifier import PlantedClassifier, squares


def reader(**changes: Any) -> SegmentReader:
    settings = {"layers": None, "threshold": 0.2, "inside": 0.8, "segments": (15, 50)} | changes
    return SegmentReader(PlantedClassifier(), **settings)


@pytest.mark.parametrize("size", [(12, 12), (18, 30)])
def test_means_equal_a_loop_over_cells(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(5, 6, 6)).astype(np.float32)
    masks = rng.random((3, *size)) < 0.3
    came = masked_means(torch.from_numpy(features), masks)
    down, across = size[0] // 6, size[1] // 6
    for n, mask in enumerate(masks):
        total, weight = np.zeros(5), 0.0
        for r in range(6):
            for c in range(6):
                covered = mask[r * down : (r + 1) * down, c * across : (c + 1) * across].mean()
                total += covered * features[:, r, c]
                weight += covered
        np.testing.assert_allclose(came[n], total / weight, rtol=1e-5)
    assert masked_means(torch.from_numpy(features), masks[:0]).shape == (0, 5)


def test_segments_lie_on_the_foreground_only() -> None:
    image = squares("red", "blue", seed=3)
    found = reader().read([image])[0]
    pixels = np.asarray(image).astype(int)
    coloured = pixels.max(2) - pixels.min(2) > 100
    assert len(found) >= 2
    for k in range(len(found)):
        assert coloured[found.mask(k)].mean() > 0.6
    assert found.hypothesis == 0
    assert 0.05 < found.foreground < 0.4


def test_a_stricter_foreground_is_smaller() -> None:
    image = squares("red", "blue", seed=3)
    loose, strict = (reader(threshold=t).read([image])[0] for t in (0.1, 0.9))
    assert strict.foreground < loose.foreground


def test_one_picture_says_the_same_in_any_batch() -> None:
    images = [squares("red", "blue", seed=1), squares("green", seed=2), squares("blue", "red", seed=3)]
    together = reader().read(images)
    for image, segments in zip(images, together, strict=True):
        alone = reader().read([image])[0]
        np.testing.assert_allclose(alone.features, segments.features, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(alone.kept, segments.kept)
    assert [segments.hypothesis for segments in together] == [0, 2, 1]
    assert reader().read(images, [2, 2, 2])[0].hypothesis == 2


def test_large_pictures_are_segmented_small_and_grey_ones_read() -> None:
    large = squares("red", "blue").resize((600, 300))
    assert reader().read([large])[0].size == (MOST_SIDE // 2, MOST_SIDE)
    grey = squares("red", "blue").convert("L")
    assert len(reader().read([grey])[0]) == 0


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(InputError, match=r"at least 24 x 24 pixels; got one of 40 x 10"):
        reader().read([Image.new("RGB", (40, 10))])


def test_layers_are_two_in_the_middle_or_those_asked_for() -> None:
    assert reader().layers == ("colours", "edges")
    assert reader(layers=["pixels"]).layers == ("pixels",)


def test_a_classifier_without_layers_is_refused() -> None:
    bare = PlantedClassifier()
    bare.middle_layers = ()  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ModelError, match="map of features"):
        SegmentReader(bare, None, 0.2, 0.8, (15,))  # pyright: ignore[reportArgumentType]
