"""The room of what counts only together: when it computes, for whom it waits, and what it says of itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import saii_widgets as sw
from saii_widgets.core.errors import InputError
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.trust import cost
from saii_widgets.rooms import together
from saii_widgets.rooms.plan import PLAN
from saii_widgets.rooms.together import Together, certainty
from saii_widgets.stepwise import Stepwise

TOGETHER = next(place for place, room in enumerate(PLAN) if room.title == "Together")
MAPS, CAPTIONS = 3, ["a red truck", "a white bus near a fence", "a blue car", "a green van"]
SETTINGS = {"captions": [*CAPTIONS, *CAPTIONS]}


@pytest.fixture
def looked(opened: Callable[..., sw.Studio], monkeypatch: pytest.MonkeyPatch) -> sw.Studio:
    """A studio in which one looks at the room, with parts of 4 x 4 patches so that it takes no time."""
    coarser(monkeypatch)
    monkeypatch.setattr("saii_widgets.rooms.trust_strip.MEASURES", {"cost": cost})  # others refine anew
    studio = opened(**SETTINGS)
    assert studio.wait(60)
    assert studio.bar.error == ""
    assert studio.bar.steps[TOGETHER]["state"] == "done", studio.bar.steps[TOGETHER]["note"]
    studio.bar.step = TOGETHER
    return studio


def coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    def blocks(model: Any, **settings: Any) -> Interactions:
        return Interactions(model, **{"players": "blocks 3", "budget": 128, **settings})

    monkeypatch.setattr("saii_widgets.rooms.together.Interactions", blocks)


def room(studio: sw.Studio) -> Together:
    live = studio.live[TOGETHER]
    assert isinstance(live, Together)
    return live


def choose(studio: sw.Studio, image: int, caption: int) -> None:
    studio.views[MAPS][0].chosen = {"image": image, "caption": caption}


def test_nothing_is_computed_where_nobody_looks(finished: sw.Studio) -> None:
    live = room(finished)
    assert finished.bar.steps[TOGETHER]["state"] == "done"
    assert (live.pair, live.matrix.result.shape, live.lasting, live.code()) == (None, (0, 144), (), [])


def test_it_is_open_as_soon_as_there_are_maps(opened: Callable[..., sw.Studio], monkeypatch: Any) -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(_: Stepwise) -> None:
        begun.set()
        assert may_go_on.wait(30)
        raise InputError("another", "this", "Stop.")

    monkeypatch.setattr(Stepwise, "step4", slow)
    studio = opened()
    assert begun.wait(60)
    found = {step["title"]: step["state"] for step in studio.bar.steps}
    may_go_on.set()
    assert (found["Together"], found["4 Deletion"], found["6 All pairs"]) == ("done", "working", "waiting")
    assert studio.wait(60)


def test_it_follows_the_pair_that_is_chosen_elsewhere(looked: sw.Studio) -> None:
    assert looked.wait(60)
    live = room(looked)
    assert (live.pair, live.finished) == ((0, 0), True)
    captions, scenes = looked.stepwise.captions(), looked.stepwise.few.scenes
    choose(looked, 1, 2)
    assert looked.wait(60)
    assert live.pair == (1, 2)
    alone = sw.Interactions(looked.stepwise.model, players="blocks 3", budget=128)(scenes[1], captions[2])
    np.testing.assert_allclose(live.matrix.result.values, alone.values, atol=1e-5)
    np.testing.assert_allclose(live.matrix.result.errors, alone.errors, atol=1e-5)
    assert live.matrix.result.axis("word").labels == alone.axis("word").labels
    assert live.matrix.selected_word >= 0
    assert scenes[1].name in live.matrix.result.title
    assert live.matrix.status == certainty(alone)
    assert not live.matrix.busy
    assert live.matrix.error == ""
    looked.bar.step = MAPS
    choose(looked, 0, 0)
    assert looked.wait(60)
    assert live.pair == (1, 2), "nobody looks"


def test_old_pictures_cost_only_their_new_caption(looked: sw.Studio) -> None:
    choose(looked, 1, 1)
    assert looked.wait(60)
    choose(looked, 0, 0)
    assert looked.wait(60)
    choose(looked, 0, 1)
    assert looked.wait(60)
    assert room(looked).matrix.result.origin.encoder_passes == 0
    choose(looked, 0, 2)
    assert looked.wait(60)
    asked_twice = 2  # a model that leaves things to chance would be refused
    words = len(room(looked).matrix.result.axis("word"))
    assert room(looked).matrix.result.origin.encoder_passes == 2**words + asked_twice


def held(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], threading.Semaphore, list[bool]]:
    """Rounds of a refinement that wait for a permit each: budgets begun with, permits, whether the lock was held."""
    begun: list[int] = []
    permits, locked = threading.Semaphore(0), []
    refine = Interactions.refine

    def slow(self: Interactions, *arguments: Any) -> Any:
        for better in refine(self, *arguments):
            begun.append(better.origin.settings["masked_pictures_each"])
            locked.append(looked._model_at_work.locked())
            assert permits.acquire(timeout=30)
            yield better

    monkeypatch.setattr(Interactions, "refine", slow)
    return begun, permits, locked


def test_a_round_at_a_time_holds_the_model(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked.wait(60)
    live = room(looked)
    begun, permits, locked = held(looked, monkeypatch)
    shown: list[tuple[bool, str]] = []
    show = live.matrix.show

    def spy(result: Any) -> None:
        shown.append((looked._model_at_work.locked(), str(live.matrix.result.title)))
        show(result)

    monkeypatch.setattr(live.matrix, "show", spy)
    choose(looked, 2, 1)
    permits.release(100)
    assert looked.wait(60)
    assert len(begun) == len(shown) >= 3
    assert begun == sorted(begun)
    assert all(locked)
    assert not any(held for held, _ in shown)


def test_the_latest_pair_wins(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked.wait(60)
    live = room(looked)
    live._worker.patience = 0.0
    begun, permits, _ = held(looked, monkeypatch)
    choose(looked, 1, 1)
    while not begun:
        threading.Event().wait(0.01)
    choose(looked, 2, 2)
    choose(looked, 3, 3)
    permits.release(100)
    assert looked.wait(60)
    assert (live.pair, live.finished) == ((3, 3), True)


def test_it_rests_while_one_looks_elsewhere_and_goes_on(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked.wait(60)
    live = room(looked)
    begun, permits, _ = held(looked, monkeypatch)
    choose(looked, 1, 1)
    while not begun:
        threading.Event().wait(0.01)
    looked.bar.step = MAPS
    permits.release(100)
    assert looked.wait(60)
    assert (live.pair, live.finished, len(begun)) == ((1, 1), False, 1), "a first matrix, and no more"
    assert live.matrix.status == certainty(live.matrix.result)
    coarse = live.matrix.result
    looked.bar.step = TOGETHER
    assert looked.wait(60)
    assert live.finished
    assert live.matrix.result.errors.mean() < coarse.errors.mean()


def test_a_page_keeps_it_as_it_is(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked.wait(60)
    begun, permits, _ = held(looked, monkeypatch)
    choose(looked, 1, 1)
    permits.release(1)
    while len(begun) < 2:
        threading.Event().wait(0.01)
    permits.release(100)
    page = looked.to_html()
    live = room(looked)
    assert live.pair == (1, 1)
    assert json.dumps(live.matrix.result.title) in page
    assert looked.wait(60)
    assert room(looked).finished, "it goes on behind the page"


def test_what_goes_wrong_is_said_under_the_matrix(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked.wait(60)
    before = room(looked).matrix.result

    def fails(*_: Any) -> None:
        raise InputError("coarser players", "144 patches", "Take blocks.")

    refine = Interactions.refine
    monkeypatch.setattr(Interactions, "refine", fails)
    choose(looked, 1, 1)
    assert looked.wait(60)
    live = room(looked)
    assert "Take blocks" in live.matrix.error
    assert live.matrix.result is before
    monkeypatch.setattr(Interactions, "refine", refine)
    looked._turned()
    assert looked.wait(60)
    assert (live.pair, live.matrix.error) == ((1, 1), "")


def test_the_code_gives_the_matrix(looked: sw.Studio) -> None:
    assert looked.wait(60)
    matrix = room(looked).matrix
    matrix.least_z = 2.0
    assert looked.bar.code == looked.code
    *_, pair, interactions, last, trust, card = looked.code.splitlines()
    assert "least_z=2.0" in last
    assert (trust[:28], card) == ("trusted = sw.trust(together,", "sw.TrustCard(trusted)")
    coarse = SimpleNamespace(Interactions=together.Interactions)  # with the fewer players of these tests
    scope: dict[str, Any] = {"stepwise": looked.stepwise, "sw": coarse}
    exec("\n".join([pair, interactions]), scope)
    made = eval(last, {**scope, "sw": sw})
    np.testing.assert_allclose(made.result.values, matrix.result.values, atol=1e-5)
    assert (made.least_z, made.selected_word) == (2.0, matrix.selected_word)


def test_a_saved_study_says_what_it_needs(finished: sw.Studio) -> None:
    step = sw.studio(finished.study).bar.steps[TOGETHER]
    assert (step["state"], step["note"]) == (
        "left out",
        "it is computed while one looks, which needs the pictures and a model",
    )


@pytest.mark.parametrize(
    ("share", "r2", "says"),
    [
        (None, None, "Coarse: standard errors are larger than the spread of the numbers."),
        (0.34, None, "Standard errors are 34% of the spread of the numbers."),
        (0.08, 0.85, "tell most of how the score varies (R2 0.85)"),
        (0.08, 0.6, "tell a good part of how the score varies (R2 0.60)"),
        (0.08, 0.2, "read cells as rough averages"),
    ],
)
def test_plain_words_for_errors_and_r2(finished: sw.Studio, share: Any, r2: Any, says: str) -> None:
    from dataclasses import replace

    some = finished.study["step3"]
    origin = replace(some.origin, settings={"error_over_spread": share, "r2": r2})
    assert says in certainty(replace(some, origin=origin))
