"""Every widget of the folder in JupyterLab, as its docstring's example makes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.cells import WIDGETS, example_cell
from tests.lab.jupyter_server import JupyterServer
from tests.lab.notebook_page import NotebookPage

REACHABLE = "button:not(:disabled), input, select, canvas[tabindex], [role=listbox], [tabindex='0']"


@pytest.fixture(scope="module")
def gallery(server: JupyterServer, lab_browser: Any) -> Iterator[NotebookPage]:
    """One notebook with a cell for each."""
    server.write("gallery.ipynb", [example_cell(name) for name in WIDGETS])
    context = lab_browser.new_context(viewport={"width": 1100, "height": 900}, reduced_motion="reduce")
    made = NotebookPage(context, server, "gallery.ipynb")
    made.open()
    made.run()
    yield made
    made.close()
    server.end_kernels()
    assert made.wrong == []


@pytest.mark.parametrize("name", WIDGETS)
def test_it_is_seen_named_and_follows_python(gallery: NotebookPage, name: str) -> None:
    view = gallery.widget(name.replace("_", "-"))
    assert view.get_attribute("role") == "group"
    assert view.get_attribute("aria-label") == gallery.kernel.value(f"{name}.label")
    assert view.locator(".saii-parted").inner_text() == ""
    gallery.kernel.run(f"{name}.label, {name}.error = 'The <b>{name}</b>', 'The disk is full.'")
    gallery.page.get_by_role("group", name=f"The <b>{name}</b>", exact=True).wait_for()
    view.get_by_role("alert").filter(has_text="The disk is full.").wait_for()
    gallery.kernel.run(f"{name}.error = ''")
    view.get_by_role("alert").filter(has_not_text="full").wait_for(state="attached")
    assert gallery.wrong == []


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_looks(gallery: NotebookPage, theme: str) -> None:
    gallery.theme(theme)
    for name in WIDGETS:
        gallery.widget(name.replace("_", "-"))
        gallery.shot(f"{name}_{theme.lower()}")
    scheme = "() => [...document.querySelectorAll('.saii-widget')].map(one => getComputedStyle(one).colorScheme)"
    assert set(gallery.page.evaluate(scheme)) == {theme.lower()}


@pytest.mark.parametrize("name", WIDGETS)
def test_letters_typed_inside_do_not_reach_the_notebook(gallery: NotebookPage, name: str) -> None:
    view = gallery.widget(name.replace("_", "-"))
    cells = gallery.n_cells
    reachable = view.locator(REACHABLE)
    assert reachable.count() > 0
    for k in range(reachable.count()):
        if not reachable.nth(k).is_visible():
            continue
        reachable.nth(k).focus()
        for key in ("a", "b", "d", "d", "x", "ArrowDown"):
            gallery.page.keyboard.press(key)
            assert gallery.n_cells == cells, (key, reachable.nth(k).evaluate("e => e.outerHTML"))
    assert gallery.wrong == []
