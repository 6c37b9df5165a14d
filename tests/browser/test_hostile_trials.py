"""Hostile texts in the bars of modalities and in a trial with people: shown as text, nothing of them runs."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import ModalityBars, TaskTrial

_SPEC = importlib.util.spec_from_file_location("saii_hostile", Path(__file__).with_name("test_hostile.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
hostile = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hostile)
payloads, unharmed = hostile.payloads, hostile.unharmed


def test_modality_bars_show_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    axes = (Axis(texts[3], tuple(texts)), Axis("atom", tuple(texts[:4])))
    values = np.random.default_rng(0).random((len(texts), 4))
    ends = {name: Explanation(values, axes, texts[4]) for name in ("low", "high", "null")}
    bars = ModalityBars(Explanation(values, axes, texts[4], texts[5], companions=ends), label=texts[6])
    page = show(bars, guarded=False)
    allowed = {"div", "span", "i", "b", "progress", "label", "select", "option"}
    unharmed(page, allowed)
    assert page.locator("[role=option] .saii-name").all_text_contents() == texts
    assert page.locator(".saii-title").text_content() == texts[5]
    page.locator(".saii-part").nth(9).hover()
    page.locator("[role=option]").nth(3).click()
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) { model.set({ chosen: text }); model.set({ view: text }); } }""",
        texts,
    )
    unharmed(page, allowed)


def test_task_trial_shows_text(show: Callable[..., Any]) -> None:
    texts = payloads.MARKUP
    n = len(texts)
    axes = (Axis.images(texts), Axis("caption", tuple(texts)), Axis.patches(2, 2))
    pictures = [Image.new("RGB", (8, 8))] * n
    truth = np.eye(n, dtype=bool)
    trial = TaskTrial(Explanation(np.ones((n, n, 4)), axes, images=pictures), truth, label=texts[5], error=texts[6])
    page = show(trial, guarded=False)
    page.wait_for_selector(".saii-body[data-phase=welcome]")
    allowed = {"div", "span", "b", "p", "kbd", "button", "progress", "canvas"}
    assert page.locator(".saii-heading").text_content() == texts[5]
    page.locator(".saii-next").click()
    for k, one in enumerate(trial._about["trials"][:6]):
        page.wait_for_selector(".saii-body[data-phase=asked]")
        page.wait_for_timeout(120)
        assert page.locator(".saii-choice span").all_text_contents() == one["choices"]
        page.keyboard.press(str(1 + (one["fitting"] + 1) % 4))
        if k == 0:
            page.wait_for_selector(".saii-body[data-phase=practised]")
            assert page.locator(".saii-told b").text_content() == one["choices"][one["fitting"]]
            page.locator(".saii-next").click()
    unharmed(page, allowed)
    page.evaluate(
        """texts => { const model = window.saii[0].model;
           for (const text of texts) {
             model.set({ answers: [{ choice: text, seconds: text }] }); model.set({ answers: [{ [text]: text }] });
           } }""",
        texts,
    )
    unharmed(page, allowed)
