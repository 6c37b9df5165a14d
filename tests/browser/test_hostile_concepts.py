"""Classes, concepts, relations and texts with markup and scripts are shown as text in the concept graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration, Span
from saii_widgets.widgets import ConceptGraphView
from tests.browser import payloads
from tests.browser.test_hostile import unharmed


def test_concept_graph_view_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    n = len(texts)
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 0.8, (n, 2))
    boxes = np.concatenate([corners, corners + 0.1], axis=1)
    boxes[40:] = 0
    concepts, classes = Axis("concept", tuple(texts), boxes=boxes), Axis("class", tuple(texts))
    companions = {
        "edges": Explanation(rng.normal(size=(n, n, n)), (classes, concepts, concepts), texts[1]),
        "relations": Explanation(rng.normal(size=(n, n, 2)), (concepts, concepts, Axis("relation", tuple(texts[:2])))),
        "classifier": Explanation(np.ones(n), (classes,), texts[2]),
        "removed": Explanation(rng.random((n, n)), (concepts, classes), texts[2]),
    }
    result = Explanation(rng.normal(size=(n, n)), (classes, concepts), texts[3], texts[4], companions=companions)
    joined = " ".join(texts)
    spans, end = [], 0
    for k, text in enumerate(texts):
        spans.append(Span(end, end + len(text), k, text))
        end += len(text) + 1
    narrations = {text: Narration(joined, spans, text, texts) for text in texts}
    examples = {text: [Image.new("RGB", (9, 9))] for text in texts[:3]}
    shown = ConceptGraphView(result, narrations=narrations, examples=examples, label=texts[5], error=texts[6])
    page = show(shown, guarded=False)
    page.wait_for_function("() => Number(document.querySelector('.saii-body').dataset.painted) > 0")
    allowed = {"div", "input", "span", "b", "i", "p", "ul", "li", "small", "button", "progress", "canvas", "label"}
    allowed |= {"output", "select", "option", "svg", "g", "path", "meter"}
    unharmed(page, allowed)
    assert page.locator(".saii-node-name").all_text_contents() == texts[:40]
    assert page.locator(".saii-gone").all_text_contents() == texts[40:]
    assert page.locator(".saii-text").text_content() == joined
    assert sorted(page.locator(".saii-ranked-name").all_text_contents()) == sorted(texts)
    assert page.locator(".saii-class-name").all_text_contents() == texts
    assert page.get_by_label("Why", exact=True).locator("option").all_text_contents() == texts
    assert page.locator(".saii-title").text_content() == texts[4]
    page.get_by_label("and not").select_option(texts[9])
    page.locator(".saii-node").nth(7).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".saii-gone").first.hover()
    unharmed(page, allowed)
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             for (const name of ["hypothesis", "against", "selected_concept", "threshold", "height"])
               for (const one of [text, { text }, [text], null, -7, 1e9]) model.set({ [name]: one });
             for (const way of ["remove", "move", "swap", text]) model.set({ edit: { [way]: text } });
             model.set({ edit: { move: [0, text, null] } }); model.set({ edit: text }); model.set({ edit: null });
             model.set({ edit: { remove: 1 }, _outcome: { edit: { remove: 1 }, classifier: text, network: { text } } });
           } }""",
        [*texts, *payloads.CONTROLS[:3]],
    )
    unharmed(page, allowed)
