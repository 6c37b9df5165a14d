"""The word editor with a real mouse and a real keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from saii_widgets.widgets import WordEditor

TRAITS = """() => Object.fromEntries(["caption", "words", "spans", "roles", "selected"]
  .map(name => [name, window.saii[0].model.get(name)]))"""


def chips(page: Any) -> list[str]:
    return page.locator(".saii-chip b").all_inner_texts()


def agree(page: Any) -> dict[str, Any]:
    """The traits, checked as Python would check them."""
    traits = page.evaluate(TRAITS)
    assert traits["words"] == [traits["caption"][a:b] for a, b in traits["spans"]] == chips(page)
    assert page.get_by_label("Caption", exact=True).input_value() == traits["caption"]
    twin = WordEditor("a truck")
    twin.set_state(traits)
    assert twin.error == ""
    return traits


def test_click_and_key_tag_a_word(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a 😀 red truck near a metal fence"))
    page.get_by_role("option", name="near, function").click()
    page.get_by_role("button", name="Principal", exact=False).first.click()
    assert agree(page)["roles"][4] == "principal"
    page.get_by_role("option", name="truck").click()
    page.keyboard.press("2")
    traits = agree(page)
    assert traits["roles"][3] == "non-principal"
    assert traits["selected"] == [3]
    assert page.get_by_role("option", name="truck, non-principal").get_attribute("aria-selected") == "true"


def test_drag_tags_a_range(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck near a metal fence"))
    boxes = [page.locator(".saii-chip").nth(k).bounding_box() for k in (1, 5)]
    middle = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    page.mouse.move(*middle[0])
    page.mouse.down()
    page.mouse.move(*middle[1], steps=6)
    page.mouse.up()
    assert page.evaluate(TRAITS)["selected"] == [1, 2, 3, 4, 5]
    page.keyboard.press("1")
    assert agree(page)["roles"] == ["function", *["principal"] * 5]


def test_all_by_keyboard(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck near a metal fence", suggestions=["lorry", "bus"]))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("lorry")
    page.keyboard.press("Enter")
    assert agree(page)["caption"] == "a red lorry near a metal fence"
    assert agree(page)["roles"][2] == "principal"
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("() => document.activeElement.getAttribute('role')") == "listbox":
            break
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Delete")
    assert agree(page)["caption"] == "a red lorry near"
    page.keyboard.press("Control+z")
    assert agree(page)["caption"] == "a red lorry near a metal fence"
    page.keyboard.press("Control+z")
    assert agree(page)["caption"] == "a red truck near a metal fence"
    page.keyboard.press("Control+y")
    assert agree(page)["caption"] == "a red lorry near a metal fence"


def test_typing_finds_words_and_keeps_roles(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck"))
    page.get_by_role("option", name="red").click()
    page.keyboard.press("3")
    field = page.get_by_label("Caption", exact=True)
    field.press("End")
    field.press_sequentially(" near 👩‍🚒 סוס")
    traits = agree(page)
    assert traits["words"] == ["a", "red", "truck", "near", "👩‍🚒", "סוס"]
    assert traits["roles"][1] == "function"
    field.fill("the")
    assert page.evaluate(TRAITS)["caption"] == "a red truck near 👩‍🚒 סוס"
    assert "needs a word" in page.locator(".saii-readout").inner_text()
    assert field.get_attribute("aria-invalid") is not None


def test_add_delete_and_undo_by_mouse(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck", suggestions=["brick wall", "red", "bus"]))
    assert page.locator(".saii-suggestion").all_inner_texts() == ["brick wall", "bus"]
    page.get_by_role("button", name="brick wall").click()
    page.get_by_role("button", name="Add").click()
    traits = agree(page)
    assert traits["caption"] == "a red truck brick wall"
    assert traits["words"][-1] == "brick wall"
    page.get_by_role("option", name="red").click()
    page.get_by_role("button", name="Delete").click()
    assert agree(page)["caption"] == "a truck brick wall"
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    assert agree(page)["caption"] == "a red truck"
    assert page.get_by_role("button", name="Undo").is_disabled()
    page.get_by_role("button", name="Redo").click()
    assert agree(page)["caption"] == "a red truck brick wall"


def test_arrows_follow_the_script(show: Callable[..., Any]) -> None:
    page = show(WordEditor("سيارة حمراء قرب سياج"))
    first, second = (page.locator(".saii-chip").nth(k).bounding_box() for k in (0, 1))
    assert first["x"] > second["x"]
    page.locator(".saii-chips").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(TRAITS)["selected"] == [1]


def test_keys_stay_in_the_widget(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck"))
    page.evaluate("() => { window.keys = []; document.addEventListener('keydown', e => window.keys.push(e.key)); }")
    page.locator(".saii-chips").focus()
    for key in ("a", "b", "d", "ArrowDown", "1", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("() => window.keys") == []
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate("() => window.keys") == ["Escape", "Enter"]


def test_change_from_outside_is_drawn_and_undone(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck"))
    page.evaluate(
        """() => window.saii[0].model.set({ caption: "a bus", words: ["a", "bus"], spans: [[0, 1], [2, 5]],
           roles: ["function", "principal"] })"""
    )
    assert chips(page) == ["a", "bus"]
    page.get_by_role("button", name="Undo").click()
    assert agree(page)["caption"] == "a red truck"


def test_effects_shade_words_of_their_caption_only(show: Callable[..., Any]) -> None:
    editor = WordEditor("a red truck", effects=[0.0, 1.0, 3.0], effects_of="a red truck")
    page = show(editor)
    assert page.locator(".saii-chip small").all_inner_texts() == ["0.0\u202f%", "25.0\u202f%", "75.0\u202f%"]
    assert page.get_by_role("option", name="truck, principal, 75.0\u202f% of the relevance").count() == 1
    shades = page.locator(".saii-chip").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert len(set(shades)) == 3
    page.get_by_label("Caption", exact=True).press_sequentially("x")
    assert page.locator(".saii-chip small").count() == 0


def test_view_closes_without_a_trace(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a red truck"))
    page.evaluate("() => window.saii[0].close()")
    assert page.locator(".saii-widget").count() == 0
    assert page.evaluate("() => [...window.saii[0].model.heard.values()].flat().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str) -> None:
    editor = WordEditor("a red truck near a metal fence", suggestions=["blue", "lorry", "bus", "brick wall"])
    editor.effects, editor.effects_of = [0.1, 1.0, 2.0, -0.3, 0.1, 0.6], editor.caption
    page = show(editor, WordEditor("سيارة حمراء قرب سياج"), color_scheme=scheme)
    page.locator(".saii-chip").nth(1).click()
    shot(page, f"word_editor_{scheme}")
