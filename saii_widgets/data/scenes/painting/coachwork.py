"""Flat panels, boxes, wheels and lamps in a vehicle's own frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from ..scene_plan import VehiclePlan
from .camera import Point
from .canvas import OCTAGON, Pen
from .light import Colour, Pixel, mix, to_pixel
from .stage import Stage

Corner = tuple[float, float, float]
Span = tuple[float, float]

_TYRE: Final = (22, 22, 24)
_HUB: Final = (150, 152, 156)
_TINT: Final = 0.68  # share of the road's colour in a reflection


class Coachwork:
    """Paints parts of one vehicle that are given as (ahead of its middle, aside, up) in metres, before its scale.

    Parameters
    ----------
    stage : Stage
    vehicle : VehiclePlan
    pen : Pen
    paint : three numbers in 0..255
        Colour of the body.
    reflected_in : Pixel, optional
        The colour of a wet road; the vehicle is then painted upside down below it, without its logo.
    """

    def __init__(
        self, stage: Stage, vehicle: VehiclePlan, pen: Pen, paint: Colour, reflected_in: Pixel | None = None
    ) -> None:
        self.stage, self.vehicle, self.paint = stage, vehicle, paint
        self.glass: Colour = (30, 36, 52) if stage.plan.night else (44, 56, 70)
        self.depth = stage.camera.depth(vehicle.along, vehicle.across)
        self._pen, self._reflected_in = pen, reflected_in
        along, across = stage.camera.foot
        #: Where the camera stands in the frame of the vehicle.
        self.eye_ahead = (along - vehicle.along) * vehicle.direction / vehicle.scale
        self.eye_aside = (across - vehicle.across) * vehicle.direction / vehicle.scale

    def point(self, ahead: float, aside: float, up: float) -> Point:
        """The pixel of a point of the vehicle."""
        vehicle = self.vehicle
        upright = 1.0 if self._reflected_in is None else -1.0
        return self.stage.camera.point(
            vehicle.along + ahead * vehicle.direction * vehicle.scale,
            vehicle.across + aside * vehicle.direction * vehicle.scale,
            up * vehicle.scale * upright,
        )

    def polygon(self, corners: Sequence[Corner], colour: Colour, strength: float = 1.0, shining: bool = False) -> None:
        """A flat part with any outline."""
        light = self.stage.light
        pixel = light.glow(colour, self.depth) if shining else light.shade(colour, self.depth, strength)
        if self._reflected_in is not None:
            pixel = to_pixel(mix(pixel, self._reflected_in, _TINT))
        self._pen.polygon([self.point(*corner) for corner in corners], pixel)

    def box(
        self,
        ahead: Span,
        half_width: float,
        up: Span,
        colour: Colour,
        *,
        roof: Span | None = None,
        half_roof: float | None = None,
        walls: Colour | None = None,
        top: float = 1.10,
    ) -> None:
        """A box, of which the walls that face the camera are painted, and the roof.

        Parameters
        ----------
        ahead : (from, to)
            Reach at the bottom.
        half_width : float
            At the bottom.
        up : (from, to)
        colour : three numbers in 0..255
        roof : (from, to), optional
            Reach of the roof where it differs from the bottom's.
        half_roof : float, optional
            Half width of the roof where it differs from the bottom's.
        walls : three numbers in 0..255, optional
            Colour of the walls where it is not that of the roof.
        top : float
            How much light falls on the roof.
        """
        (back, front), (low, high), w = ahead, up, half_width
        roof_back, roof_front = roof or ahead
        rw = w if half_roof is None else half_roof
        walls = walls or colour
        for sign in (1, -1):
            if self.eye_aside * sign > w:
                corners = ((back, low), (front, low), (roof_front, high), (roof_back, high))
                wall = [(a, sign * (w if y == low else rw), y) for a, y in corners]
                self.polygon(wall, walls, 0.74)
        if self.eye_ahead > front:
            wall = [(front, -w, low), (front, w, low), (roof_front, rw, high), (roof_front, -rw, high)]
            self.polygon(wall, walls, 0.86)
        if self.eye_ahead < back:
            wall = [(back, -w, low), (back, w, low), (roof_back, rw, high), (roof_back, -rw, high)]
            self.polygon(wall, walls, 0.86)
        lid = [(roof_back, -rw, high), (roof_front, -rw, high), (roof_front, rw, high), (roof_back, rw, high)]
        self.polygon(lid, colour, top)

    def side(
        self,
        half_width: float,
        corners: Sequence[Point],
        colour: Colour,
        strength: float = 1.0,
        shining: bool = False,
    ) -> None:
        """A part on the long side that the camera sees; its corners are (ahead, up)."""
        if abs(self.eye_aside) > half_width:
            aside = (1 if self.eye_aside > 0 else -1) * (half_width + 0.01)
            self.polygon([(ahead, aside, up) for ahead, up in corners], colour, strength, shining)

    def side_panel(self, half_width: float, ahead: Span, up: Span, colour: Colour, shining: bool = False) -> None:
        """A rectangle on the long side that the camera sees."""
        (back, front), (low, high) = ahead, up
        self.side(half_width, ((back, low), (front, low), (front, high), (back, high)), colour, shining=shining)

    def end_panel(self, ahead: float, aside: Span, up: Span, colour: Colour, shining: bool = False) -> None:
        """A rectangle on the front (`ahead` positive) or the back, where the camera sees it."""
        if (ahead > 0 and self.eye_ahead > ahead) or (ahead < 0 and self.eye_ahead < ahead):
            (left, right), (low, high) = aside, up
            corners = ((left, low), (right, low), (right, high), (left, high))
            self.polygon([(ahead, t, y) for t, y in corners], colour, shining=shining)

    def wheels(self, half_width: float, ahead: Sequence[float], radius: float) -> None:
        """Wheels on the long side that the camera sees."""
        for middle in ahead:
            self.side(half_width, circle((middle, radius), (radius, radius)), _TYRE)
            self.side(half_width + 0.01, circle((middle, radius), (radius * 0.5, radius * 0.5)), _HUB)

    def lamps(self, front: float, back: float, half_width: float, up: float, height: float = 0.16) -> None:
        """Two white lamps in front, two red ones behind, and the number plates."""
        plan = self.stage.plan
        lit = plan.night or bool(plan.weather & {"fog", "rain"})
        white = (255, 244, 205) if lit else (235, 235, 225)
        red = (235, 30, 30) if plan.night else (190, 24, 24)
        for sign in (-1, 1):
            for ahead, inset, colour in ((front, 0.08, white), (back, 0.05, red)):
                outer, inner = sign * half_width - sign * inset, sign * half_width - sign * (inset + 0.34)
                self.end_panel(ahead, (outer, inner), (up, up + height), colour, shining=True)
        self.end_panel(front, (-0.28, 0.28), (up - 0.24, up - 0.08), (240, 240, 236))
        self.end_panel(back, (-0.28, 0.28), (up - 0.24, up - 0.08), (244, 206, 60))

    def logo(self, half_width: float, ahead: float, up: float, size: float, behind: float | None = None) -> None:
        """The red logo on the long side and, where `behind` is given, on the back; no reflection shows it."""
        if not self.vehicle.logo or self._reflected_in is not None:
            return
        red, white = (214, 20, 30), (246, 246, 246)
        body, self._pen = self._pen, self.stage.canvas.pen("logo")
        self.side_panel(half_width, (ahead - size, ahead + size), (up - size * 0.62, up + size * 0.62), white)
        self.side(half_width + 0.01, circle((ahead, up), (size * 0.55, size * 0.5)), red)
        if behind is not None:
            self.end_panel(behind, (-size * 0.8, size * 0.8), (up - size * 0.5, up + size * 0.5), white)
            inner = (up - size * 0.34, up + size * 0.34)
            self.end_panel(behind - 0.01, (-size * 0.42, size * 0.42), inner, red)
        self._pen = body


def circle(middle: Point, radii: Point) -> list[Point]:
    """An octagon around a middle, with its half width and half height."""
    (x, y), (rx, ry) = middle, radii
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in OCTAGON]
