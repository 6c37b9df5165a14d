"""What every widget of the folder keeps to in a browser: names, contrast, errors that are shown, no traces."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "saii_contract", Path(__file__).parents[1] / "widgets" / "test_contract.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
contract = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(contract)

NAMELESS = """() => [...document.querySelectorAll('button, input, select, canvas, [role=listbox], [role=slider]')]
  .filter(e => e.offsetParent && e.ariaHidden !== 'true')
  .filter(e => !(e.getAttribute('aria-label') || e.title || e.textContent.trim() || e.labels?.[0]?.textContent.trim()))
  .map(e => e.outerHTML)"""
# Contrast of every text with what is painted behind it (WCAG 2).
CONTRASTS = """() => {
  const parse = c => { const k = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    k.fillStyle = c; k.fillRect(0, 0, 1, 1); return [...k.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
  return [...document.querySelectorAll('.saii-widget *')]
    .filter(e => e.offsetParent && !e.disabled && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => { const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
      return [Math.round(100 * (a + .05) / (b + .05)) / 100, e.textContent]; })
    .filter(([ratio]) => ratio < 4.5); }"""


@pytest.mark.parametrize("name", contract.NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_names_and_contrast(show: Callable[..., Any], name: str, scheme: str) -> None:
    page = show(contract.example(name), color_scheme=scheme)
    page.wait_for_function("() => document.querySelector('.saii-body').offsetHeight > 40")
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(CONTRASTS) == []
    assert page.locator(".saii-widget").get_attribute("role") == "group"
    assert page.locator("[aria-live]").count() >= 1


def test_contrast_can_fail(show: Callable[..., Any]) -> None:
    page = show(contract.example("word_editor"))
    page.add_style_tag(content=".saii-widget { --saii-ink: #bbbbbb !important; }")
    assert page.evaluate(CONTRASTS) != []


@pytest.mark.parametrize("name", contract.NAMES)
def test_state_is_shown_and_closing_leaves_no_trace(show: Callable[..., Any], name: str) -> None:
    widget = contract.example(name)
    widget.error, widget.status, widget.busy, widget.progress = "The disk is full.", "encoding", True, 0.5
    page = show(widget)
    assert page.get_by_role("alert").inner_text() == "The disk is full."
    assert page.locator(".saii-status").inner_text() == "encoding"
    assert page.locator(".saii-widget").get_attribute("aria-busy") == "true"
    assert page.get_by_role("progressbar").get_attribute("value") == "0.5"
    page.evaluate("() => window.saii[0].model.set({ busy: false, error: '' })")
    assert page.get_by_role("progressbar").count() == 0
    page.evaluate("() => window.saii[0].close()")
    assert page.locator(".saii-place *").count() == 0
    assert page.evaluate("() => [...window.saii[0].model.heard.values()].flat().length") == 0


@pytest.mark.parametrize("name", contract.NAMES)
def test_narrow_window_needs_no_sideways_scrolling(show: Callable[..., Any], name: str) -> None:
    page = show(contract.example(name), size=(360, 700))
    page.wait_for_timeout(200)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
