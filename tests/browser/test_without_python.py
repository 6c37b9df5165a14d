"""What a page without Python says and switches off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import WordEditor, to_html

NEEDY = """new MutationObserver((_, mine) => {
  const body = document.querySelector('.saii-body');
  if (!body) return;
  mine.disconnect();
  const save = Object.assign(document.createElement('button'), { textContent: 'Save' });
  save.dataset.python = '';
  body.append(save);
}).observe(document, { childList: true, subtree: true });"""


def test_effects_of_an_edited_caption_are_not_made_up(show: Callable[..., Any]) -> None:
    editor = WordEditor("a red truck")
    editor.show_effects(Explanation.from_array([0.1, 0.2, 0.7], kinds="word", caption="a red truck"))
    page = show(editor)
    note = page.get_by_text("computing those of this one needs Python")
    assert note.is_hidden()
    assert page.locator(".saii-parted").inner_text() == ""
    page.get_by_label("Caption", exact=True).fill("a red van")
    note.wait_for()
    assert page.locator(".saii-chip small").count() == 0
    page.keyboard.press("Control+z")
    note.wait_for(state="hidden")
    assert page.locator(".saii-chip small").count() == 3


def test_controls_that_need_python_are_off(chromium: Any, tmp_path: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(NEEDY)
    to_html([WordEditor("a red truck")], tmp_path / "page.html")
    page.goto((tmp_path / "page.html").as_uri())
    save = page.get_by_role("button", name="Save")
    save.wait_for()
    assert save.is_disabled()
    assert save.get_attribute("title") == "Needs Python"
    assert page.get_by_role("button", name="Add").is_enabled()
    context.close()
