"""Hills, ground and the surface of the road."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import Final

from .camera import Point
from .canvas import OCTAGON
from .light import Colour, Pixel, mix
from .sky import SKY_COLOURS
from .stage import Stage

_HILLS: Final = ((96, 116, 104), (110, 118, 130), (122, 116, 104))
_GROUNDS: Final = ((104, 134, 72), (128, 132, 82), (150, 146, 138), (134, 124, 106))
_SNOW: Final = (232, 236, 240)
_ROAD_FROM: Final = -17.5  # metres along the road: behind the lower edge of the picture
_ROAD_TO: Final = 150.0


def paint_ground(stage: Stage, rng: Random) -> Pixel:
    """Paint all that lies flat below the sky, but for markings.

    Returns
    -------
    Pixel
        The colour of the road nearby, for the shadows and reflections on it.
    """
    _paint_hills(stage, rng)
    ground = _SNOW if "snow" in stage.plan.weather else rng.choice(_GROUNDS)
    _paint_fields(stage, ground)
    return _paint_road(stage, ground, rng)


def paint_strip(stage: Stage, thing: str, colour: Colour, across: Point, along: Point, pieces: int) -> None:
    """Paint a strip on the ground parallel to the road, in pieces that grow with the distance.

    Parameters
    ----------
    stage : Stage
    thing : str
        Its label.
    colour : three numbers in 0..255
    across : (from, to)
        Metres.
    along : (from, to)
        Metres.
    pieces : int
        How many quadrilaterals; each has the colour that its distance gives it.
    """
    camera, pen = stage.camera, stage.canvas.pen(thing)
    left, right = across
    start, stop = along
    ends = [start + (stop - start) * (i / pieces) ** 2.2 for i in range(pieces + 1)]
    for a, b in pairwise(ends):
        if max(camera.depth(a, left), camera.depth(a, right), camera.depth(b, left)) < 2.2:
            continue  # beside or behind the camera
        depth = (camera.depth(a, left) + camera.depth(b, right)) / 2
        corners = [camera.point(u, t, 0) for u, t in ((a, left), (a, right), (b, right), (b, left))]
        pen.polygon(corners, stage.light.shade(colour, depth))


def _paint_hills(stage: Stage, rng: Random) -> None:
    side = stage.canvas.side
    horizon = stage.plan.view.horizon * side
    outline, height = [(0.0, horizon + 4)], rng.uniform(0.01, 0.04) * side
    for i in range(9):
        height = min(0.06 * side, max(0.004 * side, height + rng.uniform(-0.015, 0.015) * side))
        outline.append((i * side / 8, horizon - height))
    outline.append((side, horizon + 4))
    stage.canvas.pen("hills").polygon(outline, stage.light.shade(rng.choice(_HILLS), 60))


def _paint_fields(stage: Stage, ground: Colour) -> None:
    side, pen = stage.canvas.side, stage.canvas.pen("ground")
    horizon = stage.plan.view.horizon * side
    for i in range(4):
        top = horizon + (side - horizon) * (i / 4) ** 1.6
        pen.rectangle(0, top, side, side, stage.light.shade(ground, 70 / (1 + 2.5 * i), 0.92 + 0.03 * i))


def _paint_road(stage: Stage, ground: Colour, rng: Random) -> Pixel:
    plan, reach = stage.plan, (_ROAD_FROM, _ROAD_TO)
    half = plan.half_width
    grey = rng.uniform(70, 104)
    road: Colour = (grey, grey, grey + 4)
    if "wet" in plan.weather:
        road = mix((grey * 0.62, grey * 0.64, grey * 0.70), SKY_COLOURS[plan.sky][1], 0.12)
    if "snow" in plan.weather:
        road = mix(road, (235, 238, 242), 0.35)
    kerb, edge = mix(ground, (176, 172, 166), 0.75), mix(road, (190, 190, 190), 0.45)
    paint_strip(stage, "ground", kerb, (-half - 1.6, half + 1.6), reach, 5)
    paint_strip(stage, "road", edge, (-half - 0.2, half + 0.2), reach, 5)
    paint_strip(stage, "road", road, (-half, half), reach, 5)
    if "wet" in plan.weather:
        for _ in range(rng.randrange(4, 9)):
            _paint_puddle(stage, road, rng)
    return stage.light.shade(road, 20)


def _paint_puddle(stage: Stage, road: Colour, rng: Random) -> None:
    plan, camera, light = stage.plan, stage.camera, stage.light
    half = plan.half_width
    along, across = rng.uniform(-9, 26), rng.uniform(-half, half) * 0.9
    length, width = rng.uniform(0.6, 2.6), rng.uniform(0.3, 0.8)
    outline = [camera.point(along + length * math.cos(a), across + width * math.sin(a), 0) for a in OCTAGON]
    if plan.night:
        colour = light.shade(mix(road, (120, 130, 170), 0.5))
    else:
        colour = light.glow(mix(road, SKY_COLOURS[plan.sky][1], 0.45), camera.depth(along, across))
    stage.canvas.pen("road").polygon(outline, colour)
