"""The concept graph's Python side: what is taken and what travels, classes, edits and what `predict` says to them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration, Span
from saii_widgets.widgets import ConceptGraphView
from saii_widgets.widgets.concept_data import ConceptData
from saii_widgets.widgets.traits import WidgetError
from tests.widgets import drawn_bus as bus

STOP = bus.CONCEPTS.index("stop sign")
LADDER = bus.CONCEPTS.index("ladder")


def view(**more: Any) -> ConceptGraphView:
    return ConceptGraphView(bus.explanation(), examples=bus.examples(), **more)


def sent(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<f4")


def answer(_: dict) -> dict[str, list[float]]:
    return {"classifier": [0.2, 0.7, 0.1], "network": [0.3, 0.6, 0.1]}


def test_numbers_travel_once_as_they_are() -> None:
    result = bus.explanation()
    shown = ConceptGraphView(result)
    assert np.array_equal(sent(shown._values), result.values.ravel())
    for name in ("edges", "strength", "relations"):
        assert np.array_equal(sent(getattr(shown, f"_{name}")), result.companions[name].values.ravel())
    for data, name in zip(shown._scores, ("classifier", "network", "removed", "network removed"), strict=True):
        assert np.array_equal(sent(data), result.companions[name].values.ravel())
    n, rows, columns = len(bus.CONCEPTS), *shown._about["raster"]
    assert max(rows, columns) <= 192
    bits = np.unpackbits(np.frombuffer(shown._masks, np.uint8))[: n * rows * columns].reshape(n, rows, columns)
    assert np.array_equal(bits.astype(bool), bus.masks()[:, ::2, ::2])
    assert shown._about["present"] == [True] * bus.PRESENT + [False, False]
    left, top, right, bottom = shown._about["boxes"][0]
    assert [left * 320, top * 240, right * 320, bottom * 240] == pytest.approx([112, 62, 283, 99])


def test_it_begins_with_the_prediction_and_its_strongest_concept() -> None:
    assert (view().hypothesis, view().against, view().selected_concept) == (0, -1, STOP)
    fire = view(hypothesis=1)
    assert fire.selected_concept == STOP, "the ladder is stronger, but not in this picture"
    taxi = replace(bus.explanation(), companions={"network": bus.explanation().companions["network"]})
    assert ConceptGraphView(taxi).hypothesis == 0, "without a classifier's scores the largest sum"
    assert 0 < view().threshold < 0.3
    strong = np.abs(bus.explanation().companions["edges"].values[0])
    left = (strong >= view().threshold * np.abs(bus.explanation().companions["edges"].values).max()) & (strong > 0)
    assert 0 < left.sum() <= 2 * len(bus.CONCEPTS)
    assert view(threshold=0.7, selected_concept=-1).threshold == 0.7


def test_why_and_why_not() -> None:
    shown = view()
    assert shown.value == pytest.approx(1.24)
    assert [name for name, _ in shown.top(2)] == ["stop sign", "window row"]
    shown.against = 1
    assert shown.value == pytest.approx(1.24 + 0.74)
    assert dict(shown.top(8))["ladder"] == pytest.approx(1.53)
    shown.selected_concept = -1
    assert shown.value is None


def test_examples_are_counted_concept_by_concept() -> None:
    by_place = {LADDER: bus.examples()[LADDER], "stop sign": [Image.new("RGB", (300, 10))] * 12}
    shown = ConceptGraphView(bus.explanation(), examples=by_place)
    assert [k for k, _ in shown.examples] == [STOP] * 8 + [LADDER]
    assert max(shown.examples[0][1].size) == 96
    assert len(shown._examples) == 9
    for wrong in ({"wing": []}, {99: []}, {-1: []}):
        with pytest.raises(InputError, match="examples of window row"):
            ConceptGraphView(bus.explanation(), examples=wrong)


def test_masks_boxes_or_neither() -> None:
    result = bus.explanation(companions=False)
    of_boxes = replace(result, axes=(result.axes[0], Axis("concept", bus.CONCEPTS, boxes=ConceptData(result).boxes)))
    shown = ConceptGraphView(of_boxes)
    assert shown._about["present"] == [True] * bus.PRESENT + [False, False]
    rows, columns = shown._about["raster"]
    bits = np.unpackbits(np.frombuffer(shown._masks, np.uint8))[: 8 * rows * columns].reshape(8, rows, columns)
    assert bits[1].mean() == pytest.approx(25 * 43 / (320 * 240), rel=0.1)
    nowhere = ConceptGraphView(replace(result, axes=(result.axes[0], Axis("concept", bus.CONCEPTS))))
    assert nowhere._about["boxes"] is None
    assert nowhere._masks == b""
    gone = replace(bus.explanation().companions["presence"], values=np.zeros(8))
    none_there = replace(result, companions={"presence": gone})
    assert not any(ConceptGraphView(none_there)._about["present"])
    assert ConceptGraphView(none_there).selected_concept == -1


def test_no_concept_at_all() -> None:
    masks = np.zeros((0, 4, 4), bool)
    axes = (Axis("class", bus.CLASSES), Axis("concept", (), masks=masks))
    nothing = Explanation(np.zeros((3, 0)), axes, "logit", images=(bus.picture(),))
    shown = ConceptGraphView(nothing)
    assert (shown.selected_concept, shown.value, shown.top()) == (-1, None, [])
    with pytest.raises(WidgetError, match="-1: there are no concepts"):
        shown.selected_concept = 0
    assert "saii" in shown.fallback_html()


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("word", "concept"), r"over \(class, concept\); got one over \(word, concept\)"),
        (("concept",), r"got one over \(concept\)"),
        (("class", "concept", "concept"), "the view itself compares two classes"),
    ],
)
def test_other_axes_are_refused(kinds: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ConceptGraphView(Explanation(np.ones([2] * len(kinds)), tuple(Axis(kind, ("a", "b")) for kind in kinds)))
    with pytest.raises(InputError, match="at least one class"):
        ConceptGraphView(Explanation(np.ones((0, 1)), (Axis("class", ()), Axis("concept", ("a",)))))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("edges", ("class",)),
        ("edges", ("class", "concept", "relation")),
        ("strength", ("concept", "class")),
        ("presence", ("class",)),
        ("relations", ("concept", "concept")),
        ("classifier", ("class",)),
        ("removed", ("concept", "class")),
    ],
)
def test_companions_that_do_not_fit_are_refused(name: str, kinds: tuple[str, ...]) -> None:
    few = Explanation(np.ones([2] * len(kinds)), tuple(Axis(kind, ("a", "b")) for kind in kinds))
    with pytest.raises(InputError, match=f"the companion '{name}' over"):
        ConceptGraphView(replace(bus.explanation(), companions={name: few}))


def test_narrations_belong_to_classes_and_concepts() -> None:
    shown = view(narrations={"school bus": bus.narration(), "taxi": Narration("No taxi sign.")})
    assert set(shown._about["texts"]) == {"0", "2"}
    assert shown._about["texts"]["0"]["spans"][0] == [4, 13, 4, "name"]
    assert len(shown._about["texts"]["0"]["sentences"]) == 3
    with pytest.raises(InputError, match="one of 'tram'"):
        view(narrations={"tram": bus.narration()})
    with pytest.raises(InputError, match="names the 8 concepts; got 1 names"):
        view(narrations={"taxi": Narration("a wheel", [Span(2, 7, 0)], "taxi", ["wheel"])})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hypothesis", 3, "a place from 0 to 2"),
        ("against", -2, "from -1 on"),
        ("selected_concept", 8, "a place from 0 to 7"),
        ("threshold", 1.5, "from 0 to 1"),
        ("height", 10, "from 240 to 1200"),
        ("edit", {"remove": LADDER}, "in the picture: 0, 1, 2, 3, 4, 5; got 6"),
        ("edit", {"remove": 0, "swap": [0, 1]}, "one change at a time"),
        ("edit", {"paint": 0}, "an edit as"),
        ("edit", {"move": [0, 1]}, "an edit as"),
        ("edit", {"move": "012"}, "an edit as"),
        ("edit", {"move": [0, float("nan"), 0]}, "finite numbers"),
        ("edit", {"remove": True}, "finite numbers"),
        ("edit", {"remove": 1.5}, "in the picture"),
        ("edit", {"swap": [0, 99]}, "an example from 0 to 18"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    shown = view()
    before = getattr(shown, name)
    with pytest.raises(WidgetError, match=message):
        setattr(shown, name, value)
    shown.set_state({name: value})
    assert shown.error
    assert getattr(shown, name) == before


def test_an_edit_is_predicted_beside_the_notebook() -> None:
    asked: list[tuple[dict, str]] = []

    def predict(edit: dict) -> dict[str, Any]:
        asked.append((edit, threading.current_thread().name))
        return {
            "classifier": dict(zip(bus.CLASSES, [0.2, 0.7, 0.1], strict=True)),
            "network": np.array([0.3, 0.6, 0.1]),
        }

    shown = view(predict=predict)
    assert shown._live
    assert shown.outcome == {}
    shown.set_state({"edit": {"move": [STOP, 0.25, -7]}})
    assert shown.wait(10)
    assert asked == [({"move": [STOP, 0.25, -1.0]}, "saii-latest-wins")]
    assert shown.outcome["classifier"] == {"school bus": 0.2, "fire engine": 0.7, "taxi": 0.1}
    assert shown.outcome["network"]["taxi"] == 0.1
    shown.edit = {}
    assert shown.wait(10)
    assert shown.outcome == {}
    assert len(asked) == 1
    shown.edit = {"swap": [0, 3]}
    assert shown.wait(10)
    assert asked[-1][0] == {"swap": [0, 3]}
    began = view(predict=predict, edit={"remove": 1})
    assert began.wait(10)
    assert began.outcome


def test_the_latest_edit_wins() -> None:
    entered, go_on = threading.Event(), threading.Event()
    asked: list[int] = []

    def predict(edit: dict) -> dict[str, list[float]]:
        asked.append(edit["remove"])
        entered.set()
        go_on.wait(10)
        return answer(edit)

    shown = view(predict=predict)
    shown.edit = {"remove": 0}
    assert entered.wait(10)
    for k in (1, 2, 3):
        shown.edit = {"remove": k}
    go_on.set()
    assert shown.wait(10)
    assert asked == [0, 3]
    assert shown._outcome["edit"] == {"remove": 3}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([0.5, 0.5], 'a dict with "classifier"'),
        ({"network": [1, 0, 0]}, "got entries network"),
        ({"classifier": [0.5, 0.5]}, "3 finite scores of the classifier"),
        ({"classifier": [0.5, 0.5, float("nan")]}, "3 finite scores"),
        ({"classifier": {"taxi": 1.0}}, "3 finite scores"),
        ({"classifier": "abc"}, "3 finite scores"),
        ({"classifier": [1, 0, 0], "network": [[1, 0, 0]]}, "3 finite scores of the network"),
    ],
)
def test_what_predict_says_is_checked_and_shown(said: Any, message: str) -> None:
    shown = view(predict=lambda _: said)
    shown.edit = {"remove": 0}
    assert shown.wait(10)
    assert message in shown.error
    assert shown.outcome == {}


def test_errors_of_predict_are_shown_and_go_with_the_next_answer() -> None:
    calls = iter([RuntimeError("out of memory"), None])

    def predict(edit: dict) -> dict[str, list[float]]:
        if (error := next(calls)) is not None:
            raise error
        return answer(edit)

    shown = view(predict=predict)
    shown.edit = {"remove": 0}
    assert shown.wait(10)
    assert "RuntimeError: out of memory" in shown.error
    shown.edit = {"remove": 1}
    assert shown.wait(10)
    assert shown.error == ""
    assert shown.outcome["classifier"]["taxi"] == 0.1
    without = view(predict=lambda _: {"classifier": [1, 0, 0]})
    without.edit = {"remove": 0}
    assert without.wait(10)
    assert set(without.outcome) == {"classifier"}


def test_another_picture_in_place() -> None:
    shown = view(predict=answer, hypothesis=2, against=1, edit={"remove": 0})
    assert shown.wait(10)
    other = replace(bus.explanation(), values=-bus.VALUES, title="Another")
    shown.show(other, narrations={"taxi": Narration("A taxi.")})
    assert shown.wait(10)
    assert (shown.edit, shown.outcome, shown.hypothesis, shown.against) == ({}, {}, 2, 1)
    assert shown.explanation.title == "Another"
    assert np.array_equal(sent(shown._values), -bus.VALUES.ravel())
    assert shown.examples == ()
    few = Explanation([[1.0]], (Axis("class", ("tram",)), Axis("concept", ("wheel",))), "logit")
    shown.show(few)
    assert (shown.hypothesis, shown.against, shown.selected_concept) == (0, -1, 0)
    with pytest.raises(InputError):
        shown.show(Explanation([1.0], (Axis("concept", ("wheel",)),)))
    assert shown.explanation is few


def test_it_stands_in_for_itself_without_a_script() -> None:
    shown = view(narrations={"school bus": bus.narration()}, against=1)
    html = shown.fallback_html()
    assert "Why school bus and not fire engine" in html
    assert "<mark" in html
    assert "<img" in html
    assert "+1.98" in html
    hostile = Explanation([[1.0]], (Axis("class", ("<script>x",)), Axis("concept", ("<b>",))), "logit", "<i>")
    assert "<script" not in ConceptGraphView(hostile).fallback_html()


def test_without_a_script_too_what_is_missing_has_no_bar_of_nothing() -> None:
    result = bus.explanation()
    values = result.values.copy()
    values[:, [1, 6]] = 0  # one that is there, and one that is not
    html = ConceptGraphView(replace(result, values=values)).fallback_html()
    assert ">grille<" in html
    assert ">ladder<" not in html
