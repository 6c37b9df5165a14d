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
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.scene import Scene
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.widgets import (
    CounterfactualSlider,
    HeatmapView,
    InteractionMatrix,
    PairMatrix,
    Removal,
    ScoreBars,
    StudioBar,
    TrustCard,
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


def test_trust_card_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    rows = [
        Measurement(t, t, k / 10, t, t, 0, 9, chance=0, along=[0, 1], curves={t: [0, 1], texts[3]: [1, 0]})
        for k, t in enumerate(texts)
    ]
    card = TrustCard(TrustTable(texts[3], rows, texts[4]), everything=True, error=texts[5], status=texts[6])
    page = show(card, guarded=False)
    allowed = {"div", "span", "i", "button", "progress", "svg", "line", "text", "polyline"}
    unharmed(page, allowed)
    assert page.locator(".saii-quantity").all_text_contents() == texts
    for k in (0, 7, 30):
        page.locator("[role=option]").nth(k).click()
        unharmed(page, allowed)
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) { model.set({ chosen: text }); model.set({ everything: text }); } }""",
        texts,
    )
    unharmed(page, allowed)


BAR = {"div", "nav", "ol", "li", "button", "span", "h2", "p", "textarea", "progress"}


def test_studio_bar_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    states = ["done", "left out", "failed", "waiting", "working"]
    steps = [{"title": t, "about": t, "note": t, "state": states[k % 5]} for k, t in enumerate(texts)]
    bar = StudioBar(steps, code=texts[3], changed=texts[4], notice=texts[5], status=texts[6], error=texts[7])
    bar.label, bar.offered = texts[8], [*texts[:3], "save study", "__proto__"]
    page = show(bar, guarded=False)
    unharmed(page, BAR)
    for k, (button, text) in enumerate(zip(page.locator(".saii-step").all(), texts, strict=True)):
        assert button.text_content().endswith(text)
        assert button.get_attribute("aria-label") == f"{text}, {states[k % 5]}"
    for k in range(5):
        page.locator(".saii-step").nth(k).click()
        assert page.locator(".saii-step-title").text_content() == texts[k]
        assert page.locator(".saii-about").text_content() == texts[k]
    assert page.locator(".saii-notice").text_content() == texts[5]
    page.evaluate("() => { window.saii[0].model.alone = false; window.saii[0].model.set({ busy: true }); }")
    assert page.locator(".saii-change").text_content() == ""  # the steps are being run again
    page.evaluate("() => window.saii[0].model.set({ busy: false })")
    assert page.locator(".saii-change").text_content() == texts[4]
    assert page.locator(".saii-status").text_content() == texts[6]
    assert page.locator(".saii-error").text_content() == texts[7]
    page.get_by_role("button", name="Copy as code").click()
    assert page.get_by_label("Code for what is shown").input_value() == texts[3]
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             for (const name of ["code", "changed", "notice", "status", "error", "label"]) model.set({ [name]: text });
             model.set({ step: text }); model.set({ offered: [text] });
             model.set({ steps: [{ title: { text }, state: text, note: text }, { [text]: text }] });
           } }""",
        [*texts, *payloads.CONTROLS[:3]],
    )
    unharmed(page, BAR)


def test_a_whole_studio_shows_text(chromium: Any, tmp_path: Path) -> None:
    import saii_widgets as sw
    from saii_widgets.data.scenes import draw

    texts = payloads.MARKUP
    scenes = [Scene(image=draw(k).image, name=texts[k], notes=(texts[k + 20],)) for k in range(6)]
    captions = [f"a red truck near {text} fence" for text in texts[6:12]]
    studio = sw.studio(scenes, captions=captions, n_pairs=4, n_many=6, labels={})
    assert studio.wait(60)
    assert texts[1] in studio.bar.notice
    studio.bar.step = 3
    studio.live[3].editor.caption = f"a bus {texts[12]}"
    assert studio.wait(20)
    path = tmp_path / "page.html"
    page_text = studio.to_html(title=texts[13])
    path.write_text(page_text.replace("Content-Security-Policy", "x-none"), encoding="utf-8")
    page = chromium.new_context(viewport={"width": 1000, "height": 800}, reduced_motion="reduce").new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(("file:", "blob:")) else wrong.append(one.url))
    page.goto(path.as_uri())
    page.wait_for_function("() => window.saii?.length")
    assert page.title() == texts[13].strip()
    allowed = BAR | {"section", "b", "small", "canvas", "label", "output", "select", "option", "input", "figure", "i"}
    allowed |= {"figcaption", "svg", "g", "line", "path", "text", "polyline", "circle", "ul", "s", "kbd"}
    for k in range(len(studio.bar.steps)):
        page.locator(".saii-step").nth(k).click()
        page.wait_for_timeout(200)
        unharmed(page, allowed)
    page.locator(".saii-step").nth(3).click()
    named = page.locator(".saii-panel:visible .saii-thumbnail span").all_text_contents()
    assert named[:4] == [scene.name for scene in studio.stepwise.few.scenes]
    options = page.locator(".saii-panel:visible").get_by_label("Caption", exact=True).first.locator("option")
    assert set(options.all_text_contents()) <= set(captions)
    assert wrong == []
    page.context.close()
