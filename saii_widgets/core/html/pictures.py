"""Pictures and maps over pictures, with the scale that their colours stand for."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from saii_widgets.core.drawing import colour_bar, data_uri, overlay
from saii_widgets.core.html.numbers import SHARES, shown
from saii_widgets.core.scale import Scale
from saii_widgets.core.thumbnail import thumbnail

NO_RELEVANCE = "no relevance"


def picture(image: Image.Image, alt: str = "", *, side: int = 256) -> str:
    """An ``<img>`` that carries the picture itself, its longer side at most `side` pixels."""
    small = thumbnail(image, side)
    return f'<img src="{data_uri(small)}" width="{small.width}" height="{small.height}" alt="{escape(alt)}">'


def row_head(name: str, image: Image.Image | None, *, side: int = 80) -> str:
    """The head of a table's row: a small picture, if there is one, and its name."""
    small = picture(image, "", side=side) if image is not None else ""
    return (
        f'<th scope="row" title="{escape(name)}"><span class="saii-rowhead">{small}'
        f"<span>{escape(shortened(name))}</span></span></th>"
    )


def shortened(name: str, longest: int = 18) -> str:
    """A long name without its middle: files of a folder differ at their ends."""
    if len(name) <= longest:
        return name
    tail = longest * 3 // 5
    return f"{name[: longest - tail - 1]}…{name[-tail:]}"


def picture_figure(image: Image.Image, caption: str = "", *, alt: str = "", side: int = 256) -> str:
    """A picture with a line of text under it."""
    return _figure(picture(image, alt, side=side), caption)


def heatmap_figure(
    image: Image.Image,
    values: ArrayLike,
    *,
    scale: Scale | None = None,
    boxes: ArrayLike | None = None,
    smooth: bool = True,
    caption: str = "",
    alt: str = "",
    width: int = 224,
    below: str = "",
) -> str:
    """A patch map over its picture.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture.
    values : array, (rows, columns)
        One number a patch; a map of zeros shows the plain picture and says "no relevance".
    scale, boxes, smooth, width
        As in :func:`saii_widgets.core.drawing.overlay`.
    caption, alt : str
        Text under the figure, and text in place of it; both plain.
    below : str
        HTML under the caption, such as shaded words.
    """
    numbers = np.asarray(values)
    if not numbers.any():
        plain = image.convert("RGB")
        plain = plain.resize((width, max(1, round(width * plain.height / plain.width))), Image.Resampling.LANCZOS)
        shown_image, mark = plain, f'<span class="saii-none">{NO_RELEVANCE}</span>'
    else:
        shown_image, mark = overlay(image, numbers, scale=scale, boxes=boxes, smooth=smooth, width=width), ""
    drawn = (
        f'<img src="{data_uri(shown_image)}" width="{shown_image.width}" height="{shown_image.height}" '
        f'alt="{escape(alt or caption)}">{mark}'
    )
    return _figure(drawn, caption, below)


def gallery(figures: Iterable[str], *, least: int = 160) -> str:
    """Figures beside each other, as many in a row as the window holds; `least` is a figure's least width in pixels."""
    return f'<div class="saii-gallery" style="--saii-least:{least}px">{"".join(figures)}</div>'


def legend(scale: Scale, unit: str, note: str = "") -> str:
    """The colours of a scale with the values at its ends, its unit, and a note in plain text."""
    signed = scale.signed
    ends = [shown(end, unit, signed=signed, bare=True) for end in (scale.low, scale.high)]
    middle = '<span class="saii-zero">0</span>' if signed else ""
    bar = f'<img src="{data_uri(colour_bar(scale), "PNG")}" alt="">'
    words = f"{unit} in %" if unit in SHARES else unit
    said = f'<span class="saii-note">{escape(note)}</span>' if note else ""
    return (
        f'<div class="saii-legend"><span class="saii-unit">{escape(words)}</span><span>{ends[0]}</span>'
        f'<span class="saii-bar">{bar}{middle}</span><span>{ends[1]}</span>{said}</div>'
    )


def relative_legend(
    note: str, *, unit: str = "relevance", ends: tuple[str, str] = ("none", "most"), signed: bool = False
) -> str:
    """The legend of maps of which each has a scale of its own; words stand at its ends in place of values."""
    bar = f'<img src="{data_uri(colour_bar(Scale(-1.0, 1.0, signed)), "PNG")}" alt="">'
    return (
        f'<div class="saii-legend"><span class="saii-unit">{escape(unit)}</span><span>{escape(ends[0])}</span>'
        f'<span class="saii-bar">{bar}</span><span>{escape(ends[1])}</span>'
        f'<span class="saii-note">{escape(note)}</span></div>'
    )


def _figure(drawn: str, caption: str, below: str = "") -> str:
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="saii-figure"><div class="saii-frame">{drawn}</div>{said}{below}</figure>'
