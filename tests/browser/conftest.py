"""Exported pages in Chromium: no network, and an error in the console fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SHOTS = HERE.parents[1] / "out" / "screenshots"

Show = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Show]:
    """``show(*widgets)`` opens their exported page and gives it back."""
    from saii_widgets.widgets import to_html

    opened: list[tuple[Any, list[str]]] = []

    def show(*widgets: Any, guarded: bool = True, size: tuple[int, int] = (960, 800), **context: Any) -> Any:
        path = tmp_path / f"page{len(opened)}.html"
        text = to_html(widgets, path)
        if not guarded:  # a notebook has no content security policy, so nothing may rest on it
            path.write_text(text.replace("Content-Security-Policy", "x-none"), encoding="utf-8")
        context.setdefault("reduced_motion", "reduce")
        made = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **context)
        page = made.new_page()
        wrong: list[str] = []
        opened.append((made, wrong))

        def allow(route: Any) -> None:
            if route.request.url.startswith(("file:", "data:", "blob:")):
                route.continue_()
            else:
                wrong.append(f"asked for {route.request.url}")
                route.abort()

        made.route("**/*", allow)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(10_000)
        page.goto(path.as_uri())
        page.wait_for_function("() => window.saii?.length")
        return page

    yield show
    for made, wrong in opened:
        made.close()
        assert wrong == []


@pytest.fixture
def shot() -> Callable[[Any, str], None]:
    """Keeps a screenshot for people to look at."""

    def shot(page: Any, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return shot
