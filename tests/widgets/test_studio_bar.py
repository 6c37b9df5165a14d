"""The bar of the studio: steps are whole or refused, and what a button does wrong is shown."""

from __future__ import annotations

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.widgets import StudioBar

STEPS = [{"title": "Captions"}, {"title": "Maps", "about": "Where it comes from."}]


def test_a_step_is_marked_and_the_others_stay() -> None:
    bar = StudioBar(STEPS)
    bar.mark(1, "failed", "no words")
    assert bar.steps[0] == {"title": "Captions", "about": "", "state": "waiting", "note": ""}
    assert bar.steps[1] == {
        "title": "Maps",
        "about": "Where it comes from.",
        "state": "failed",
        "note": "no words",
    }
    with pytest.raises(InputError, match=r"a state out of waiting, working, done, left out, failed; got 'ready'"):
        bar.mark(0, "ready")


def test_wrong_steps_and_actions_are_refused() -> None:
    with pytest.raises(InputError, match="at least one step"):
        StudioBar([])
    with pytest.raises(InputError, match="a title for each step"):
        StudioBar([{"about": "nothing"}])
    with pytest.raises(InputError, match="'format disk'"):
        StudioBar(STEPS, actions={"format disk": lambda: None})
    with pytest.raises(InputError, match="step from 0 to 1; got 2"):
        StudioBar(STEPS).step = 2


def test_what_the_page_sends_is_checked() -> None:
    bar = StudioBar(STEPS)
    bar.set_state({"step": 7})
    assert bar.step == 0
    assert "step from 0 to 1" in bar.error
    bar.set_state({"steps": [{"title": "Maps", "state": "hacked"}]})
    assert bar.steps[0]["title"] == "Captions"
    assert "a state out of" in bar.error


def test_buttons_do_what_they_say_and_errors_are_shown() -> None:
    done: list[str] = []

    def fails() -> None:
        raise InputError("room on the disk", "none", "Delete something.")

    bar = StudioBar(STEPS, actions={"save study": lambda: done.append("saved"), "export page": fails})
    assert bar.offered == ["save study", "export page"]
    bar._hear(bar, {"action": "save study"}, [])
    assert done == ["saved"]
    assert bar.error == ""
    bar._hear(bar, {"action": "export page"}, [])
    assert bar.error == "wanted room on the disk; got none. Delete something."
    bar._hear(bar, {"action": "save study"}, [])
    assert bar.error == ""
    for content in ({"action": "cancel"}, {"action": ["save study"]}, "save study", None):
        bar._hear(bar, content, [])
        assert "has no action" in bar.error
    assert done == ["saved", "saved"]
