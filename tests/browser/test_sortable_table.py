"""The sortable table in a browser that runs no script of it."""

from __future__ import annotations

from typing import Any

import pytest

from saii_widgets.core.html import sortable_table, style

pytestmark = pytest.mark.browser

ROWS = [("a", [("1", 1.0), ("9", -9.0)]), ("b", [("2", 2.0), ("5", -5.0)]), ("c", [("3", 3.0), ("–", None)])]


def names(page: Any, table: int) -> list[str]:
    """Names of the rows as they are seen, from the top."""
    heads = page.locator(".saii-sortable").nth(table).locator('[role="rowheader"]')
    seen = [(heads.nth(k).bounding_box()["y"], heads.nth(k).inner_text()) for k in range(heads.count())]
    return [name for _, name in sorted(seen)]


def test_a_result_within_another_keeps_its_light_or_dark(chromium: Any) -> None:
    page = chromium.new_page(color_scheme="dark")
    page.set_content(f'{style()}<div class="saii" style="color-scheme: light"><div class="saii">inside</div></div>')
    grounds = page.locator(".saii").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundColor)")
    assert grounds == ["rgb(255, 255, 255)"] * 2
    page.close()


def test_a_column_is_chosen_by_mouse_and_keyboard(chromium: Any) -> None:
    page = chromium.new_page(java_script_enabled=True)
    rows = [(name, [cells[0], (cells[1][0], None if cells[1][1] is None else -cells[1][1])]) for name, cells in ROWS]
    one = sortable_table("name", ["up", "down"], ROWS)
    page.set_content(f'{style()}<div class="saii">{one}{sortable_table("name", ["up", "x"], rows[::-1])}</div>')
    assert names(page, 0) == ["a", "b", "c"]
    page.get_by_label("down").check()
    assert names(page, 0) == ["a", "b", "c"]
    page.get_by_label("x", exact=True).check()
    assert names(page, 1) == ["b", "a", "c"]
    assert page.get_by_label("down").is_checked(), "tables on one page do not share their buttons"
    page.get_by_label("x", exact=True).press("ArrowLeft")
    assert names(page, 1) == ["a", "b", "c"]
    page.close()
