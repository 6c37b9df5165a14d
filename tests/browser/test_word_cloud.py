"""The word cloud with a real mouse and a real keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.role import Role
from saii_widgets.data.corpus import Corpus
from saii_widgets.data.samples import sample_path
from saii_widgets.widgets import WordCloud

WORDS = {"truck": 40, "metal fence": 20, "near": 10, "bus": 30, "😀 van": 5}
TRAITS = "() => Object.fromEntries(['roles', 'selected'].map(name => [name, window.saii[0].model.get(name)]))"
STYLES = """all => all.map(one => { const { borderBottomStyle, fontStyle, borderBottomColor } = getComputedStyle(one);
  return `${borderBottomStyle} ${fontStyle} ${borderBottomColor !== "rgba(0, 0, 0, 0)"}`; })"""


def words(page: Any) -> list[str]:
    return page.locator(".saii-cloud-word").all_inner_texts()


def agree(page: Any, cloud: WordCloud) -> dict[str, Any]:
    """The traits, checked as Python checks them and against what is seen."""
    traits = page.evaluate(TRAITS)
    twin = WordCloud(cloud.result)
    twin.set_state(traits)
    assert twin.error == ""
    for chip in page.locator(".saii-cloud-word").all():
        word = chip.inner_text()
        assert chip.get_attribute("data-role") == traits["roles"][word]
        assert chip.get_attribute("aria-label").startswith(f"{word}, {traits['roles'][word]}, weight ")
        assert (chip.get_attribute("aria-selected") == "true") == (word in traits["selected"])
    return traits


def many(n: int) -> WordCloud:
    labels = tuple(f"word {k} of many" if k % 3 else f"word{k}" for k in range(n))
    roles = tuple(list(Role)[k % 3] for k in range(n))
    return WordCloud(Explanation(np.arange(n, 0.0, -1.0), (Axis("word", labels, roles=roles),), "count"), most=n)


def test_a_click_chooses_and_the_next_one_changes_the_role(show: Callable[..., Any]) -> None:
    cloud = WordCloud(WORDS)
    page = show(cloud)
    assert page.locator(".saii-readout").inner_text().startswith("Choose a word")
    bus = page.get_by_role("option", name="bus")
    bus.click()
    assert agree(page, cloud) == {"roles": cloud.roles, "selected": ["bus"]}
    hint = "Click again, or press Enter, for its next role."
    assert page.locator(".saii-readout").inner_text() == f"bus: principal; weight 30. {hint}"
    assert page.get_by_role("button", name="Principal", exact=False).first.get_attribute("aria-pressed") == "true"
    bus.click()
    assert agree(page, cloud)["roles"]["bus"] == "non-principal"
    assert page.locator(".saii-readout").inner_text() == "bus: non-principal, in every caption"
    page.get_by_role("button", name="Function").click()
    assert agree(page, cloud)["roles"]["bus"] == "function"
    bus.click()
    assert agree(page, cloud)["roles"] == cloud.roles
    for expected in ("function", "non-principal", "principal"):
        page.get_by_role("button", name="Undo").click()
        assert agree(page, cloud)["roles"]["bus"] == expected
    assert page.get_by_role("button", name="Undo").is_disabled()
    page.get_by_role("button", name="Redo").click()
    assert agree(page, cloud)["roles"]["bus"] == "non-principal"


def test_all_by_keyboard(show: Callable[..., Any]) -> None:
    cloud = WordCloud(WORDS)
    page = show(cloud)
    page.locator(".saii-cloud").focus()
    for key in ("ArrowRight", "ArrowRight", "f"):
        page.keyboard.press(key)
    assert agree(page, cloud)["roles"] == {**cloud.roles, "metal fence": "function"}
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("n")
    traits = agree(page, cloud)
    assert traits["selected"] == ["truck", "bus"]
    assert [traits["roles"][word] for word in ("truck", "bus")] == ["non-principal"] * 2
    page.keyboard.press("Control+z")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press(" ")
    traits = agree(page, cloud)
    assert traits["selected"] == []
    assert traits["roles"] == {**cloud.roles, "metal fence": "function", "😀 van": "function"}
    page.keyboard.press("1")
    assert agree(page, cloud)["roles"]["😀 van"] == "principal"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert agree(page, cloud)["roles"] == cloud.roles


def test_up_and_down_go_by_line(show: Callable[..., Any]) -> None:
    cloud = many(60)
    page = show(cloud)
    page.locator(".saii-cloud-word").nth(2).click()
    boxes = [chip.bounding_box() for chip in page.locator(".saii-cloud-word").all()]
    for key, way in (("ArrowDown", 1), ("ArrowDown", 1), ("ArrowUp", -1)):
        before = words(page).index(page.evaluate(TRAITS)["selected"][0])
        page.keyboard.press(key)
        after = words(page).index(page.evaluate(TRAITS)["selected"][0])
        assert way * (boxes[after]["y"] - boxes[before]["y"]) > 5
        assert boxes[after]["x"] < boxes[before]["x"] + boxes[before]["width"]
        assert boxes[before]["x"] < boxes[after]["x"] + boxes[after]["width"]


def test_filter_roles_order_and_number(show: Callable[..., Any]) -> None:
    cloud = WordCloud({**WORDS, **{f"word {k}": 1 for k in range(20)}})
    page = show(cloud)
    assert words(page)[:5] == ["truck", "bus", "metal fence", "near", "😀 van"]
    page.get_by_label("Find a word").fill("WORD 1")
    assert words(page) == ["word 1", *(f"word {k}" for k in range(10, 20))]
    assert page.evaluate("() => window.saii[0].model.saved") == 0
    page.get_by_label("Find a word").fill("metal")
    page.get_by_label("Find a word").press("Enter")
    page.keyboard.press("p")
    assert agree(page, cloud)["roles"] == {**cloud.roles, "metal fence": "principal"}
    page.get_by_label("Find a word").fill("<nothing>")
    assert "No word holds “<nothing>”" in page.locator(".saii-none").inner_text()
    page.get_by_label("Find a word").fill("")
    page.get_by_role("checkbox", name="Non-principal").uncheck()
    assert words(page) == ["truck", "bus", "metal fence", "near"]
    page.get_by_label("Order").select_option("alphabet")
    assert words(page) == ["bus", "metal fence", "near", "truck"]
    page.get_by_role("checkbox", name="Non-principal").check()
    page.get_by_label("Words", exact=True).first.fill("12")
    assert len(words(page)) == 12
    assert page.locator(".saii-value").inner_text() == "12 of 25"


def test_size_follows_the_measure_and_roles_are_told_apart_without_colour(show: Callable[..., Any]) -> None:
    axis = Axis("word", ("one", "two", "three"), roles=tuple(Role))
    loadings = Explanation(np.array([0.1, 0.5, 1.0]), (axis,), "share")
    page = show(WordCloud(Explanation(np.array([9, 4.5, 0]), (axis,), "count", companions={"loadings": loadings})))

    def sizes() -> list[float]:
        return page.locator(".saii-cloud-word").evaluate_all(
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
        )

    assert words(page) == ["one", "two", "three"]
    largest, middle, least = sizes()
    assert middle - least == pytest.approx(largest - middle, abs=0.1)
    assert least >= 12
    page.get_by_label("Size").select_option("loadings")
    assert words(page) == ["three", "two", "one"]
    assert sizes()[0] == pytest.approx(largest)
    styles = page.locator(".saii-cloud-word b").evaluate_all(STYLES)
    assert len(set(styles)) == 3
    assert page.locator(".saii-sieve .saii-control[data-role] b").evaluate_all(STYLES) == styles[::-1]


def test_roles_from_outside_are_drawn_and_undone(show: Callable[..., Any]) -> None:
    cloud = WordCloud(WORDS)
    page = show(cloud)
    roles = {**cloud.roles, "near": "principal"}
    page.evaluate("roles => window.saii[0].model.set({ roles })", roles)
    assert agree(page, cloud)["roles"] == roles
    page.get_by_role("button", name="Undo").click()
    assert agree(page, cloud)["roles"] == cloud.roles
    other = WordCloud({"lorry": 3, "near": 1})
    page.evaluate(
        """([about, roles]) => window.saii[0].model.set({ _about: about, roles, selected: ["near"],
           _values: [new DataView(Float32Array.of(3, 1).buffer)] })""",
        [other._about, other.roles],
    )
    page.wait_for_function("() => document.querySelectorAll('.saii-cloud-word').length === 2")
    assert agree(page, other) == {"roles": other.roles, "selected": ["near"]}
    assert page.get_by_role("button", name="Undo").is_disabled()


@pytest.mark.parametrize("size", [(960, 800), (360, 700)])
def test_many_words_stay_inside_and_can_be_reached(show: Callable[..., Any], size: tuple[int, int]) -> None:
    page = show(many(300), size=size)
    assert len(words(page)) == 300
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    page.locator(".saii-cloud").focus()
    page.keyboard.press("End")
    frame, last = page.locator(".saii-cloud").bounding_box(), page.locator(".saii-cloud-word").last.bounding_box()
    assert frame["y"] <= last["y"]
    assert last["y"] + last["height"] <= frame["y"] + frame["height"]
    assert page.locator(".saii-cloud-word").last.get_attribute("aria-selected") == "true"


def test_arrows_follow_the_script(show: Callable[..., Any]) -> None:
    page = show(WordCloud({"سيارة": 3, "حمراء": 2, "سياج": 1}))
    first, second = (page.locator(".saii-cloud-word").nth(k).bounding_box() for k in (0, 1))
    assert first["x"] > second["x"]
    page.locator(".saii-cloud").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(TRAITS)["selected"] == ["حمراء"]


def test_keys_stay_in_the_widget(show: Callable[..., Any]) -> None:
    page = show(WordCloud(WORDS))
    page.evaluate("() => { window.keys = []; document.addEventListener('keydown', e => window.keys.push(e.key)); }")
    page.locator(".saii-cloud").focus()
    for key in ("a", "b", "f", "ArrowDown", "1", "Enter"):
        page.keyboard.press(key)
    page.get_by_label("Find a word").press_sequentially("ad")
    assert page.evaluate("() => window.keys") == []
    page.keyboard.press("Escape")
    assert page.evaluate("() => window.keys") == ["Escape"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(960, 800), (360, 700)])
def test_looks(show: Callable[..., Any], shot: Callable[..., None], scheme: str, size: tuple[int, int]) -> None:
    import csv

    rows = csv.DictReader(sample_path("calls.csv").read_text(encoding="utf-8").splitlines())
    cloud = WordCloud(Corpus([row["desc"] for row in rows]).explain(n=105), measure="counts")
    page = show(cloud, color_scheme=scheme, size=size)
    page.locator(".saii-cloud-word").nth(5).click()
    page.keyboard.press("f")
    page.locator(".saii-cloud-word").nth(8).click()
    shot(page, f"word_cloud_{scheme}_{size[0]}")
