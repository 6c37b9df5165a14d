"""A vehicle's frame on the canvas: its long side undistorted, its front and its roof slanted away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from ..scenes.painting.camera import Point
from ..scenes.painting.canvas import Canvas
from ..scenes.painting.light import Colour, Pixel, mix
from .plan import Plan

Span = tuple[float, float]

ROOF: Final = 1.1  # light on it, as a share of that on the long side
FRONT: Final = 0.84


class Easel:
    """Paints parts that are given as (ahead of the rear, up, away from the viewer) in metres.

    Parameters
    ----------
    canvas : Canvas
    plan : Plan
    length, width : float
        Of the vehicle, metres; they centre it.
    """

    def __init__(self, canvas: Canvas, plan: Plan, length: float, width: float) -> None:
        self.canvas, self.plan, self.width = canvas, plan, width
        self.scale = plan.span * canvas.side / (length + plan.slant * width)
        half = plan.span * canvas.side / 2
        middle = plan.middle * canvas.side
        self._origin = middle + half if plan.faces_left else middle - half
        self._ahead = -1 if plan.faces_left else 1
        self._ground = plan.ground * canvas.side

    def point(self, x: float, y: float, z: float = 0.0) -> Point:
        """The pixel of a point."""
        ahead, up = x + self.plan.slant * z, y + self.plan.lift * z
        return self._origin + self._ahead * ahead * self.scale, self._ground - up * self.scale

    def polygon(self, part: str, corners: Sequence[tuple[float, ...]], colour: Colour, strength: float = 1.0) -> None:
        """A flat piece of a part; nothing where the plan leaves the part out."""
        if part not in self.plan.missing:
            self.canvas.pen(part).polygon([self.point(*corner) for corner in corners], _lit(colour, strength))

    def side(self, part: str, x: Span, y: Span, colour: Colour, strength: float = 1.0, z: float = 0.0) -> None:
        """A rectangle on the long side, with cut corners."""
        (left, right), (low, high) = x, y
        cut = min(0.06, (right - left) / 4, (high - low) / 4)
        outline = [
            (left + cut, low, z),
            (right - cut, low, z),
            (right, low + cut, z),
            (right, high - cut, z),
            (right - cut, high, z),
            (left + cut, high, z),
            (left, high - cut, z),
            (left, low + cut, z),
        ]
        self.polygon(part, outline, colour, strength)

    def front(self, part: str, x: float, y: Span, z: Span, colour: Colour, strength: float = FRONT) -> None:
        """A rectangle on the front, which is upright at `x`."""
        (low, high), (near, far) = y, z
        self.polygon(part, [(x, low, near), (x, low, far), (x, high, far), (x, high, near)], colour, strength)

    def round(self, part: str, x: float, y: float, radius: float, colour: Colour, z: float = 0.0) -> None:
        """A circle on the long side."""
        angles = [k * math.pi / 8 for k in range(16)]
        self.polygon(part, [(x + radius * math.cos(a), y + radius * math.sin(a), z) for a in angles], colour)

    def arch(self, part: str, x: float, y: float, radius: float, colour: Colour) -> None:
        """The upper half of a circle on the long side."""
        angles = [k * math.pi / 8 for k in range(9)]
        self.polygon(part, [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles], colour)

    def lamp(self, part: str, x: float, y: float, z: float, radius: float, colour: Colour) -> None:
        """A circle on the front."""
        angles = [k * math.pi / 6 for k in range(12)]
        self.polygon(part, [(x, y + radius * math.sin(a), z + radius * math.cos(a)) for a in angles], colour)

    def box(self, part: str, x: Span, y: Span, z: Span, colour: Colour) -> None:
        """A box: its top, its front and the side that is seen."""
        (back, ahead), (low, high), (near, far) = x, y, z
        lid = [(back, high, near), (ahead, high, near), (ahead, high, far), (back, high, far)]
        self.polygon(part, lid, colour, ROOF)
        self.front(part, ahead, y, z, colour)
        self.polygon(part, [(back, low, near), (ahead, low, near), (ahead, high, near), (back, high, near)], colour)

    def hull(self, part: str, outline: Sequence[Point], colour: Colour, glass: Colour, panes: Sequence[int]) -> None:
        """A body with one outline along its whole width.

        Parameters
        ----------
        part : str
        outline : sequence of (ahead, up)
            From the bottom of the rear over the roof to the bottom of the front.
        colour, glass : three numbers in 0..255
        panes : sequence of int
            Which stretches of the outline are glass, with a frame of the body's colour.
        """
        for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(outline[1:]), 1):  # the rear itself is not seen
            steep = abs(y1 - y0) / max(math.hypot(x1 - x0, y1 - y0), 1e-9)
            strength = ROOF + (FRONT - ROOF) * steep
            quad = [(x0, y0, 0), (x1, y1, 0), (x1, y1, self.width), (x0, y0, self.width)]
            self.polygon(part, quad, colour, strength)
            if k in panes:
                self._pane((x0, y0), (x1, y1), glass)
        self.polygon(part, [(x, y, 0) for x, y in outline], colour)

    def _pane(self, top: Point, bottom: Point, glass: Colour) -> None:
        (x0, y0), (x1, y1) = top, bottom

        def at(share: float, z: float) -> tuple[float, float, float]:
            return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, z

        near, far = 0.14, self.width - 0.14
        self.polygon("window", [at(0.1, near), at(0.92, near), at(0.92, far), at(0.1, far)], glass, FRONT + 0.1)
        middle = (near + far) / 2
        shine = [at(0.1, middle), at(0.92, middle - 0.3), at(0.92, middle - 0.02), at(0.1, middle + 0.28)]
        self.polygon("window", shine, mix(glass, (255, 255, 255), 0.28), FRONT + 0.1)

    def shadow(self, length: float) -> None:
        """What the vehicle keeps the light from."""
        corners = [
            self.point(*c)
            for c in ((-0.15, -0.06), (length + 0.15, -0.06), (length + 0.1, 0, self.width), (0, 0, self.width))
        ]
        self.canvas.pen("background").polygon(corners, (44, 46, 52))


def _lit(colour: Colour, strength: float) -> Pixel:
    r, g, b = (min(255, int(value * strength)) for value in colour)
    return r, g, b
