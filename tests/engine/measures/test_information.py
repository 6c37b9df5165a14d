"""InformationDecomposition: atoms of samples, null, intervals, layers, and pairs of a dual encoder."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import torch
from PIL import Image

import saii_widgets as sw
from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.embedding_clusters import embedding_clusters
from saii_widgets.engine.measures.joint_sample import JointSample

ATOMS = ("redundant", "unique image", "unique text", "synergistic")
QUICK: dict[str, Any] = {"n_permutations": 3, "n_bootstrap": 8}


def _mixture(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels that hold one bit of each atom."""
    r, u, v, a, b = rng.integers(0, 2, (5, n))
    return r + 2 * u + 4 * a, r + 2 * v + 4 * b, r + 2 * u + 4 * v + 8 * (a ^ b)


def _spread(labels: np.ndarray, d: int, rng: np.random.Generator) -> np.ndarray:
    """Embeddings around one direction a label."""
    centres = np.linalg.qr(rng.normal(size=(d, d)))[0][: labels.max() + 1]
    return centres[labels] * rng.uniform(1, 3, (len(labels), 1)) + 0.01 * rng.normal(size=(len(labels), d))


def test_a_known_table() -> None:
    xor = np.zeros((2, 2, 2))
    for a, b in np.ndindex(2, 2):
        xor[a, b, a ^ b] = 0.25
    result = sw.InformationDecomposition().of_table(xor)
    assert (result.unit, result.axis("atom").labels, dict(result.companions)) == ("bit", ATOMS, {})
    assert result.values == pytest.approx([0, 0, 0, 1], abs=0.002)


def test_the_mixture_from_embeddings_within_five_percent() -> None:
    rng = np.random.default_rng(0)
    image, text, outcome = _mixture(14_000, rng)
    decompose = sw.InformationDecomposition(n_clusters=8, n_components=20, **QUICK)
    result = decompose.of_embeddings(_spread(image, 24, rng), _spread(text, 24, rng), outcome)
    assert result.values == pytest.approx(np.ones(4), rel=0.05)
    low, high = result.companions["low"].values, result.companions["high"].values
    assert (low <= result.values).all()
    assert (result.values <= high).all()
    assert 0 < (high - low).max() < 0.1
    assert result.companions["null"].values.max() < 0.05
    origin = result.origin
    assert origin is not None
    assert origin.settings["clusters"] == [[8, 8, 16]]
    assert origin.settings["enough_rows"] is True
    assert "advised" not in result.title


def test_noise_is_under_a_twentieth_of_a_bit_at_the_advised_size() -> None:
    labels = np.random.default_rng(1).integers(0, 6, (3, 2_530))
    result = sw.InformationDecomposition(n_permutations=2, n_bootstrap=0).of_embeddings(*labels)
    assert result.values.max() < 0.05
    assert result.origin is not None
    assert result.origin.settings["enough_rows"] is True
    assert result.companions["null"].values == pytest.approx(result.values, abs=0.02)
    over = sw.InformationDecomposition(n_permutations=2, n_bootstrap=0, subtract_null=True).of_embeddings(*labels)
    assert np.abs(over.values).max() < 0.02


def test_a_small_sample_is_said_and_the_null_subtracted_only_when_asked() -> None:
    labels = np.random.default_rng(2).integers(0, 5, (3, 100))
    raw = sw.InformationDecomposition(**QUICK).of_embeddings(*labels)
    assert raw.title.endswith("few rows, 100 of 1,385 advised")
    assert raw.values[3] > 0.3
    above = sw.InformationDecomposition(**QUICK, subtract_null=True).of_embeddings(*labels)
    for result, subtracted in ((raw, False), (above, True)):
        assert result.origin is not None
        assert result.origin.settings["null_subtracted"] is subtracted
        assert result.origin.settings["enough_rows"] is False
    assert above.values == pytest.approx(raw.values - raw.companions["null"].values, abs=1e-6)
    assert abs(above.values[3]) < 0.15


def test_the_same_seed_gives_the_same_numbers_and_swapping_swaps() -> None:
    rng = np.random.default_rng(3)
    image, text, outcome = rng.normal(size=(300, 5)), rng.normal(size=(300, 7)), rng.integers(0, 2, 300)
    decompose = sw.InformationDecomposition(n_clusters=3, **QUICK)
    result = decompose.of_embeddings(image, text, outcome)
    again = decompose.of_embeddings(image, text, outcome)
    for name in ("low", "high", "null"):
        assert np.array_equal(result.companions[name].values, again.companions[name].values)
    swapped = decompose.of_embeddings(text, image, outcome).values
    assert swapped[[0, 2, 1, 3]] == pytest.approx(result.values, abs=1e-5)


def test_layers() -> None:
    rng = np.random.default_rng(4)
    signal, noise = rng.integers(0, 2, (2, 300))
    layers = {"early": (noise, noise), "late": (signal, noise)}
    result = sw.InformationDecomposition(**QUICK).of_layers(layers, signal)
    assert result.kinds == ("layer", "atom")
    assert result["late", "unique image"] == pytest.approx(1, abs=0.02)
    assert np.abs(result.values[0]).max() < 0.05
    assert result.companions["null"].shape == (2, 4)


class _Pairs:
    """A dual encoder whose embeddings are given: picture k and caption k by their numbers."""

    def __init__(self, v: np.ndarray, u: np.ndarray) -> None:
        self.name, self.revision, self.scale, self.bias = "pairs", "1", 10.0, 0.0
        self._v, self._u = torch.tensor(v), torch.tensor(u)

    def embed_images(self, images: list[Image.Image]) -> torch.Tensor:
        return self._v[: len(images)]

    def embed_captions(self, captions: list[str]) -> torch.Tensor:
        return self._u[: len(captions)]


def test_matching_is_synergistic_and_an_image_bias_is_unique() -> None:
    kinds = np.arange(60) % 4
    matching = cast(Any, _Pairs(np.eye(4)[kinds], np.eye(4)[kinds]))
    images, captions = [Image.new("RGB", (4, 4))] * 60, ["a car"] * 60
    cells = sw.InformationDecomposition(matching, **QUICK)(images, captions)
    assert cells.values.argmax() == 3
    assert cells.values[:3].max() < 0.02
    assert cells.origin is not None
    assert "logits in 4 bins" in cells.origin.settings["outcome"]
    assert cells.origin.encoder_passes == 120
    paired = sw.InformationDecomposition(matching, **QUICK)(images, captions, outcome=kinds % 2)
    assert paired.values == pytest.approx([1, 0, 0, 0], abs=0.02)
    rising = np.repeat(np.arange(4)[:, None] / 4, 60, 1)[kinds]
    grid = sw.InformationDecomposition(matching, **QUICK)(images, captions, outcome=rising)
    assert grid.values == pytest.approx([0, 2, 0, 0], abs=0.02)


def test_cells_are_drawn_and_permuted_by_pictures_and_texts() -> None:
    rng = np.random.default_rng(5)
    sample = JointSample(np.arange(5), np.arange(4), rng.integers(0, 3, (5, 4)))
    for table in sample.resampled(4, rng):
        assert table.sum() == 20
        counts = table.sum(2)
        assert counts == pytest.approx(np.outer(counts.sum(1), counts.sum(0)) / 20)
    for table in sample.permuted(4, rng):
        assert table.sum(2) == pytest.approx(np.ones((5, 4)))
        assert table.sum((0, 1)) == pytest.approx(sample.table().sum((0, 1)))
        assert sorted(table.argmax(2).sum(1)) == sorted(sample.outcome.sum(1))


def test_clusters() -> None:
    rng = np.random.default_rng(6)
    labels = rng.integers(0, 3, 50)
    embeddings = _spread(labels, 8, rng)
    found = embedding_clusters(embeddings, n_clusters=3)
    assert len(set(zip(labels.tolist(), found.tolist(), strict=True))) == 3
    few = embedding_clusters(np.eye(8)[labels] * rng.uniform(1, 3, (50, 1)), n_clusters=10)  # only lengths differ
    assert len(set(few.tolist())) == 3
    assert embedding_clusters(np.array(["b", "a", "b"])).tolist() == [1, 0, 1]


def test_what_does_not_fit_is_refused() -> None:
    decompose = sw.InformationDecomposition(**QUICK)
    with pytest.raises(InputError, match="outcome for each pair"):
        decompose.of_embeddings([0, 1, 1], [0, 1], [0, 1, 1])
    with pytest.raises(InputError, match="zeros"):
        decompose.of_embeddings(np.zeros((3, 2)), np.eye(3), [0, 1, 1])
    with pytest.raises(InputError, match="a model"):
        decompose([Image.new("RGB", (4, 4))], ["a car"])
    with pytest.raises(InputError, match="no null"):
        sw.InformationDecomposition(subtract_null=True, n_permutations=0)
    with pytest.raises(InputError, match="layer"):
        decompose.of_layers({}, [0])
