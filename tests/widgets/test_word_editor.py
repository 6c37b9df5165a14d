"""The word editor's Python side: traits that agree with one another, edits from a page, effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import traitlets as t

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.widgets.traits import WidgetError
from saii_widgets.widgets.word_editor import WordEditor


def edit(text: str, *words: tuple[int, int, str]) -> dict[str, Any]:
    return {
        "caption": text,
        "words": [text[a:b] for a, b, _ in words],
        "spans": [[a, b] for a, b, _ in words],
        "roles": [role for *_, role in words],
    }


def agree(editor: WordEditor) -> bool:
    """Traits say what the value says, each word where its span is."""
    value = editor.value
    return (
        editor.caption == value.text
        and editor.words == [w.text for w in value.words] == [editor.caption[a:b] for a, b in editor.spans]
        and editor.roles == [str(w.role) for w in value.words]
    )


def test_caption_in_python_brings_words_and_keeps_roles() -> None:
    editor = WordEditor("a red truck near a metal fence")
    editor.roles = ["function", "non-principal", *editor.roles[2:]]
    seen: list[str] = []
    editor.observe(lambda change: seen.append(change["name"]), ["caption", "words", "roles", "spans"])
    editor.caption = "a red truck near a 😀 and a metal fence"
    assert editor.words == ["a", "red", "truck", "near", "a", "😀", "and", "a", "metal fence"]
    assert editor.roles[1] == "non-principal"
    assert agree(editor)
    assert {"caption", "words", "roles", "spans"} <= set(seen)


def test_value_takes_a_caption() -> None:
    editor = WordEditor(Caption.parse("a red truck"))
    editor.selected = [2]
    editor.value = Caption.parse("a bus")
    assert editor.words == ["a", "bus"]
    assert editor.selected == []
    assert agree(editor)


@pytest.mark.parametrize("text", ["", "  ", "a the", "a truck\x00", "a truck \u202e"])
def test_no_caption_is_refused_and_the_old_one_stays(text: str) -> None:
    editor = WordEditor("a red truck")
    with pytest.raises(CaptionError, match="wanted a caption"):
        editor.caption = text
    assert editor.caption == "a red truck"
    assert agree(editor)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("roles", ["principal"], "3 roles"),
        ("roles", ["principal", "principal", "boss"], "'boss'"),
        ("words", ["a", "b"], "Set `caption`"),
        ("spans", [[0, 1]], "Set `caption`"),
        ("selected", [3], "places of words, 0 to 2"),
        ("selected", [-1], "places of words"),
        ("progress", 1.5, "progress of the WordEditor as a number from 0 to 1"),
        ("progress", "half", "progress of the WordEditor"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: object, message: str) -> None:
    editor = WordEditor("a red truck")
    with pytest.raises(WidgetError, match=message):
        setattr(editor, name, value)
    assert agree(editor)


def test_edit_from_a_page_comes_as_one() -> None:
    editor = WordEditor("a red truck")
    captions: list[Caption] = []
    editor.observe(lambda _: captions.append(editor.value), "caption")
    editor.set_state(edit("a 😀 bus", (0, 1, "function"), (2, 3, "principal"), (4, 7, "principal")))
    assert str(editor.value) == "a 😀 bus"
    assert [str(c) for c in captions] == ["a 😀 bus"]
    assert agree(editor)
    assert editor.error == ""


@pytest.mark.parametrize(
    "sent",
    [
        edit("a bus", (0, 1, "function"), (2, 9, "principal")),
        edit("a bus", (2, 5, "principal"), (0, 1, "function")),
        edit("a bus", (0, 1, "chief"), (2, 5, "principal")),
        {**edit("a bus", (0, 1, "function")), "words": ["the"]},
        {**edit("a bus", (0, 1, "function")), "roles": []},
        {**edit("a bus"), "spans": [[0]]},
        {**edit("a bus"), "caption": 7},
        {"caption": "the a"},
        {"caption": "truck " * 1000},
        {"spans": None},
    ],
)
def test_damaged_edit_from_a_page_is_shown_and_refused(sent: dict[str, Any]) -> None:
    editor = WordEditor("a red truck")
    editor.set_state(sent)
    assert editor.caption == "a red truck"
    assert editor.error
    assert agree(editor)
    editor.set_state(edit("a bus", (0, 1, "function"), (2, 5, "principal")))
    assert editor.error == ""
    assert editor.caption == "a bus"


def test_wrong_choice_from_a_page_is_shown() -> None:
    editor = WordEditor("a red truck")
    editor.set_state({"selected": [9]})
    assert "places of words" in editor.error
    assert editor.selected == []


def test_effects_belong_to_their_caption() -> None:
    captions = [Caption.parse("a red truck"), Caption.parse("a bus")]
    values = np.arange(10, dtype=np.float32).reshape(2, 5)
    words = Explanation(values, (Axis.images(["one", "two"]), Axis.words(captions)), captions=tuple(captions))
    maps = Explanation.from_array(np.ones((2, 4)), kinds=("image", "patch"), labels={"image": ["one", "two"]},
                                  companions={"words": words})  # fmt: skip
    editor = WordEditor("a red truck")
    editor.show_effects(maps, image="two")
    assert (editor.effects, editor.effects_of, editor.effects_unit) == ([5, 6, 7], "a red truck", "relevance")
    assert "25.0\u202f%" not in editor.fallback_html()
    assert "38.9" in editor.fallback_html()
    with pytest.raises(InputError, match="effects of a, bus"):
        editor.show_effects(words, caption=1)
    with pytest.raises(InputError, match="companion 'words'"):
        editor.show_effects(Explanation.from_array(np.ones(4), kinds="patch"))
    editor.show_effects(None)
    assert editor.effects == []


def test_traits_link() -> None:
    one, other = WordEditor("a red truck"), WordEditor("a bus")
    t.link((one, "caption"), (other, "caption"))
    one.caption = "a white van"
    assert other.words == ["a", "white", "van"]
    assert agree(other)


def test_only_what_the_page_sent_is_echoed(monkeypatch: pytest.MonkeyPatch) -> None:
    editor, sent = WordEditor("a red truck"), []
    monkeypatch.setattr(editor, "_send", lambda message, buffers=None: sent.append(message))  # noqa: ARG005
    editor.set_state({"roles": ["function", "function", "principal"]})
    assert [sorted(message["state"]) for message in sent] == [["roles"]]
    assert editor.value.words[1].role == "function"
