"""The concept graph with a real mouse and a real keyboard; colours read back from the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scale import Scale
from saii_widgets.widgets import ConceptGraphView
from tests.browser.concept_page import (
    GRILLE,
    LADDER,
    LAMP,
    STOP,
    WINDOWS,
    get,
    middle,
    node,
    opened,
    pixel,
    put,
    reads,
    said,
    settled,
    view,
)  # fmt: skip
from tests.widgets import drawn_bus as bus

EDGES = bus.explanation().companions["edges"].values


def test_segments_and_nodes_have_the_colours_of_their_contributions(show: Callable[..., Any]) -> None:
    page = opened(show, view(selected_concept=-1))
    reach = float(np.abs(bus.VALUES).max())
    colours = Scale(-reach, reach, signed=True).colours(bus.VALUES[0]).astype(int)
    for k in range(bus.PRESENT):
        face = node(page, k).locator(".saii-face").evaluate("e => getComputedStyle(e).backgroundColor")
        assert face == f"rgb({', '.join(map(str, colours[k]))})"
        assert node(page, k).locator(".saii-node-number").inner_text() == f"{bus.VALUES[0, k]:+.2f}".replace("-", "−")
    stop, windows = pixel(page, STOP), pixel(page, WINDOWS)
    assert stop[0] - stop[2] > 60
    assert windows[0] - windows[2] > 30
    put(page, hypothesis=1)
    stop = pixel(page, STOP)
    assert stop[2] - stop[0] > 30, "what speaks against the class is blue"
    assert node(page, STOP).locator(".saii-node-number").inner_text() == "−0.74"


def test_a_click_lights_segment_name_examples_and_sentence(show: Callable[..., Any]) -> None:
    page = opened(show, view(selected_concept=-1))
    assert page.locator(".saii-card p").last.inner_text() == "Choose a concept in the picture, the graph or the list."
    tinted = pixel(page, GRILLE)
    node(page, GRILLE).click()
    page.mouse.move(2, 2)
    page.evaluate("() => document.activeElement.blur()")
    assert get(page, "selected_concept") == GRILLE
    lit = pixel(page, GRILLE)
    assert np.abs(lit - tinted).max() > 40
    assert lit.max() - lit.min() < 25, "the grille itself is grey"
    assert page.locator(".saii-card-name").inner_text() == "grille"
    assert page.locator(".saii-card-number").inner_text() == "+0.35 logit for school bus"
    assert page.locator(".saii-example").count() == 3
    assert page.locator(".saii-lit-said").all_inner_texts() == ["grille", "at the front"]
    sentence = "".join(page.locator(".saii-lit-sentence").all_text_contents())
    assert sentence == bus.narration().text.split(" The head lamp")[0]
    assert node(page, GRILLE).get_attribute("aria-pressed") == "true"
    assert page.locator("[role=option][aria-selected=true]").get_attribute("data-concept") == str(GRILLE)
    reads(page, "grille: +0.35 logit for school bus")
    page.mouse.click(*middle(page, STOP))
    assert get(page, "selected_concept") == STOP
    page.mouse.click(*middle(page, STOP))
    assert get(page, "selected_concept") == -1
    page.locator(".saii-said", has_text="head lamp").click()
    assert get(page, "selected_concept") == LAMP
    page.locator(".saii-ranked [role=option]").nth(1).click()
    assert get(page, "selected_concept") == WINDOWS


def test_pointing_lights_everything_without_a_message(show: Callable[..., Any]) -> None:
    page = opened(show)
    for point in (
        lambda: page.mouse.move(*middle(page, GRILLE)),
        lambda: node(page, GRILLE).hover(),
        lambda: page.locator(".saii-said", has_text="grille").hover(),
        lambda: page.locator(f".saii-ranked [data-concept='{GRILLE}']").hover(),
    ):
        page.mouse.move(2, 2)
        reads(page, "stop sign: +1.24 logit for school bus")
        point()
        reads(page, "grille: +0.35 logit for school bus")
        assert node(page, GRILLE).get_attribute("class").split() == ["saii-node", "saii-lit"]
        assert "grille" in page.locator(".saii-lit-said").all_inner_texts()
    pale = page.locator(".saii-edges .saii-edge.saii-pale")
    shown = page.locator(".saii-edges .saii-edge")
    assert 0 < pale.count() < shown.count()
    assert page.evaluate("() => window.saii[0].model.saved") == 0


def test_edges_point_from_row_to_column_with_sign_and_strength(show: Callable[..., Any]) -> None:
    page = opened(show, view(threshold=0.0))
    found = page.locator(".saii-edges .saii-edge").evaluate_all(
        """all => all.map(e => [Number(e.dataset.from), Number(e.dataset.to), Number(e.dataset.value),
             e.classList.contains('saii-plus'),
             Number(e.querySelector('.saii-edge-line').getAttribute('stroke-width'))])"""
    )
    planted = {(a, b): EDGES[0, a, b] for a, b in np.argwhere(EDGES[0]).tolist()}
    assert {(a, b): pytest.approx(v) for a, b, v, _, _ in found} == planted
    assert all(plus == (value > 0) for _, _, value, plus, _ in found)
    thick = [one[4] for one in found]
    assert thick == sorted(thick), "the strongest lie on top"
    assert found[-1][:2] == [STOP, WINDOWS]
    ends = page.evaluate(
        """([from, to]) => { const box = k => {
             const face = document.querySelector(`.saii-node[data-concept='${k}'] .saii-face`);
             const b = face.getBoundingClientRect();
             return [b.x + b.width / 2, b.y + b.height / 2, b.width / 2]; };
           const head = document.querySelector(`.saii-edge[data-from='${from}'][data-to='${to}'] .saii-edge-head`);
           const at = head.getPointAtLength(0), p = new DOMPoint(at.x, at.y).matrixTransform(head.getScreenCTM());
           return [box(from), box(to), [p.x, p.y]]; }""",
        [STOP, WINDOWS],
    )
    (x, y, _), (to_x, to_y, radius), (tip_x, tip_y) = ends
    assert np.hypot(tip_x - to_x, tip_y - to_y) == pytest.approx(radius + 4, abs=1.5), "the head lies at the target"
    assert np.hypot(tip_x - x, tip_y - y) > np.hypot(tip_x - to_x, tip_y - to_y)
    page.get_by_role("slider", name="Edges from").fill("0.5")
    settled(page)
    strong = np.abs(EDGES[0]) >= 0.5 * np.abs(EDGES).max()
    assert page.locator(".saii-edges .saii-edge").count() == strong.sum()
    assert get(page, "threshold") == 0.5
    box = page.locator(f".saii-edge[data-from='{STOP}'][data-to='{WINDOWS}'] .saii-edge-reach").evaluate(
        """e => { const p = e.getPointAtLength(e.getTotalLength() / 2).matrixTransform(e.getScreenCTM());
             return [p.x, p.y]; }"""
    )
    page.mouse.move(*box)
    reads(page, "stop sign → window row: +0.81 logit for school bus")


def test_why_this_and_why_not_that(show: Callable[..., Any]) -> None:
    page = opened(show, view(selected_concept=STOP))
    page.get_by_label("and not").select_option("fire engine")
    settled(page)
    assert get(page, "against") == 1
    reads(page, "stop sign: +1.98 logit for school bus and not fire engine")
    assert page.locator(".saii-legend").inner_text().split("\n")[0].startswith("logit")
    assert page.locator(".saii-legend span").nth(1).inner_text() == "fire engine −1.98"
    names = page.locator(".saii-ranked-name").all_inner_texts()
    difference = bus.VALUES[0] - bus.VALUES[1]
    assert names == [bus.CONCEPTS[k] for k in np.argsort(-np.abs(difference), kind="stable")]
    page.get_by_label("Why", exact=True).select_option("fire engine")
    settled(page)
    assert (get(page, "hypothesis"), get(page, "against")) == (1, -1), "no class is compared with itself"
    assert not page.locator(".saii-text").is_visible(), "there is no text for this class"
    page.locator(".saii-class").nth(2).click()
    settled(page)
    assert get(page, "hypothesis") == 2
    assert page.locator(".saii-part-head").nth(1).inner_text() == "What speaks for taxi"
    assert page.locator(".saii-class").nth(0).get_attribute("aria-label") == (
        "school bus, classifier 91.0\u202f%, network 88.0\u202f%"
    )


def test_all_by_keyboard(show: Callable[..., Any]) -> None:
    page = opened(show, view(selected_concept=-1))
    tabs = page.locator(".saii-node[tabindex='0']")
    assert tabs.count() == 1, "one stop for all nodes"
    tabs.focus()
    page.keyboard.press("Home")
    reads(page, "window row: +0.62 logit for school bus")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    chosen = get(page, "selected_concept")
    assert chosen in (STOP, LAMP)
    settled(page)
    assert tabs.get_attribute("data-concept") == str(chosen)
    page.locator(".saii-ranked").focus()
    for key in ("End", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert get(page, "selected_concept") == int(np.argsort(-np.abs(bus.VALUES[0]), kind="stable")[-2])
    page.locator(".saii-canvas").focus()
    page.keyboard.press("ArrowRight")
    reads(page, "window row: +0.62 logit for school bus")  # the largest comes first
    page.keyboard.press("ArrowLeft")
    reads(page, "stop sign: +1.24 logit for school bus")
    page.keyboard.press(" ")
    assert get(page, "selected_concept") == STOP
    page.locator(".saii-gone").first.focus()
    page.keyboard.press("Enter")
    assert get(page, "selected_concept") == LADDER


def test_what_is_missing_is_shown_as_missing(show: Callable[..., Any]) -> None:
    page = opened(show)
    gone = page.locator(".saii-gone")
    assert gone.all_inner_texts() == ["ladder", "taxi sign"]
    assert gone.first.evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    assert node(page, LADDER).count() == 0
    assert page.locator(".saii-gone[tabindex='0']").count() == 1, "one stop for all of them"
    gone.first.focus()
    page.keyboard.press("ArrowRight")
    reads(page, "taxi sign: +0.05 logit for school bus; not in this picture")
    page.keyboard.press("Home")
    reads(page, "ladder: +0.18 logit for school bus; not in this picture")
    gone.first.click()
    page.wait_for_function("() => document.querySelector('.saii-card-name').textContent === 'ladder'")
    assert page.locator(".saii-card-number").inner_text() == "+0.18 logit for school bus; not in this picture"
    assert page.locator(".saii-lit-said").all_inner_texts() == ["ladder"]
    assert page.locator(".saii-example").count() == 1
    assert page.get_by_role("button", name="Remove").is_disabled()
    assert page.locator(".saii-note").inner_text() == "What is not in the picture can't be changed."


def test_the_list_has_no_rows_for_what_is_missing_and_says_nothing(show: Callable[..., Any]) -> None:
    result = bus.explanation()
    values = result.values.copy()
    values[0, [GRILLE, LADDER]] = 0
    page = opened(show, view(result=replace(result, values=values)))
    listed = page.locator(".saii-ranked [role=option]").evaluate_all("all => all.map(e => Number(e.dataset.concept))")
    assert GRILLE in listed, "what is there has its row, whatever it contributes"
    assert LADDER not in listed
    assert len(listed) == len(bus.CONCEPTS) - 1
    assert not page.locator(f".saii-ranked [data-concept='{GRILLE}'] i").is_visible(), "zero has no bar"


def test_nothing_found(show: Callable[..., Any]) -> None:
    axes = (Axis("class", bus.CLASSES), Axis("concept", ()))
    scores = {"classifier": Explanation([0.9, 0.05, 0.05], axes[:1], "probability")}
    empty = Explanation(np.zeros((3, 0)), axes, "logit", companions=scores, images=(bus.picture(),))
    page = opened(show, ConceptGraphView(empty))
    assert page.locator(".saii-notice").inner_text().startswith("No concept was found in this picture")
    assert page.locator(".saii-class").count() == 3
    for part in (".saii-card", ".saii-graph", ".saii-ranked", ".saii-legend", ".saii-missing"):
        assert not page.locator(part).is_visible()
    gone = replace(bus.explanation().companions["presence"], values=np.zeros(len(bus.CONCEPTS)))
    absent = replace(bus.explanation(), companions={"presence": gone})
    page = opened(show, ConceptGraphView(absent))
    assert page.locator(".saii-notice").inner_text() == "None of the concepts is in this picture."
    assert page.locator(".saii-gone").count() == len(bus.CONCEPTS)
    result = bus.explanation()
    nowhere = replace(result, axes=(result.axes[0], Axis("concept", bus.CONCEPTS)), images=())
    page = opened(show, ConceptGraphView(nowhere))
    assert "give their axis masks or boxes" in page.locator(".saii-notice").inner_text()
    assert page.locator(".saii-node").count() == bus.PRESENT
    no_edges = opened(show, ConceptGraphView(bus.explanation(companions=False)))
    assert no_edges.locator(".saii-edges .saii-edge").count() == 0
    assert not no_edges.get_by_role("slider", name="Edges from").is_visible()
    assert not no_edges.locator(".saii-classes").is_visible()


def crowd(n: int = 40) -> Explanation:
    rng = np.random.default_rng(1)
    corners = rng.uniform(0, 0.88, (n, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(0.04, 0.12, (n, 2))], axis=1)
    names = [f"part {k}" if k % 5 else f"{k} {'a name that goes on and on ' * 6}" for k in range(n)]
    concepts = Axis("concept", tuple(names), boxes=boxes)
    classes = Axis("class", tuple(f"class {c} {'of long names ' * 5}" for c in range(10)))
    edges = Explanation(rng.normal(size=(10, n, n)) ** 3, (classes, concepts, concepts), "logit")
    scores = Explanation(rng.dirichlet(np.ones(10)), (classes,), "probability")
    return Explanation(
        rng.normal(size=(10, n)), (classes, concepts), "logit", "Forty concepts", images=(bus.picture(),),
        companions={"edges": edges, "classifier": scores},
    )  # fmt: skip


@pytest.mark.parametrize("width", [360, 800, 1200])
def test_forty_concepts_stand_apart(show: Callable[..., Any], width: int) -> None:
    page = opened(show, ConceptGraphView(crowd()), size=(width, 900))
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    boxes = page.locator(".saii-face").evaluate_all(
        "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.right, b.bottom]; })"
    )
    assert len(boxes) == 40
    for i, (x, y, right, bottom) in enumerate(boxes):
        for a, b, c, d in boxes[i + 1 :]:
            assert not (x < c and a < right and y < d and b < bottom)
    graph = page.locator(".saii-graph").bounding_box()
    assert all(graph["x"] <= one[0] and one[2] <= graph["x"] + graph["width"] for one in boxes)
    assert 10 < page.locator(".saii-edges .saii-edge").count() <= 80


def test_it_follows_the_window_and_rests(show: Callable[..., Any]) -> None:
    page = opened(show)
    painted = "() => document.querySelector('.saii-body').dataset.painted"
    before = page.locator(".saii-graph").bounding_box()
    page.set_viewport_size({"width": 1190, "height": 900})
    settled(page)
    narrower = page.locator(".saii-graph").bounding_box()
    assert narrower["width"] < before["width"]
    drawn = page.evaluate(painted)
    for width in (1200, 1190, 1200, 1190):  # as a scroll bar that comes and goes
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
    assert page.evaluate(painted) == drawn
    assert page.locator(".saii-graph").bounding_box()["width"] == narrower["width"]
    page.set_viewport_size({"width": 500, "height": 900})
    settled(page)
    assert page.locator(".saii-graph").bounding_box()["y"] > page.locator(".saii-canvas").bounding_box()["y"] + 200
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 500


def test_choices_from_outside_are_shown(show: Callable[..., Any]) -> None:
    page = opened(show)
    put(page, hypothesis=1, against=2, selected_concept=WINDOWS, threshold=1.0, edit={"remove": STOP}, height=300)
    reads(page, "window row: +0.11 logit for fire engine and not taxi")
    assert page.get_by_label("Why", exact=True).input_value() == "1"
    assert page.locator(".saii-edges .saii-edge").count() == 1
    assert "fire engine from 6.0 % to 58.0 %" in said(page)
    assert page.locator(".saii-canvas").bounding_box()["height"] == pytest.approx(300, abs=2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 860, 1200])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, width: int) -> None:
    edit = {"remove": STOP} if scheme == "dark" else {}
    page = opened(show, view(edit=edit), size=(width, 900), color_scheme=scheme)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    shot(page, f"concept_graph_view_{width}_{scheme}")
