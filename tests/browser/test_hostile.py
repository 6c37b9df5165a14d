"""Texts with markup and scripts are shown as text, in every widget and without help from the page's policy."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import (
    CounterfactualSlider,
    HeatmapView,
    InteractionMatrix,
    PairMatrix,
    Removal,
    ScoreBars,
    WordCloud,
    WordEditor,
)

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


def test_heatmap_view_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    n = len(texts)
    axes = (Axis.images(texts), Axis("caption", tuple(texts)), Axis("layer", tuple(texts[:2])), Axis.patches(2, 2))
    words = Explanation(np.ones((n, n)), (Axis.images(texts), Axis("word", tuple(texts))), "relevance")
    values = np.random.default_rng(0).random((n, n, 2, 4))
    masks = dict.fromkeys(texts, np.eye(8, dtype=bool))
    first = Explanation(values, axes, texts[3], texts[4], companions={"words": words})
    view = HeatmapView(first, Explanation(values, axes, title=texts[5]), masks=masks, label=texts[6], error=texts[7])
    of_words = HeatmapView(
        Explanation(np.ones((n, 4)), (Axis("word", tuple(texts)), Axis.patches(2, 2)), title=texts[2])
    )
    page = show(view, of_words, guarded=False)
    page.wait_for_function("() => document.querySelectorAll('.saii-chip').length > 100")
    page.wait_for_function("() => document.querySelectorAll('.saii-title').length > 1")
    allowed = {
        "div",
        "input",
        "span",
        "b",
        "small",
        "button",
        "progress",
        "canvas",
        "label",
        "output",
        "select",
        "option",
    }
    allowed |= {"figure", "figcaption"}
    unharmed(page, allowed)
    assert page.locator(".saii-chip b").all_text_contents() == texts * 2
    assert page.locator(".saii-thumbnail span").all_text_contents() == texts
    assert page.get_by_label("Caption").first.locator("option").all_text_contents() == texts
    assert page.locator(".saii-title").all_text_contents() == [texts[6], texts[2]]
    page.locator(".saii-canvas").first.hover()
    for k in (0, 7, 30):
        page.get_by_label("Layer").first.fill(str(k % 2))
        page.locator(".saii-thumbnail").nth(k).click()
        page.locator(".saii-chip").nth(k).hover()
    with page.expect_download():
        page.get_by_role("button", name="SVG", exact=True).first.click()
    with page.expect_download():
        page.get_by_role("button", name="PNG", exact=True).first.click()
    unharmed(page, allowed)


def test_counterfactual_slider_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    values = np.random.default_rng(0).random((2, len(texts)))
    maps = Explanation(np.ones((2, 4)), (Axis("step", ("0", "1")), Axis("patch", tuple(texts[:4]), grid=(2, 2))))
    axes = (Axis("step", tuple(texts[:2])), Axis.captions(texts))
    result = Explanation(values, axes, texts[3], companions={"maps": maps})
    named = {text: Removal(result, [0], "patches" if k else "words") for k, text in enumerate(texts)}
    page = show(CounterfactualSlider(named, f"truck {texts[4]}", label=texts[5]), guarded=False)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    allowed = {"div", "input", "span", "s", "p", "button", "progress", "canvas", "label", "output", "select", "option"}
    allowed |= {"figure", "figcaption", "svg", "g", "line", "text", "polyline", "circle", "ul", "li", "i"}
    unharmed(page, allowed)
    assert page.locator(".saii-name").all_text_contents() == texts
    assert page.locator(".saii-struck").text_content() == f"truck {texts[4]}"
    page.get_by_label("Order").select_option(texts[9])
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    unharmed(page, allowed)


def test_pair_matrix_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    axes = (Axis.images(texts), Axis.captions(texts))
    values = np.random.default_rng(0).random((len(texts), len(texts)))
    companions = {text: Explanation(values, axes, text) for text in texts}
    result = Explanation(values, axes, texts[3], texts[4], companions=companions)
    page = show(PairMatrix(result, label=texts[5]), guarded=False)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    allowed = {"div", "input", "span", "button", "progress", "canvas", "label", "select", "option", "ol", "li"}
    unharmed(page, allowed)
    assert page.locator(".saii-captions li").all_text_contents() == texts
    assert page.locator(".saii-heads .saii-name").all_text_contents() == texts
    assert page.locator(".saii-title").text_content() == texts[4]
    page.get_by_label("Shown").select_option(texts[9])
    page.locator(".saii-cells").hover()
    unharmed(page, allowed)


def test_interaction_matrix_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    n = len(texts)
    words, patches = Axis("word", tuple(texts)), Axis("patch", tuple(texts[:4]), grid=(2, 2))
    rng = np.random.default_rng(0)
    effects = {"word": Explanation(rng.normal(size=n), (words,), texts[3])}
    values = rng.normal(size=(n, 4))
    mixed = Explanation(values, (words, patches), texts[3], texts[4], errors=np.abs(values), companions=effects)
    concepts = (Axis(texts[5], tuple(texts)), Axis(texts[6], tuple(texts[:7])))
    other = Explanation(rng.normal(size=(n, 7)), concepts, texts[8])
    square = Explanation(np.ones((n, n)), (words, words), title=texts[9])
    first = InteractionMatrix(mixed, label=texts[5], poles=texts[:2], selected_patch=1)
    page = show(first, InteractionMatrix(other, selected_patch=2), InteractionMatrix(square), guarded=False)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.saii-body')].every(e => Number(e.dataset.painted) > 0)"
    )
    allowed = {"div", "input", "span", "b", "i", "p", "small", "button", "progress", "canvas", "label", "output"}
    allowed |= {"select", "option", "figure", "figcaption", "svg", "path", "line", "text"}
    unharmed(page, allowed)
    widget = page.locator(".saii-widget")
    assert widget.first.locator(".saii-heads b").all_text_contents() == texts
    assert widget.first.locator(".saii-chip b").all_text_contents() == texts
    assert widget.nth(1).locator(".saii-chip b").all_text_contents() == texts + texts[:7]
    assert page.locator(".saii-title").first.text_content() == texts[4]
    legend = widget.first.locator(".saii-legend").text_content()
    assert legend.startswith(texts[3] + texts[0])
    for k in range(3):
        widget.nth(k).locator(".saii-cells").hover()
        widget.nth(k).locator(".saii-chip").nth(7).click()
    widget.first.get_by_label("Order").select_option("by main effect")
    widget.first.locator(".saii-canvas").click()
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             model.set({ order: text }); model.set({ least_z: text }); model.set({ poles: [text, {}, null] });
             model.set({ selected_word: text }); model.set({ selected_patch: { text } }); model.set({ poles: null });
           } model.set({ order: "__proto__" }); }""",
        [*texts, *payloads.CONTROLS[:3]],
    )
    unharmed(page, allowed)


def test_word_cloud_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    axis = (Axis("word", tuple(texts)),)
    companions = {text: Explanation(np.ones(len(texts)), axis, text) for text in texts}
    result = Explanation(np.arange(len(texts), 0, -1), axis, texts[3], texts[4], companions=companions)
    cloud = WordCloud(result, selected=texts[:2], filter="", label=texts[5], error=texts[6])
    page = show(cloud, guarded=False)
    allowed = {"div", "input", "span", "b", "button", "kbd", "progress", "label", "output", "select", "option"}
    unharmed(page, allowed)
    assert page.locator(".saii-cloud-word").all_text_contents() == texts
    assert page.locator(".saii-title").text_content() == texts[4]
    for text in texts:
        page.get_by_label("Find a word").fill(text)
        assert text in page.locator(".saii-cloud-word").all_text_contents()
    page.get_by_label("Find a word").fill("proto")
    page.locator(".saii-cloud-word").first.click()
    page.keyboard.press("f")
    page.get_by_label("Size").select_option(texts[9])
    unharmed(page, allowed)
    roles = page.evaluate("() => window.saii[0].model.get('roles')")
    twin = WordCloud(result)
    twin.set_state({"roles": roles})
    assert twin.error == ""
    assert set(twin.changes) == {"__proto__ constructor prototype"}
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             model.set({ roles: { [text]: text } });
             model.set({ roles: Object.fromEntries(texts.map(one => [one, text])) });
             model.set({ measure: text }); model.set({ selected: [text, "none"] }); model.set({ filter: text });
             model.set({ shown_roles: [text] }); model.set({ most: text }); model.set({ order: text });
           } }""",
        texts,
    )
    unharmed(page, allowed)


def test_words_named_like_parts_of_objects_keep_their_roles(show: Callable[..., Any]) -> None:
    words = ["__proto__", "constructor", "toString", "2024", "hasOwnProperty"]
    cloud = WordCloud(dict.fromkeys(words, 1.0), roles=dict.fromkeys(words, "principal"))
    page = show(cloud, guarded=False)
    for word in words:
        page.get_by_role("option", name=f"{word}, ").click()
        page.keyboard.press("f")
    sent = page.evaluate("() => JSON.stringify(window.saii[0].model.get('roles'))")
    cloud.set_state({"roles": json.loads(sent)})
    assert cloud.error == ""
    assert cloud.roles == dict.fromkeys(words, "function")
    assert page.evaluate("() => ({}).principal") is None


def test_score_bars_show_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    result = Explanation(np.linspace(0, 1, len(texts)), (Axis(texts[3], tuple(texts)),), texts[4], texts[5])
    bars = ScoreBars(result, highlighted=texts[:5], label=texts[6], reference=0.5, reference_label=texts[7])
    with_errors = Explanation(np.ones(len(texts)), result.axes, "logit", errors=np.ones(len(texts)))
    page = show(bars, ScoreBars(with_errors, interval=texts[8]), guarded=False)
    allowed = {"div", "input", "span", "i", "button", "progress", "label", "select", "option"}
    unharmed(page, allowed)
    assert page.locator("[role=option] .saii-name").all_text_contents() == texts * 2
    assert page.locator(".saii-title").first.text_content() == texts[5]
    assert page.locator(".saii-entry").first.text_content().startswith(f"{texts[7]}: ")
    page.locator("[role=option]").nth(3).click()
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             model.set({ chosen: text }); model.set({ highlighted: [text] }); model.set({ order: text });
             model.set({ reference_label: text }); model.set({ interval: text });
           } }""",
        texts,
    )
    unharmed(page, allowed)
