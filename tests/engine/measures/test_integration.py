"""Shares of synergy and suppression over pairs that are made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.vocabulary import Vocabulary
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.measures.integration import integration
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck"  # function, principal, principal


def pair(cross: Any, main: Any, errors: float = 0.0, caption: str = CAPTION) -> Explanation:
    words = Explanation.from_array(main, kinds="word", caption=caption, errors=np.full(np.shape(main), errors))
    return Explanation.from_array(
        cross,
        kinds=("word", "patch"),
        labels={"patch": ["left", "right"]},
        grid=(1, 2),
        caption=caption,
        errors=np.full(np.shape(cross), errors),
        companions={"word": words},
    )


def test_shares_are_of_all_that_words_do() -> None:
    found = integration([pair([[0, 0], [3, -1], [0, 0]], [1, 2, 3]), pair([[0, 0], [0, 0], [4, -2]], [0, 0, 4])])
    assert next(iter(found)) == "all"
    every = found["all"]
    total = 1 + 2 + 3 + 4 + 4 + 6
    assert every.alone.value == pytest.approx(10 / total)
    assert every.synergy.value == pytest.approx(7 / total)
    assert every.suppression.value == pytest.approx(3 / total)
    assert found["principal"].alone.value == pytest.approx(9 / 19)
    assert (found["function"].alone.value, found["function"].alone.n) == (1, 1)
    assert "non-principal" not in found
    for part in found.values():
        assert part.synergy.low <= part.synergy.value <= part.synergy.high
    row = every.to_dict()
    assert row["alone"] + row["synergy"] + row["suppression"] == pytest.approx(1)
    assert row["synergy_low"] < row["synergy_high"]


def test_noise_is_no_interaction() -> None:
    noise = np.random.default_rng(0).normal(size=(3, 2)) * 0.1
    assert integration([pair(noise, [0, 5, 0], errors=1.0)])["all"].alone.value == 1
    assert integration([pair(noise, [0, 5, 0], errors=1.0)], least_z=0)["all"].alone.value < 1


def test_shares_of_concepts() -> None:
    """Vehicles have 8 of 12 parts of interaction, the fence 3 and the colour 1."""
    one = pair([[0, 0], [1, 0], [4, -2]], [0, 2, 2])
    two = pair([[0, 0], [2, 0], [0, 0], [0, -3]], [0, 0, 0, 3], caption="The buses near metal fences")
    concepts = {"vehicle": ["truck", "Bus"], "colour": ("red", "blue"), "fence": ["a metal fence"], "sky": ["a sky"]}
    found = integration([one, two], concepts=concepts)
    assert list(found) == ["all", "principal", "non-principal", "vehicle", "colour", "fence"]
    assert {name: found[name].of_all.value * 12 for name in found} == pytest.approx(
        {"all": 12, "principal": 9, "non-principal": 3, "vehicle": 8, "colour": 1, "fence": 3}
    )
    vehicle, fence = found["vehicle"], found["fence"]
    assert [part.value * 10 for part in (vehicle.alone, vehicle.synergy, vehicle.suppression)] == [2, 6, 2]
    assert (fence.alone.value, fence.suppression.value, fence.suppression.n) == (0.5, 0.5, 1)
    assert (found["all"].of_all.low, found["all"].of_all.high) == (1, 1)
    assert fence.of_all.low == 0, "in some draws of pairs there is no fence"
    named = integration([one, two], concepts=Vocabulary.traffic().concepts)
    assert named["types"] == vehicle
    assert named["context"] == fence
    assert "colours" not in Vocabulary(("car",), (), ("a night sky",), ("trees",)).concepts


def test_concepts_equal_a_plain_recount() -> None:
    rng = np.random.default_rng(0)
    captions = ["a red truck", "the blue bus near a red car", "cars and a tree", "a fence"]
    concepts = {"red": ["red"], "thing": ["car", "truck", "tree"]}
    pairs, sums = [], {name: np.zeros(3) for name in (*concepts, "every")}
    for caption in captions * 3:
        words = caption.split()
        cross, main = rng.normal(size=(len(words), 2)), rng.normal(size=len(words))
        pairs.append(pair(cross, main, caption=caption))
        for word, row, effect in zip(words, cross, main, strict=True):
            did = np.array([abs(effect), row[row > 0].sum(), -row[row < 0].sum()])
            for name, members in {**concepts, "every": words}.items():
                sums[name] += did * (word in members or word.removesuffix("s") in members)
    found = integration(pairs, concepts=concepts)
    for name in concepts:
        row, own = found[name].to_dict(), sums[name]
        wanted = [*own / own.sum(), own[1:].sum() / sums["every"][1:].sum()]
        np.testing.assert_allclose([row[k] for k in ("alone", "synergy", "suppression", "of_all")], wanted)
        assert row["of_all_low"] < row["of_all"] < row["of_all_high"]


def test_no_interactions_at_all() -> None:
    found = integration([pair(np.zeros((3, 2)), [1, 2, 3])], concepts={"vehicle": ["truck"]})
    assert (found["vehicle"].of_all.value, found["vehicle"].alone.value) == (0, 1)


@pytest.mark.parametrize(
    ("concepts", "said"),
    [({"all": ["red"]}, "name of its own"), ({"red": "red"}, "list of words"), ({"red": []}, "list")],
)
def test_concepts_that_are_none(concepts: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        integration([pair(np.zeros((3, 2)), [1, 2, 3])], concepts=concepts)


def test_results_of_interactions_are_taken() -> None:
    torch.set_num_threads(1)
    many = Interactions(tiny_model("clip"), players="blocks 2")(pictures(3), [CAPTION, "the blue bus", "a metal fence"])
    pairs = [many.select(image=k, caption=k) for k in range(3)]
    assert all(isinstance(one, Explanation) for one in pairs)
    found = integration(pairs)  # pyright: ignore[reportArgumentType]
    assert found["all"].alone.n == 3
    with pytest.raises(InputError, match="word, patch"):
        integration([many])
    with pytest.raises(InputError, match="at least one pair"):
        integration([])
