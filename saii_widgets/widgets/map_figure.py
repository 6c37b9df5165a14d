"""What a heat map shows, as a file: a PNG picture, an SVG or PDF drawing with text that stays text."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core import drawing
from saii_widgets.core.errors import InputError
from saii_widgets.core.html import shown
from saii_widgets.core.role import Role
from saii_widgets.core.scale import Scale
from saii_widgets.widgets import map_data

if TYPE_CHECKING:
    from saii_widgets.widgets.heatmap_view import HeatmapView

ENDINGS: Final = (".png", ".svg", ".pdf")
_INK, _MUTED = "#1b2530", "#55616e"
_FONTS: Final = ("Noto Sans", "DejaVu Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK SC")
_PIXELS: Final = 384
_LETTERS: Final = 13  # that fit into an inch
_LINE: Final = 0.2  # inches


@dataclass(frozen=True)
class LookScale(Scale):
    """A scale under a chosen opacity, that shows nothing below a threshold."""

    opacity: float = 0.8
    threshold: float = 0.0

    def strength(self, values: ArrayLike) -> NDArray[np.float64]:
        share = super().strength(values)
        factor = (self.opacity / drawing.OPACITY) ** (1 / drawing.EASE)
        return np.where(share < self.threshold, 0.0, share * factor)


@dataclass(frozen=True)
class ShownMap:
    """One map of the view: its picture, its numbers and what it is called."""

    image: Image.Image
    values: NDArray[np.float32]
    name: str = ""


def shown_maps(view: HeatmapView) -> list[ShownMap]:
    """The maps that the view's mode asks for; a swipe is two."""
    place = view.chosen.get("image", 0)
    first = ShownMap(map_data.pictures(view.result)[place], view.map(), view.result.title)
    if view.mode == "one" or view.other is None:
        return [first]
    other = view.other if view.other.images else view.result
    told = view.other.title != view.result.title  # two of the same title are told apart by their order
    first = replace(first, name=(told and view.result.title) or "first")
    name = (told and view.other.title) or "second"
    second = ShownMap(map_data.pictures(other)[place], view.map(other=True), name)
    if view.mode == "difference":
        return [ShownMap(second.image, second.values - first.values, f"{second.name} − {first.name}")]
    return [first, second]


def look(view: HeatmapView, maps: list[ShownMap]) -> LookScale:
    """The colours of the maps."""
    held = [map_data.map_values(one) for one in (view.result, view.other) if one is not None]
    if view.mode == "difference" and len(held) == 2:
        held = [held[1] - held[0]]
    signed = any(one.min() < 0 for one in held) if view.colours == "auto" else view.colours == "diverging"
    ranged = held if view.scale == "all maps" else [one.values for one in maps]
    high = max(0.0, *(float(one.max()) for one in ranged))
    low = min(0.0, *(float(one.min()) for one in ranged))
    reach = (max(high, -low) if signed else high) or 1.0
    return LookScale(-reach if signed else 0.0, reach, signed, view.opacity, view.threshold)


def painted(view: HeatmapView, one: ShownMap, scale: LookScale) -> Image.Image:
    """A map over its picture."""
    longer = max(one.image.size)
    factor = min(512, max(_PIXELS, longer)) / longer
    width = max(1, round(one.image.width * factor))
    boxes = view.result.axis("patch").boxes
    return drawing.overlay(one.image, one.values, scale=scale, boxes=boxes, smooth=view.smooth, width=width)


def save_figure(view: HeatmapView, path: Path, width: float) -> None:
    """Write what the view shows.

    Raises
    ------
    InputError
        An ending other than .png, .svg or .pdf, or a place that can't be written to.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"a file that ends in {', '.join(ENDINGS)}", path.name, "Choose one of these.")
    from matplotlib import rc_context  # only here: it takes a while to load
    from matplotlib.figure import Figure
    from matplotlib.font_manager import get_font_names

    known = set(get_font_names())
    fonts = [font for font in _FONTS if font in known]  # matplotlib brings DejaVu Sans

    maps = shown_maps(view)
    scale = look(view, maps)
    images = [painted(view, one, scale) for one in maps]
    height = width * max(image.height / image.width for image in images)
    across = (width + 0.15) * len(images) + 0.15
    texts = [line for text in (_caption(view), _words(view)) for line in wrap(text, int(_LETTERS * across))]
    below = 0.7 + _LINE * len(texts)
    total = across, height + below + 0.15
    try:
        # fonts differ from machine to machine; a sign that none of them has is drawn as a box
        look_of_text: Any = {"svg.fonttype": "none", "svg.hashsalt": "saii", "pdf.fonttype": 42, "font.family": fonts}
        with rc_context(look_of_text), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*[Gg]lyph.*")
            figure = Figure(figsize=total, facecolor="white")
            for k, (one, image) in enumerate(zip(maps, images, strict=True)):
                left = 0.15 + k * (width + 0.15)
                tall = width * image.height / image.width
                axes = figure.add_axes(_share(left, total[1] - 0.15 - tall, width, tall, total))
                axes.imshow(np.asarray(image), interpolation="none")
                axes.set_axis_off()
                _lines(view, axes, image)
                _text(figure, one.name, left, below - 0.2, total, _MUTED)
            _legend(figure, scale, view.result.unit, below - 0.45, total)
            for k, text in enumerate(texts):
                _text(figure, text, 0.15, below - 0.75 - _LINE * k, total, _INK)
            figure.savefig(path, dpi=200, metadata=_undated(path))
    except OSError as error:
        raise InputError(
            f"a place where {path.name} can be written", str(error.strerror or error), "Name another folder."
        ) from error


def _share(left: float, bottom: float, width: float, height: float, total: tuple[float, float]) -> Any:
    return (left / total[0], bottom / total[1], width / total[0], height / total[1])


def _text(figure: Any, text: str, x: float, y: float, total: tuple[float, float], colour: str) -> None:
    figure.text(x / total[0], y / total[1], text, color=colour, fontsize=9, parse_math=False)


def _legend(figure: Any, scale: Scale, unit: str, y: float, total: tuple[float, float]) -> None:
    ends = [shown(end, unit, signed=scale.signed) for end in (scale.low, scale.high)]
    _text(figure, f"{unit}   {ends[0]}", 0.15, y, total, _INK)
    bar = figure.add_axes(_share(1.75, y - 0.01, 1.4, 0.11, total))
    bar.imshow(np.asarray(drawing.colour_bar(scale)), aspect="auto", interpolation="none")
    bar.set_axis_off()
    _text(figure, ends[1], 3.25, y, total, _INK)


def _lines(view: HeatmapView, axes: Any, image: Image.Image) -> None:
    from matplotlib.collections import LineCollection

    if not view.outlines:
        return
    for lines in view.outlines_at(view.chosen.get("image", 0)).values():
        ends = (lines * np.tile(image.size, 2)).reshape(-1, 2, 2) - 0.5
        for wide, colour in ((2.0, "#000000a6"), (0.8, "#ffffff")):
            axes.add_collection(LineCollection(list(ends), linewidths=wide, colors=colour))


def _caption(view: HeatmapView) -> str:
    if "caption" in view.result.kinds:
        return view.result.axis("caption").labels[view.chosen["caption"]]
    return view.result.captions[0].text if len(view.result.captions) == 1 else ""


def _words(view: HeatmapView) -> str:
    """The words with their numbers, or the word whose map is shown."""
    if "word" in view.result.kinds:
        return f"word: {view.result.axis('word').labels[view.chosen['word']]}"
    words = map_data.words_beside(view.result)
    if words is None:
        return ""
    axis = words.axes[-1]
    values = words.values[view.chosen.get("image", 0)] if "image" in words.kinds else words.values
    groups = axis.groups if "caption" in view.result.kinds and axis.groups is not None else None
    mine = [k for k in range(len(axis)) if groups is None or groups[k] == view.chosen["caption"]]
    named = [(axis.labels[k], shown(float(values[k]), words.unit), axis.roles[k] if axis.roles else None) for k in mine]
    return "   ".join(word if role is Role.FUNCTION else f"{word} {value}" for word, value, role in named)


def _undated(path: Path) -> dict[str, Any]:
    """The same view gives the same file."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix.lower(), {"Software": None})
