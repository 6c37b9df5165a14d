"""The concept graph in a page, to point at, to read and to set."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.widgets import ConceptGraphView
from tests.widgets import drawn_bus as bus

PAINTED = "() => Number(document.querySelector('.saii-body').dataset.painted) > 0"
WINDOWS, GRILLE, STOP, LAMP, LADDER = 0, 1, 4, 5, 6


def view(**more: Any) -> ConceptGraphView:
    more.setdefault("narrations", {"school bus": bus.narration()})
    return ConceptGraphView(more.pop("result", bus.explanation()), examples=bus.examples(), **more)


def opened(show: Callable[..., Any], shown: ConceptGraphView | None = None, **context: Any) -> Any:
    page = show(shown or view(), **{"size": (1200, 900), **context})
    page.wait_for_function(PAINTED)
    return page


def get(page: Any, name: str) -> Any:
    return page.evaluate("name => window.saii[0].model.get(name)", name)


def put(page: Any, **traits: Any) -> None:
    page.evaluate("traits => window.saii[0].model.set(traits)", traits)


def settled(page: Any) -> None:
    """After the frames in which changes are drawn and what they light up is painted."""
    for _ in range(3):
        page.evaluate("() => new Promise(done => requestAnimationFrame(done))")


def pixel(page: Any, concept: int) -> np.ndarray:
    """The colour at the middle of a segment."""
    settled(page)
    data = page.evaluate("() => document.querySelector('.saii-canvas').toDataURL('image/png').split(',')[1]")
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), int)
    left, top, right, bottom = bus.PARTS[bus.CONCEPTS[concept]]
    y, x = (top + bottom) / 2 / bus.SIZE[1], (left + right) / 2 / bus.SIZE[0]
    return image[int(y * image.shape[0]), int(x * image.shape[1])]


def middle(page: Any, concept: int) -> tuple[float, float]:
    box = page.locator(".saii-canvas").bounding_box()
    left, top, right, bottom = bus.PARTS[bus.CONCEPTS[concept]]
    return (
        box["x"] + box["width"] * (left + right) / 2 / bus.SIZE[0],
        box["y"] + box["height"] * (top + bottom) / 2 / bus.SIZE[1],
    )


def node(page: Any, concept: int) -> Any:
    return page.locator(f".saii-node[data-concept='{concept}']")


def reads(page: Any, text: str) -> None:
    page.wait_for_function("text => document.querySelector('.saii-readout').textContent === text", arg=text)


def said(page: Any) -> str:
    settled(page)
    return page.locator(".saii-verdict").inner_text().replace("\u202f", " ")
