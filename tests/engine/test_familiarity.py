"""Pictures far from what a model has seen are told from familiar ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.checkpoint import write_checksums
from saii_widgets.engine.models.familiarity import FILE, Familiarity
from tests.engine.tiny_models import pictures, save_tiny, tiny_model


def drawn(n: int, seed: int) -> Iterator[Image.Image]:
    """Flat pictures: a grey ground and a darker box."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        array = np.full((24, 24, 3), rng.integers(150, 200), np.uint8)
        left, top = rng.integers(0, 12, 2)
        array[top : top + 10, left : left + 10] = rng.integers(50, 120)
        yield Image.fromarray(array)


@pytest.fixture(scope="module")
def familiarity() -> Familiarity:
    torch.set_num_threads(1)
    return Familiarity.fit(tiny_model("clip", torch.float32), drawn(1500, seed=0))


def test_strange_pictures_are_flagged_and_familiar_ones_hardly(familiarity: Familiarity) -> None:
    model = tiny_model("clip", torch.float32)
    familiar = familiarity.warnings(model, list(drawn(500, seed=1)))
    strange = familiarity.warnings(model, pictures(50, seed=2))
    assert sum(map(bool, familiar)) <= 0.03 * 500
    assert sum(map(bool, strange)) >= 0.95 * 50
    assert next(filter(None, strange)).startswith("far from what tiny clip has seen")


def test_a_saved_one_judges_alike_and_comes_with_the_model(familiarity: Familiarity, tmp_path: Path) -> None:
    folder = save_tiny("clip", tmp_path / "tiny")
    familiarity.save(folder)
    write_checksums(folder)
    model = load_model(folder, device="cpu")
    images = [*drawn(5, seed=3), *pictures(5)]
    assert model.warnings(images) == familiarity.warnings(model, images)
    half = load_model(folder, device="cpu", precision="bfloat16")
    assert [bool(w) for w in half.warnings(images)] == [bool(w) for w in model.warnings(images)]


def test_a_damaged_file_is_refused(familiarity: Familiarity, tmp_path: Path) -> None:
    folder = save_tiny("clip", tmp_path / "tiny")
    familiarity.save(folder)
    (folder / FILE).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="familiarity"):
        load_model(folder, device="cpu")


def test_it_takes_enough_pictures() -> None:
    with pytest.raises(InputError, match="at least 100"):
        Familiarity.fit(tiny_model("clip", torch.float32), drawn(99, seed=0))


def test_a_picture_that_is_no_number_is_far(familiarity: Familiarity) -> None:
    assert not bool(familiarity.distances(torch.full((1, 96), float("nan"))) <= 1)
