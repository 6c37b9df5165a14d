"""Texts with markup and scripts are shown as text, in every widget and without help from the page's policy."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from saii_widgets.widgets import WordEditor

_SPEC = importlib.util.spec_from_file_location("payloads", Path(__file__).with_name("payloads.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
payloads = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(payloads)

ELEMENTS = "() => [...new Set([...document.querySelectorAll('main *')].map(e => e.localName))].sort()"
HANDLERS = """() => [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())
  .filter(name => name.startsWith('on') || name === 'href' || name === 'srcdoc')"""


def unharmed(page: Any, allowed: set[str]) -> None:
    page.wait_for_timeout(300)  # for what a handler would do after loading
    assert page.evaluate("() => window.hacked") is None
    assert page.evaluate(HANDLERS) == []
    assert set(page.evaluate(ELEMENTS)) <= allowed
    assert page.evaluate("() => ({}).polluted") is None


def test_there_are_enough() -> None:
    assert len(set(payloads.MARKUP)) >= 50


def test_word_editor_shows_text(show: Callable[..., Any]) -> None:
    editors = []
    for text in payloads.MARKUP:
        editor = WordEditor(f"truck {text}", suggestions=[text], label=text, status=text, error=text)
        editor.effects, editor.effects_of, editor.effects_unit = [1.0] * len(editor.words), editor.caption, text
        editors.append(editor)
    page = show(*editors, guarded=False)
    allowed = {"div", "input", "span", "b", "small", "button", "kbd", "progress"}
    unharmed(page, allowed)
    fields = page.get_by_label("Caption", exact=True)
    for k, text in enumerate(payloads.MARKUP):
        assert fields.nth(k).input_value() == f"truck {text}"
    assert page.locator(".saii-status").all_text_contents() == payloads.MARKUP
    assert page.locator(".saii-error").all_text_contents() == payloads.MARKUP
    assert page.locator(".saii-suggestion").all_text_contents() == payloads.MARKUP
    assert page.locator(".saii-widget").nth(3).get_attribute("aria-label") == payloads.MARKUP[3]
    field = fields.first
    field.fill("bus")
    for text in payloads.MARKUP[:10]:
        field.fill(f"bus {text}")
    unharmed(page, allowed)


def test_damaged_state_runs_nothing(show: Callable[..., Any]) -> None:
    page = show(WordEditor("a truck"), guarded=False)
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             model.set({ roles: [text, text] }); model.set({ selected: [text] });
             model.set({ effects: [text, text] });
             model.set({ suggestions: [text, {}, null] });
             model.set({ label: { text } }); model.set({ progress: text });
           } }""",
        payloads.MARKUP + payloads.CONTROLS[:3],
    )
    unharmed(page, {"div", "input", "span", "b", "small", "button", "kbd", "progress"})
