"""The strip of trust under the maps and the matrix: when it measures, what it shows, that it can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import saii_widgets as sw
from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.rooms.plan import PLAN
from saii_widgets.rooms.rewrite import Rewrite
from saii_widgets.rooms.together import Together
from saii_widgets.rooms.trust_strip import TrustStrip

TITLES = [room.title for room in PLAN]
MAPS, TOGETHER = TITLES.index("3 Maps"), TITLES.index("Together")
CAPTIONS = ["a red truck", "a white bus near a fence", "a blue car", "a green van"]
WAIT = 240  # seconds, on a machine that is busy with other things
SETTINGS = {"captions": [*CAPTIONS, *CAPTIONS]}
WHOLE = ["encoder passes", "R2", "rank correlation", "insertion less deletion", "agreement after small changes"]


def strip(studio: sw.Studio, place: int = MAPS) -> TrustStrip:
    live = studio.live[place]
    assert isinstance(live, Rewrite | Together)
    return live.trust


@pytest.fixture
def looked(opened: Callable[..., sw.Studio]) -> sw.Studio:
    """A studio in which one looks at the maps."""
    studio = opened(**SETTINGS)
    assert studio.wait(WAIT)
    assert len(strip(studio).card.table) == 0, "nobody has looked"
    studio.bar.step = MAPS
    assert studio.wait(WAIT)
    return studio


def title(studio: sw.Studio, image: int) -> str:
    return f"Trust in: the map of {studio.stepwise.few.scenes[image].name}"


def choose(studio: sw.Studio, image: int, caption: int) -> None:
    studio.views[MAPS][0].chosen = {"image": image, "caption": caption}


def test_the_map_that_is_looked_at_is_measured(looked: sw.Studio) -> None:
    card = strip(looked).card
    assert [one.quantity for one in card.table][:5] == WHOLE
    assert card.label == title(looked, 0)
    assert (card.error, card.busy, card.status) == ("", False, "")
    assert card.table["R2"].value is not None
    assert card in looked._boxes[MAPS].children[-1].children
    alone = sw.trust(
        looked.study["step3"].select(image=0, caption=0),
        looked.stepwise.model,
        looked.stepwise.few.scenes[0],
        measures="faithfulness",
    )
    assert card.table["R2"].value == alone["R2"].value
    before = card.table
    choose(looked, 1, 2)
    assert looked.wait(WAIT)
    assert card.label == title(looked, 1)
    assert card.table["R2"].value != before["R2"].value
    looked.bar.step = 0
    choose(looked, 0, 0)
    assert looked.wait(WAIT)
    assert card.label == title(looked, 1), "nobody looks"


def test_the_code_gives_the_strip(looked: sw.Studio) -> None:
    choose(looked, 1, 2)
    *_, pair, explained, trust, card = looked.bar.code.splitlines()
    scope: dict[str, Any] = {"stepwise": looked.stepwise, "sw": sw}
    exec("\n".join([pair, explained, trust]), scope)
    made = eval(card, scope)
    assert looked.wait(WAIT)
    shown = strip(looked).card.table
    assert {one.quantity for one in made.table} == {one.quantity for one in shown}
    assert made.table["R2"].value == pytest.approx(shown["R2"].value)


def test_what_is_measured_is_not_measured_twice(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExplainedPair, "of", lambda *_: pytest.fail("it is measured already"))
    looked.bar.step = 0
    looked.bar.step = MAPS
    assert looked.wait(WAIT)
    assert strip(looked).card.error == ""


def test_it_stops_where_nobody_looks_and_goes_on_later(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on, locked = threading.Event(), threading.Event(), []

    def slow(pair: Any, *, seed: int = 0) -> list[Measurement]:  # noqa: ARG001
        locked.append(looked._model_at_work.locked())
        begun.set()
        assert may_go_on.wait(30)
        pair.game.progress(1, 2, "")
        return [Measurement("slow", "slowness", 1.0, "passes", "It is slow.")]

    monkeypatch.setattr("saii_widgets.rooms.trust_strip.MEASURES", {"slow": slow})
    choose(looked, 2, 2)
    assert begun.wait(30)
    looked.bar.step = 0
    may_go_on.set()
    assert looked.wait(WAIT)
    assert all(locked)
    assert (len(strip(looked).card.table), strip(looked).lasting) == (0, ())
    looked.bar.step = MAPS
    assert looked.wait(WAIT)
    assert strip(looked).card.table["slowness"].value == 1
    assert strip(looked).lasting == (strip(looked).card,)


def test_what_goes_wrong_is_said_under_the_strip(looked: sw.Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise InputError("a model", "none", "Load one.")

    monkeypatch.setattr(ExplainedPair, "of", broken)
    choose(looked, 3, 1)
    assert looked.wait(WAIT)
    assert strip(looked).card.error == "wanted a model; got none. Load one."


def test_the_page_holds_the_strip_once_it_is_measured(looked: sw.Studio) -> None:
    assert title(looked, 0) in looked.to_html()
    assert looked.wait(WAIT)
    looked.bar.step = 0
    choose(looked, 1, 1)
    assert title(looked, 1) not in looked.to_html(), "it is not measured for the page's sake"


def test_the_last_round_of_a_matrix_is_measured(
    opened: Callable[..., sw.Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    def blocks(model: Any, **settings: Any) -> Interactions:
        return Interactions(model, **{"players": "blocks 3", "budget": 128, **settings})

    monkeypatch.setattr("saii_widgets.rooms.together.Interactions", blocks)
    studio = opened(**SETTINGS)
    assert studio.wait(WAIT)
    studio.bar.step = TOGETHER
    assert studio.wait(WAIT)
    card = strip(studio, TOGETHER).card
    assert [one.quantity for one in card.table][:5] == WHOLE
    assert card.table["R2"].value == pytest.approx(studio.live[TOGETHER].matrix.result.origin.settings["r2"], abs=0.2)
    assert [one.quantity for one in card.table if one.value is None] == []
