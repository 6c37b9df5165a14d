"""What is painted on the road: lanes, edges, an arrow, a zebra crossing."""

from __future__ import annotations

from random import Random
from typing import Final

from ..scene_plan import LANE_WIDTH
from .ground import paint_strip
from .light import Colour
from .stage import Stage

_WHITE: Final[Colour] = (236, 236, 230)
_YELLOW: Final[Colour] = (240, 200, 50)
_ZEBRA: Final[Colour] = (242, 242, 240)


def paint_markings(stage: Stage, rng: Random) -> None:
    """Paint the markings and the zebra crossing that the plan asks for."""
    if "markings" in stage.plan.things:
        yellow = rng.random() < 0.35
        _paint_lanes(stage)
        _paint_edges(stage, yellow)
        if rng.random() < 0.5:
            _paint_arrow(stage, rng)
    if "zebra" in stage.plan.things:
        _paint_zebra(stage, rng)


def _paint_lanes(stage: Stage) -> None:
    for lane in range(1, stage.plan.lanes):
        across = -stage.plan.half_width + LANE_WIDTH * lane
        for along in range(-14, 56, 5):
            if stage.camera.depth(along, across) > 4:
                paint_strip(stage, "markings", _WHITE, (across - 0.1, across + 0.1), (along, along + 2.6), 1)


def _paint_edges(stage: Stage, yellow: bool) -> None:
    colour, reach = _YELLOW if yellow else _WHITE, (-15.0, 70.0)
    for side in (-1, 1):
        outer = side * (stage.plan.half_width - 0.35)
        paint_strip(stage, "markings", colour, (outer - 0.09, outer + 0.09), reach, 4)
        if yellow:
            inner = side * (stage.plan.half_width - 0.75)
            paint_strip(stage, "markings", colour, (inner - 0.07, inner + 0.07), reach, 4)


def _paint_arrow(stage: Stage, rng: Random) -> None:
    plan, camera, pen = stage.plan, stage.camera, stage.canvas.pen("markings")
    across = -plan.half_width + LANE_WIDTH / 2 + LANE_WIDTH * rng.randrange(plan.lanes)
    along = rng.uniform(-7, 6)
    colour = stage.light.shade(_WHITE, camera.depth(along, across))
    shaft = ((along, -0.14), (along, 0.14), (along + 3, 0.14), (along + 3, -0.14))
    head = ((along + 3, -0.5), (along + 3, 0.5), (along + 4.6, 0.0))
    for outline in (shaft, head):
        pen.polygon([camera.point(u, across + t, 0) for u, t in outline], colour)


def _paint_zebra(stage: Stage, rng: Random) -> None:
    along, half = rng.uniform(-8, 9), stage.plan.half_width
    for i in range(int(half * 2 / 1.1)):
        left = -half + 0.3 + i * 1.1
        paint_strip(stage, "zebra", _ZEBRA, (left, left + 0.6), (along, along + 3.2), 1)
