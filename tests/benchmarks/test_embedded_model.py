"""The questions that `benchmarks.embedded_model` asks, put to models whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from benchmarks.caption_choice import (
    SWAPS,
    OwnCaptions,
    Rate,
    chance_of_first,
    held_out_facts,
    one_word_swap,
    with_all_vehicles,
)
from benchmarks.pointing_game import Mapper, mean_of, play
from benchmarks.unseen_scenes import PLACED_FACTS, UnseenScene, unseen_scenes
from saii_widgets.data.scenes.captions import Swap, canonical
from saii_widgets.data.scenes.facts import CONTEXT, FACTS, HELD_OUT, TRUE


class Scripted:
    """Embeds caption k as the k-th row, and remembers what it was asked."""

    def __init__(self, rows: Sequence[Sequence[float]] | np.ndarray) -> None:
        self.rows, self.texts = torch.tensor(np.asarray(rows), dtype=torch.float32), []

    def embed_captions(self, captions: Sequence[str]) -> Tensor:
        self.texts = list(captions)
        return self.rows[: len(captions)]


@pytest.fixture(scope="module")
def scenes() -> list[UnseenScene]:
    return unseen_scenes(120, (12, 12))


@pytest.mark.parametrize(("n_rivals", "n_better", "n_drawn"), [(7, 0, 3), (7, 2, 3), (7, 5, 3), (7, 7, 1), (3, 1, 3)])
def test_chance_of_first_is_the_share_of_draws_without_a_better_one(n_rivals: int, n_better: int, n_drawn: int) -> None:
    draws = list(combinations(range(n_rivals), n_drawn))
    won = [draw for draw in draws if min(draw) >= n_better]
    assert chance_of_first(n_rivals, n_better, n_drawn) == pytest.approx(len(won) / len(draws))


def test_own_caption_first_last_and_tied(scenes: list[UnseenScene]) -> None:
    eye = np.eye(len(scenes), dtype=np.float32)
    right, wrong, blind = (OwnCaptions(scenes, part, Scripted(eye), "mixed") for part in (eye, -eye, 0 * eye))
    for n_captions in (10, 32):
        assert right.among(n_captions).share == 1
        assert wrong.among(n_captions).share == 0
        assert blind.among(n_captions).share == 0  # a tie is no success
    assert right.among(10).n == len(scenes)


def test_a_random_model_is_at_chance(scenes: list[UnseenScene]) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.normal(size=(len(scenes), 64)).astype(np.float32)
    rate = OwnCaptions(scenes, pictures, Scripted(rng.normal(size=(len(scenes), 64))), "mixed").among(10)
    assert rate.share == pytest.approx(0.1, abs=4 * rate.error)


def test_same_type_rivals_name_that_type(scenes: list[UnseenScene]) -> None:
    eye = np.eye(len(scenes), dtype=np.float32)
    own = OwnCaptions(scenes, eye, Scripted(eye), "mixed")
    typed = [facts for facts in own.facts if any(FACTS[i].type for i in facts)]
    assert 0 < own.among_same_type(2).n <= len(typed)
    assert own.among_same_type(len(scenes)).n == 0  # there are not that many of one type


@pytest.mark.parametrize("what", SWAPS)
def test_swapped_captions_differ_and_the_verdict_is_the_models(scenes: list[UnseenScene], what: Swap) -> None:
    eye = np.eye(len(scenes), dtype=np.float32)
    facts = with_all_vehicles(scenes, OwnCaptions(scenes, eye, Scripted(eye), "mixed").facts)
    pictures = np.ones((len(scenes), 1), np.float32)
    n_cases = one_word_swap(scenes, pictures, Scripted(np.ones((2 * len(scenes), 1))), what, facts).n
    assert n_cases > 10
    model = Scripted([[2.0]] * n_cases + [[1.0]] * n_cases)
    assert one_word_swap(scenes, pictures, model, what, facts) == Rate(1.0, n_cases, 0.0)
    true, false = model.texts[:n_cases], model.texts[n_cases:]
    assert all(a != b for a, b in zip(true, false, strict=True))
    assert one_word_swap(scenes, -pictures, model, what, facts).share == 0


def test_with_all_vehicles_states_what_is_true(scenes: list[UnseenScene]) -> None:
    stated = with_all_vehicles(scenes, [[FACTS.index(fact) for fact in FACTS if fact.context == "fence"]] * len(scenes))
    for scene, facts in zip(scenes, stated, strict=True):
        vehicles = [i for i in facts if FACTS[i].is_vehicle]
        assert all(scene.truth[i] == TRUE for i in vehicles)
        assert {"fence"} == {FACTS[i].context for i in facts} - {None}


def test_held_out_scenes_ask_for_held_out_pairs() -> None:
    scenes = unseen_scenes(30, (12, 12), held_out=True)
    asked = [FACTS[i] for facts in held_out_facts(scenes) for i in facts]
    assert len(asked) > 15
    assert {(fact.colour, fact.type) for fact in asked} <= set(HELD_OUT)
    assert not any(held_out_facts(unseen_scenes(30, (12, 12))))


def test_shares_are_those_of_true_facts(scenes: list[UnseenScene]) -> None:
    for scene in scenes:
        for fact, shares in scene.shares.items():
            assert scene.truth[FACTS.index(fact)] == TRUE
            assert shares.shape == (12, 12)
            assert 0 < shares.mean() <= 1


def test_placed_facts_have_places(scenes: list[UnseenScene]) -> None:
    seen = {fact for scene in scenes for fact in scene.shares}
    assert set(PLACED_FACTS) <= seen
    assert {fact.context for fact in PLACED_FACTS} - {None} == set(CONTEXT) - {"rain", "fog", "snow"}


def test_pointing_of_known_maps(scenes: list[UnseenScene]) -> None:
    by_image = {id(scene.image): scene for scene in scenes}
    asked = {canonical(fact): fact for fact in FACTS}

    def truth(images: Sequence[Image.Image], caption: str) -> np.ndarray:
        return np.stack([by_image[id(image)].shares[asked[caption]] for image in images])

    def point_at(*patch: int) -> Mapper:
        flat = np.zeros((12, 12), np.float32)
        if patch:
            flat[patch] = 1
        return lambda images, caption: np.stack([flat] * len(images))  # noqa: ARG005

    maps = {"truth": truth, "nothing": point_at(), "corner": point_at(0, 0), "centre": point_at(5, 5)}
    rounds = play(scenes, maps, 20)
    things = {r.thing: r for r in rounds}
    assert "one vehicle of several" in things
    assert all(r.hits["truth"] == 1 and r.hits["nothing"] == 0 for r in rounds)
    assert things["a clear blue sky"].hits["corner"] > 0.7
    assert things["a wet road"].hits["corner"] == 0
    mean = mean_of(rounds)
    assert mean.centre == pytest.approx(mean.hits["centre"], abs=0.1)
    assert mean.n == sum(r.n for r in rounds)
