"""The picture while it is painted, with a label for every pixel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..places import LABELS, vehicle_label
from .camera import Point
from .light import Pixel

_RADIUS: Final = np.hypot(*np.meshgrid(np.linspace(-1, 1, 48), np.linspace(-1, 1, 48)))
_HALO: Final = Image.fromarray((np.clip(1 - _RADIUS, 0, 1) ** 1.8 * 200).astype(np.uint8))


class Canvas:
    """A square picture and, in step with it, what each pixel shows.

    Parameters
    ----------
    side : int
        Width and height, pixels.
    things : mapping of str to int
        Labels of what can be painted; a pixel that no pen has touched has label 0.
    """

    def __init__(self, side: int, things: Mapping[str, int] = LABELS) -> None:
        self.side, self._things = side, things
        self.image = Image.new("RGB", (side, side))
        self._labels = Image.new("L", (side, side))
        self._fenced = Image.new("1", (side, side))
        self._on_image, self._on_labels = ImageDraw.Draw(self.image), ImageDraw.Draw(self._labels)

    def pen(self, thing: str) -> Pen:
        """A pen whose strokes show the thing, a key of the labels."""
        return Pen(self._on_image, self._on_labels, self._things[thing])

    def vehicle_pen(self, number: int) -> Pen:
        """A pen whose strokes show the scene's vehicle `number`."""
        return Pen(self._on_image, self._on_labels, vehicle_label(number))

    def fence_in(self, outline: Sequence[Point]) -> None:
        """Count what lies within the outline as fence, though one sees through it."""
        ImageDraw.Draw(self._fenced).polygon(outline, fill=1)

    def halo(self, x: float, y: float, radius: float, colour: Pixel) -> None:
        """Light around a lamp; what lies behind keeps its label."""
        radius, x, y = int(radius), int(x), int(y)
        if radius < 2 or min(x, y) < -radius or max(x, y) > self.side + radius:
            return
        self.image.paste(colour, (x - radius, y - radius), _HALO.resize((2 * radius, 2 * radius)))

    def streak(self, start: Point, end: Point, colour: Pixel, width: int) -> None:
        """A line in the air; what lies behind keeps its label."""
        self._on_image.line([start, end], fill=colour, width=width)

    def flake(self, x: float, y: float, radius: float, colour: Pixel) -> None:
        """A dot in the air; what lies behind keeps its label."""
        self._on_image.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def reduced(self, factor: int) -> tuple[Image.Image, NDArray[np.uint8], NDArray[np.bool_]]:
        """The picture made smaller by averaging, and labels and fenced pixels by taking the middle of each block."""
        middle = slice(factor // 2, None, factor)
        labels = np.asarray(self._labels)[middle, middle].copy()
        fenced = np.asarray(self._fenced)[middle, middle].copy()
        return self.image.reduce(factor), labels, fenced


class Pen:
    """Paints shapes of one label; colours are pixels, coordinates may lie outside the canvas."""

    def __init__(self, on_image: ImageDraw.ImageDraw, on_labels: ImageDraw.ImageDraw, label: int) -> None:
        self._on_image, self._on_labels, self._label = on_image, on_labels, label

    def polygon(self, points: Sequence[Point], colour: Pixel) -> None:
        self._on_image.polygon(points, fill=colour)
        self._on_labels.polygon(points, fill=self._label)

    def rectangle(self, left: float, top: float, right: float, bottom: float, colour: Pixel) -> None:
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def line(self, start: Point, end: Point, colour: Pixel, width: float) -> None:
        width = max(1, round(width))
        self._on_image.line([start, end], fill=colour, width=width)
        self._on_labels.line([start, end], fill=self._label, width=width)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Pixel) -> None:
        box = (x - radius_x, y - radius_y, x + radius_x, y + radius_y)
        self._on_image.ellipse(box, fill=colour)
        self._on_labels.ellipse(box, fill=self._label)


#: Angles of the corners of an octagon, which stands for a circle seen at an angle.
OCTAGON: Final = tuple(i * math.pi / 4 + math.pi / 8 for i in range(8))
