"""People at the kerb."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from ..facts import COLOURS
from .light import Colour
from .stage import Stage

_ENLARGED: Final = 1.6  # a person of true size is a few pixels
_TROUSERS: Final = ((30, 34, 60), (60, 60, 64), (80, 70, 56))


@dataclass(frozen=True)
class Person:
    """Somebody who stands and waits."""

    along: float
    across: float
    coat: Colour
    trousers: Colour

    def paint(self, stage: Stage) -> None:
        light, pen = stage.light, stage.canvas.pen("people")
        depth = stage.camera.depth(self.along, self.across)
        if depth < 5:
            return
        scale = stage.camera.scale(depth) * _ENLARGED
        x, y = stage.camera.point(self.along, self.across, 0)
        cloth = light.shade(self.trousers, depth)
        for foot, hip in ((-0.13, -0.05), (0.15, 0.05)):
            pen.line((x + foot * scale, y), (x + hip * scale, y - 0.85 * scale), cloth, 0.17 * scale)
        trunk = ((-0.26, 0.8), (0.26, 0.8), (0.22, 1.45), (-0.22, 1.45))
        pen.polygon([(x + right * scale, y - up * scale) for right, up in trunk], light.shade(self.coat, depth))
        pen.ellipse(x, y - 1.62 * scale, 0.16 * scale, 0.18 * scale, light.shade((222, 176, 146), depth))


def plan_people(half_width: float, sides: tuple[int, ...], rng: Random) -> tuple[list[Person], int]:
    """One to three people, and the side on which the last of them stands."""
    people: list[Person] = []
    side = 0
    for _ in range(rng.randrange(1, 4)):
        side = rng.choice(sides)
        along, across = rng.uniform(-7, 9), side * (half_width + rng.uniform(0.5, 1.3))
        coat, trousers = rng.choice(list(COLOURS.values())), rng.choice(_TROUSERS)
        people.append(Person(along, across, coat, trousers))
    return people, side
