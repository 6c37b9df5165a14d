"""Trees behind the kerb: round ones and conifers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from .light import Colour, mix
from .stage import Stage

_FOLIAGE: Final = ((52, 104, 48), (72, 122, 52), (40, 88, 58), (150, 104, 40))
_SNOW: Final = (235, 240, 245)


@dataclass(frozen=True)
class Tree:
    """One tree; places and height in metres."""

    along: float
    across: float
    height: float
    colour: Colour
    seed: int  # of its shape
    conifer: bool

    def paint(self, stage: Stage) -> None:
        camera = stage.camera
        depth = camera.depth(self.along, self.across)
        if depth < 7:
            return  # it would hide the scene
        foot, middle = (camera.point(self.along, self.across, up) for up in (0, self.height * 0.5))
        trunk = stage.light.shade((92, 68, 48), depth)
        stage.canvas.pen("trees").line(foot, middle, trunk, 0.32 * camera.scale(depth))
        if self.conifer:
            self._paint_tiers(stage, depth)
        else:
            self._paint_crown(stage, depth)

    def _paint_tiers(self, stage: Stage, depth: float) -> None:
        camera, scale = stage.camera, stage.camera.scale(depth)
        colour = mix(self.colour, _SNOW, 0.5 if "snow" in stage.plan.weather else 0)
        for i in range(3):
            low = self.height * (0.25 + 0.22 * i)
            half = (1.7 - 0.42 * i) * scale
            x, y = camera.point(self.along, self.across, low)
            tip = camera.point(self.along, self.across, low + self.height * 0.34)
            shade = stage.light.shade(colour, depth, 0.85 + 0.1 * i)
            stage.canvas.pen("trees").polygon([(x - half, y), (x + half, y), tip], shade)

    def _paint_crown(self, stage: Stage, depth: float) -> None:
        dice, scale = Random(self.seed), stage.camera.scale(depth)
        for i in range(7):
            up = self.height * (0.55 + 0.4 * dice.random())
            x, y = stage.camera.point(self.along, self.across, up)
            radius = scale * dice.uniform(0.75, 1.25)
            colour = mix(self.colour, _SNOW, 0.45 if "snow" in stage.plan.weather and i > 3 else 0)
            shade = stage.light.shade(colour, depth, 0.8 + 0.06 * i)
            stage.canvas.pen("trees").ellipse(x + dice.uniform(-1.2, 1.2) * scale, y, radius, radius * 0.9, shade)


def plan_trees(half_width: float, far_side: int, sides: tuple[int, ...], rng: Random) -> list[Tree]:
    """Two trees close by on the far side, and one to four more anywhere."""
    planned: list[Tree] = []
    for k in range(rng.randrange(3, 7)):
        side = far_side if k < 2 else rng.choice(sides)
        along = rng.uniform(-4, 40) if k > 1 else rng.uniform(-6, 12)
        across = side * (half_width + rng.uniform(3.2, 7))
        height, colour = rng.uniform(4, 7), rng.choice(_FOLIAGE)
        planned.append(Tree(along, across, height, colour, rng.randrange(1 << 20), rng.random() < 0.3))
    return planned
