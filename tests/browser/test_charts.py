"""Charts in Chromium without a network: drawn, and read by pointing at them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import chart_html, interval_chart, score_distribution

_SPEC = importlib.util.spec_from_file_location("payloads", Path(__file__).with_name("payloads.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
payloads = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(payloads)

# Bokeh draws into shadow roots; what a tooltip says is gathered from all of them.
TEXTS = """() => { const all = [], walk = root => { for (const one of root.querySelectorAll("*")) {
  if (one.classList.contains("bk-tooltip-row-value")) all.push(one.textContent.trim());
  if (one.shadowRoot) walk(one.shadowRoot); } }; walk(document); return all; }"""
PLOTS = "Bokeh.index.roots.filter(view => view.frame)"
# Where a point of the data lies on the screen.
AT = f"""([k, x, y]) => {{ const view = {PLOTS}[k], box = view.el.getBoundingClientRect();
  return [box.left + view.frame.x_scale.compute(x), box.top + view.frame.y_scale.compute(y)]; }}"""


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``opened(*figures)`` opens their page, guarded by its policy or without it."""
    wrong: list[str] = []
    contexts = []

    def opened(*figures: Any, guarded: bool = True, size: tuple[int, int] = (900, 800)) -> Any:
        path = tmp_path / "charts.html"
        text = chart_html(figures)
        path.write_text(text if guarded else text.replace("Content-Security-Policy", "x-none"), encoding="utf-8")
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.set_default_timeout(20_000)
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-drawn=yes]")
        page.wait_for_function(f"n => {PLOTS}.length === n && {PLOTS}.every(view => view.is_idle)", arg=len(figures))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def distribution(**more: Any) -> Any:
    values = np.random.default_rng(0).normal(14, 3, (20, 20))
    values[np.diag_indices(20)] += 8
    result = Explanation.from_array(values, kinds=("image", "caption"), unit="logit", title="20 pictures, 20 captions")
    return score_distribution(result, **more)


def rows(texts: list[str]) -> list[dict[str, Any]]:
    n = len(texts)
    return [
        {"phrase": text, "quantity": "AUC", "value": 0.9 - 0.4 * k / n, "low": 0.82 - 0.4 * k / n,
         "high": 0.95 - 0.4 * k / n, "n": 120}
        for k, text in enumerate(texts)
    ]  # fmt: skip


def hover(page: Any, root: int, x: float, y: float, said: str) -> list[str]:
    left, top = page.evaluate(AT, [root, float(x), float(y)])
    page.mouse.move(left + 3, top)
    page.mouse.move(left, top)
    page.wait_for_function(f"said => ({TEXTS})().includes(said)", arg=said)
    return page.evaluate(TEXTS)


def test_pointing_reads_the_numbers(opened: Callable[..., Any]) -> None:
    bars = distribution()
    data = bars.renderers[1].data_source.data
    tallest = int(np.argmax(data["count"]))
    page = opened(bars, interval_chart(rows(["metal fence", "wet road"]), unit="AUC", reference=0.5))
    middle = (data["left"][tallest] + data["right"][tallest]) / 2
    said = f"{data['share'][tallest]:.1f} % of them ({data['count'][tallest]})"
    texts = hover(page, 0, middle, data["share"][tallest] - 1, said)
    assert data["said"][tallest] in texts
    assert data["said"][tallest].startswith("own caption, logit 2")
    assert {"wet road", "n = 120"} <= set(hover(page, 1, 0.7, 1, "0.70 (0.62 to 0.75)"))


def test_texts_stay_texts(opened: Callable[..., Any]) -> None:
    texts = [*payloads.MARKUP, "$$x^2$$", r"\(x\)"]
    page = opened(interval_chart(rows(texts), title=texts[0], unit=texts[1]), guarded=False, size=(900, 5000))
    for k in (0, 5, 12, len(texts) - 2):
        row = rows(texts)[k]
        said = "{value:.3f} ({low:.3f} to {high:.3f})".format(**row)
        assert texts[k] in hover(page, 0, row["value"], len(texts) - k, said)
    unharmed(page)


@pytest.mark.parametrize("text", [payloads.MARKUP[4], payloads.MARKUP[0], "$$x^2$$ @share $index {safe}"])
def test_units_and_titles_stay_texts(opened: Callable[..., Any], text: str) -> None:
    axes = (Axis.images(["one", "two"]), Axis.captions([text, "two"]))
    figure = score_distribution(Explanation(np.array([[9.0, 1], [1, 9]]), axes, text, text), bins=2)
    page = opened(figure, guarded=False)
    hover(page, 0, 7, 50, f"own caption, {text} 5 to 9")
    unharmed(page)


def unharmed(page: Any) -> None:
    page.wait_for_timeout(300)  # for what a handler would do after loading
    assert page.evaluate("() => window.hacked") is None
    assert page.evaluate("() => document.querySelectorAll('script').length") == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(900, 800), (360, 800)])
def test_looks(opened: Callable[..., Any], shot: Callable[..., None], theme: Any, size: tuple[int, int]) -> None:
    few = rows(["metal fence", "wet road surface at night", "overcast sky", "سياج معدني"])
    page = opened(distribution(theme=theme), interval_chart(few, unit="AUC", reference=0.5, theme=theme), size=size)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    shot(page, f"charts_{theme}_{size[0]}")
