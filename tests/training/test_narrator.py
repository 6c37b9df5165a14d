"""The narrator's training: the same bits from the same seed, and files that load."""

from pathlib import Path

import numpy as np
import pytest

from saii_widgets.data.vehicles import draw_vehicle
from saii_widgets.engine.concepts.narrator_files import load_narrator
from saii_widgets.engine.concepts.sentences import compose, facts, parse
from saii_widgets.training.narrator import NAMES, random_telling, train_narrator, true_part
from saii_widgets.training.narrator_recipe import NarratorRecipe
from tests.engine.concepts.test_narrator import EXPLAINED

TINY = NarratorRecipe(
    n_pictures=60, width=16, space_steps=4, space_batch=16, size=32, writer_steps=3, writer_batch=4
)  # fmt: skip


def quiet(_: str) -> None:
    """Nothing is said."""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bits(tmp_path: Path) -> None:
    one, two = (train_narrator(tmp_path / name, TINY, say=quiet) for name in ("one", "two"))
    assert (one / "model.safetensors").read_bytes() == (two / "model.safetensors").read_bytes()
    space, writer, about = load_narrator(one)
    assert (space.names, writer.settings["size"], about["name"]) == (NAMES, 32, "embedded classifier")


def test_what_is_told_in_training_can_be_read_back() -> None:
    from saii_widgets.core.concept_graph import ConceptGraph

    axis = EXPLAINED.axis("concept")
    assert axis.masks is not None
    features = EXPLAINED.companions["features"].values
    graph = ConceptGraph.from_masks(axis.labels, axis.masks, features)
    dice, lengths = np.random.default_rng(0), set()
    for _ in range(100):
        telling = random_telling(graph, dice)
        said = facts(telling, list(NAMES[: len(telling)]))
        assert parse(compose(said)) == said
        assert ((telling.boxes >= 0) & (telling.boxes <= 1)).all()
        lengths.add(len(telling))
    assert lengths == {0, 1, 2, 3}


def test_a_segment_is_named_after_what_most_of_it_shows() -> None:
    vehicle = draw_vehicle(3, "fire engine")
    for part, mask in vehicle.masks.items():
        assert true_part(vehicle, mask) == part
    anything = np.logical_or.reduce(list(vehicle.masks.values()))
    assert true_part(vehicle, ~anything) == "background"
    sides = np.zeros_like(anything)
    for part in ("wheel", "ladder", "window"):  # a third each
        sides.flat[np.flatnonzero(vehicle.masks[part])[:20]] = True
    assert true_part(vehicle, sides) == ""
