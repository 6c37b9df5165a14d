"""Street furniture: lamps, traffic lights, road signs, billboards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

from .camera import Point
from .canvas import OCTAGON, Pen
from .light import Colour, mix, to_pixel
from .stage import Stage

_LAMP_COLOURS: Final = ((255, 40, 36), (255, 180, 30), (40, 230, 110))
_LAMP_HALOS: Final = ((255, 60, 50), (255, 180, 60), (60, 240, 120))


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """Something that stands beside the road, `beyond` metres outside its edge.

    Parameters
    ----------
    along : float
        Metres.
    side : int
        -1 left, 1 right: the side with which its turn in painting is worked out.
    stands_on : int
        The side on which it is seen.
    half_width : float
        Half of the road's width, metres.
    """

    along: float
    side: int
    stands_on: int
    half_width: float

    beyond: ClassVar[float]

    @property
    def across(self) -> float:
        return self.side * (self.half_width + self.beyond)

    @property
    def stands_at(self) -> float:
        return self.stands_on * (self.half_width + self.beyond)


@dataclass(frozen=True, kw_only=True)
class Lamp(Furniture):
    """A street lamp whose arm reaches over the road."""

    height: float

    beyond = 1.1

    def paint(self, stage: Stage) -> None:
        camera, pen = stage.camera, stage.canvas.pen("lamps")
        depth = camera.depth(self.along, self.stands_at)
        if depth < 6:
            return
        scale, post = camera.scale(depth), stage.light.shade((84, 90, 96), depth)
        top = camera.point(self.along, self.stands_at, self.height)
        head = camera.point(self.along, self.stands_at - self.stands_on * 2.2, self.height + 0.3)
        pen.line(camera.point(self.along, self.stands_at, 0), top, post, 0.28 * scale)
        pen.line(top, head, post, 0.22 * scale)
        glass = (255, 240, 190) if stage.plan.night else stage.light.shade((200, 204, 206), depth)
        pen.ellipse(*head, 0.65 * scale, 0.24 * scale, glass)
        if stage.plan.night:
            stage.canvas.halo(head[0], head[1] + 0.3 * scale, 1.7 * scale, (255, 226, 150))


@dataclass(frozen=True, kw_only=True)
class TrafficLight(Furniture):
    """Three lamps on a post, one of them lit: 0 red, 1 amber, 2 green."""

    lit: int

    beyond = 0.9

    def paint(self, stage: Stage) -> None:
        camera, pen = stage.camera, stage.canvas.pen("lights")
        depth = camera.depth(self.along, self.stands_at)
        if depth < 5:
            return
        scale = camera.scale(depth)
        foot, top = (camera.point(self.along, self.stands_at, up) for up in (0, 3.4))
        pen.line(foot, top, stage.light.shade((70, 74, 78), depth), 0.18 * scale)
        x, y = camera.point(self.along, self.stands_at, 4.1)
        scale *= 1.35
        width, height = 0.42 * scale, 1.15 * scale
        pen.rectangle(x - width, y - height, x + width, y + height, stage.light.shade((26, 28, 30), depth))
        for i, colour in enumerate(_LAMP_COLOURS):
            shown = colour if i == self.lit else mix(colour, (20, 20, 20), 0.78)
            pen.ellipse(x, y + (i - 1) * 0.7 * scale, 0.27 * scale, 0.27 * scale, to_pixel(shown))
        if stage.plan.night or "rain" in stage.plan.weather:
            stage.canvas.halo(x, y + (self.lit - 1) * 0.7 * scale, 0.9 * scale, _LAMP_HALOS[self.lit])


@dataclass(frozen=True, kw_only=True)
class RoadSign(Furniture):
    """A sign on a post: 0 two bars in a red ring, 1 a red triangle, 2 an arrow on blue, 3 no entry."""

    kind: int

    beyond = 1.0

    def paint(self, stage: Stage) -> None:
        camera, light, pen = stage.camera, stage.light, stage.canvas.pen("sign")
        depth = camera.depth(self.along, self.stands_at)
        if depth < 5:
            return
        scale = camera.scale(depth)
        foot, top = (camera.point(self.along, self.stands_at, up) for up in (0, 2.4))
        pen.line(foot, top, light.shade((120, 124, 128), depth), 0.12 * scale)
        x, y = camera.point(self.along, self.stands_at, 2.8)
        radius = 0.82 * scale
        red, white, blue = (light.shade(c, depth, 1.05) for c in ((210, 24, 30), (246, 246, 246), (24, 84, 190)))

        def shape(*corners: Point) -> list[Point]:
            return [(x + right * radius, y + down * radius) for right, down in corners]

        if self.kind == 0:
            pen.ellipse(x, y, radius, radius, red)
            pen.ellipse(x, y, radius * 0.72, radius * 0.72, white)
            for left, right in ((-0.4, -0.1), (0.1, 0.4)):
                pen.polygon(shape((left, -0.3), (right, -0.3), (right, 0.3), (left, 0.3)), (20, 20, 20))
        elif self.kind == 1:
            pen.polygon(shape((0, -1.1), (1.1, 0.8), (-1.1, 0.8)), red)
            pen.polygon(shape((0, -0.55), (0.62, 0.52), (-0.62, 0.52)), white)
        elif self.kind == 2:
            pen.ellipse(x, y, radius, radius, blue)
            head_and_shaft = ((0, -0.6), (0.5, 0), (0.15, 0), (0.15, 0.6), (-0.15, 0.6), (-0.15, 0), (-0.5, 0))
            pen.polygon(shape(*head_and_shaft), white)
        else:
            radius *= 1.1
            pen.polygon(shape(*((math.cos(a), math.sin(a)) for a in OCTAGON)), red)
            pen.polygon(shape((-0.7, -0.18), (0.7, -0.18), (0.7, 0.18), (-0.7, 0.18)), white)


@dataclass(frozen=True, kw_only=True)
class Billboard(Furniture):
    """A board on two posts, with the red logo or lines of text."""

    colour: Colour
    logo: bool

    beyond = 4.5

    def paint(self, stage: Stage) -> None:
        camera, pen = stage.camera, stage.canvas.pen("billboard")
        depth = camera.depth(self.along, self.stands_at)
        if depth < 8:
            return
        grey = stage.light.shade((90, 92, 96), depth)
        for post in (-2, 2):
            foot, top = (camera.point(self.along + post, self.stands_at, up) for up in (0, 2.5))
            pen.line(foot, top, grey, 0.25 * camera.scale(depth))
        self._panel(stage, pen, (-3.1, 3.1), (2.2, 5.4), (60, 62, 66))
        self._panel(stage, pen, (-2.9, 2.9), (2.4, 5.2), self.colour)
        if self.logo:
            logo = stage.canvas.pen("logo")
            circle = [
                camera.point(self.along + 1.15 * math.cos(a), self.stands_at, 3.8 + 1.15 * math.sin(a)) for a in OCTAGON
            ]
            logo.polygon(circle, stage.light.shade((214, 20, 30), depth, 1.05))
            self._panel(stage, logo, (-0.7, 0.7), (3.65, 3.95), (246, 246, 246))
        else:
            ink = mix(self.colour, (20, 20, 30), 0.65)
            for i in range(3):
                self._panel(stage, pen, (-2.4, 2.4 - i * 0.9), (4.5 - i * 0.75, 4.8 - i * 0.75), ink)

    def _panel(self, stage: Stage, pen: Pen, along: Point, up: Point, colour: Colour) -> None:
        depth = stage.camera.depth(self.along, self.stands_at)
        reach = (self.along + along[0], self.along + along[1])
        outline = stage.camera.along_wall(self.stands_at, reach, up)
        pen.polygon(outline, stage.light.shade(colour, depth, 1.05))
