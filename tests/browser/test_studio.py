"""The studio as an exported page: rooms, links and pictures without Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import HeatmapView, PairMatrix, Panels, StudioBar, WordEditor, to_html

CAPTIONS = ["a red truck", "a white bus", "an orange van"]


def pairs(unit: str) -> Explanation:
    values = [[3.0, 1.0, 2.0], [0.0, 5.0, 1.0], [1.0, 2.0, 4.0]]
    return Explanation.from_array(values, kinds=("image", "caption"), labels={"caption": CAPTIONS}, unit=unit)


def maps() -> Explanation:
    values = [[[k + j, 1.0, 0.0, 2.0] for j in range(3)] for k in range(3)]
    return Explanation.from_array(
        values, kinds=("image", "caption", "patch"), labels={"caption": CAPTIONS}, grid=(2, 2), unit="relevance"
    )


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Callable[..., Any]:
    def opened(*widgets: Any, **more: Any) -> Any:
        to_html(widgets, tmp_path / "page.html", **more)
        page = chromium.new_context(viewport={"width": 1100, "height": 800}, reduced_motion="reduce").new_page()
        page.set_default_timeout(10_000)
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_function("() => window.saii?.length")
        return page

    return opened


def room(bar: StudioBar, *groups: list[Any]) -> dict[str, Any]:
    matrix, view = groups[0][0], groups[1][0]
    return {"panels": Panels(bar, "step", groups), "links": [((matrix, "chosen"), (view, "chosen"))]}


def test_a_click_in_one_room_is_a_choice_in_the_other(opened: Callable[..., Any]) -> None:
    bar = StudioBar([{"title": "Scores", "state": "done"}, {"title": "Maps", "state": "done"}])
    matrix, view = PairMatrix(pairs("logit")), HeatmapView(maps())
    page = opened(bar, matrix, view, **room(bar, [matrix], [view]))
    assert page.locator(".saii-pair-matrix").is_visible()
    assert page.locator(".saii-heatmap-view").count() == 0  # drawn when it is first looked at
    cells = page.locator(".saii-cells")
    cells.wait_for()
    box = cells.bounding_box()
    cells.click(position={"x": box["width"] * 2.5 / 3, "y": box["height"] * 1.5 / 3})
    page.get_by_role("button", name="Maps, done").click()
    assert not page.locator(".saii-pair-matrix").is_visible()
    page.locator(".saii-heatmap-view").wait_for()
    assert page.get_by_label("Caption", exact=True).input_value() == "2"
    page.get_by_label("Caption", exact=True).select_option("0")
    page.get_by_role("button", name="Maps, done").press("ArrowLeft")
    page.locator(".saii-pair-matrix .saii-readout", has_text="a red truck: 0").wait_for()


def test_what_needs_python_is_not_offered(opened: Callable[..., Any]) -> None:
    bar = StudioBar(
        [{"title": "Maps", "state": "failed", "note": "wanted captions"}],
        actions={"save study": lambda: None, "go on": lambda: None},
        unfinished=True,
        changed="fence is principal now",
        code="import saii_widgets as sw",
    )
    page = opened(bar)
    assert page.get_by_role("button", name="Save study").count() == 0
    assert page.get_by_role("button", name="Go on").count() == 0
    assert not page.get_by_text("fence is principal now").is_visible()
    assert page.get_by_text("wanted captions").is_visible()
    page.get_by_role("button", name="Copy as code").click()
    assert page.get_by_label("Code for what is shown").input_value() == "import saii_widgets as sw"


def test_a_page_knows_its_own_widgets_only() -> None:
    one, other = WordEditor("a red truck"), WordEditor("a bus")
    with pytest.raises(InputError, match="links and panels of widgets on the page"):
        to_html([one], links=[((one, "caption"), (other, "caption"))])
    with pytest.raises(InputError, match="links and panels of widgets on the page"):
        to_html([one], panels=Panels(other, "step", [[one]]))
