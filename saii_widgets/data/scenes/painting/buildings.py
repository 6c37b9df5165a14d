"""Office buildings and houses, some way from the road."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from .camera import Camera, Point
from .light import Colour
from .stage import Stage

_WALLS: Final = ((150, 130, 116), (120, 128, 140), (176, 166, 150), (140, 96, 82), (96, 104, 118))
_HOUSE_WALLS: Final = ((214, 196, 170), (190, 120, 96), (226, 222, 210))
_ROOFS: Final = ((150, 66, 48), (96, 74, 66), (84, 88, 98))
_SNOW_ON_ROOF: Final = (228, 232, 238)
_SNOW_ON_TOP: Final = (240, 243, 246)
_LIT_WINDOW: Final = (250, 220, 130)
_STOREY: Final = 2.6  # metres
_GABLE: Final = 2.4  # metres


@dataclass(frozen=True)
class Block:
    """A box on the ground, parallel to the road; its size is given as half lengths, metres."""

    along: float
    across: float
    half_length: float
    half_width: float
    height: float
    colour: Colour
    seed: int  # of which windows are lit

    def sides(self) -> tuple[Point, Point]:
        """From where to where it reaches: along, across."""
        return (
            (self.along - self.half_length, self.along + self.half_length),
            (self.across - self.half_width, self.across + self.half_width),
        )

    def facing(self, camera: Camera) -> Point:
        """Where the two walls stand that the camera sees: the end wall (along), the wall along the road (across)."""
        (near, far), (left, right) = self.sides()
        return (near if camera.foot[0] < self.along else far), (left if camera.foot[1] < self.across else right)

    def paint_walls(self, stage: Stage, thing: str) -> None:
        camera, light, pen = stage.camera, stage.light, stage.canvas.pen(thing)
        depth, up = camera.depth(self.along, self.across), (0.0, self.height)
        along, across = self.sides()
        end, front = self.facing(camera)
        if abs(camera.foot[1] - self.across) > self.half_width:
            pen.polygon(camera.along_wall(front, along, up), light.shade(self.colour, depth, 0.76))
        pen.polygon(camera.end_wall(end, across, up), light.shade(self.colour, depth, 0.92))
        if self.height < stage.plan.view.height:
            colour = _SNOW_ON_TOP if "snow" in stage.plan.weather else self.colour
            pen.polygon(camera.level(along, across, self.height), light.shade(colour, depth, 1.1))


@dataclass(frozen=True)
class Building(Block):
    """An office building with rows of windows."""

    def paint(self, stage: Stage) -> None:
        self.paint_walls(stage, "buildings")
        camera, light, pen = stage.camera, stage.light, stage.canvas.pen("buildings")
        depth, dice = camera.depth(self.along, self.across), Random(self.seed)
        end, front = self.facing(camera)
        dark = (26, 30, 44) if stage.plan.night else (64, 84, 106)
        for column in range(5):
            for storey in range(min(6, max(3, int(self.height / _STOREY)))):
                lit = stage.plan.night and dice.random() < 0.5
                sill = 1.2 + storey * _STOREY
                up = (sill, sill + 1.5)
                start = self.along - self.half_length + (column + 0.22) * 2 * self.half_length / 5
                window = camera.along_wall(front, (start, start + 0.56 * 2 * self.half_length / 5), up)
                pen.polygon(window, light.glow(_LIT_WINDOW, depth) if lit else light.shade(dark, depth))
                if column < 3:
                    start = self.across - self.half_width + (column + 0.22) * 2 * self.half_width / 3
                    window = camera.end_wall(end, (start, start + 0.56 * 2 * self.half_width / 3), up)
                    pen.polygon(window, light.glow(_LIT_WINDOW, depth) if lit else light.shade(dark, depth, 1.1))


@dataclass(frozen=True)
class House(Block):
    """A house with a door, two windows and a gable roof."""

    roof: Colour

    def paint(self, stage: Stage) -> None:
        self.paint_walls(stage, "houses")
        camera, light, pen = stage.camera, stage.light, stage.canvas.pen("houses")
        depth, dice = camera.depth(self.along, self.across), Random(self.seed)
        _, across = self.sides()
        end, front = self.facing(camera)
        ridge = self.height + _GABLE
        gable = [camera.point(end, t, self.height) for t in across] + [camera.point(end, self.across, ridge)]
        pen.polygon(gable, light.shade(self.colour, depth, 0.92))
        eaves = (self.along - self.half_length * 1.08, self.along + self.half_length * 1.08)
        slope = [camera.point(u, front, self.height - 0.1) for u in eaves]
        slope += [camera.point(u, self.across, ridge) for u in reversed(eaves)]
        pen.polygon(slope, light.shade(self.roof, depth, 0.95))
        for share in (-0.6, 0.0, 0.6):
            lit = stage.plan.night and dice.random() < 0.6
            middle = self.along + share * self.half_length
            is_door = share == 0
            up = (0.0, 2.1) if is_door else (1.2, 2.5)
            opening = camera.along_wall(front, (middle - 0.6, middle + 0.6), up)
            if is_door:
                colour = light.shade((110, 60, 40), depth)
            else:
                colour = light.glow(_LIT_WINDOW, depth) if lit else light.shade((60, 78, 98), depth)
            pen.polygon(opening, colour)


def plan_buildings(stage: Stage, far_side: int, rng: Random) -> list[Building | House]:
    """Two buildings or houses on the far side of the road, and up to two farther away."""
    planned: list[Building | House] = []
    for k in range(rng.randrange(2, 5)):
        side = far_side if k < 2 else rng.choice((-1, 1))
        along = -4 + 13 * k + rng.uniform(-2, 2) if k < 2 else rng.uniform(14, 55)
        across = side * (stage.plan.half_width + rng.uniform(10, 14))
        colour = rng.choice(_WALLS)
        if "buildings" in stage.plan.things:
            height, half_length = rng.uniform(9, 22), rng.uniform(4, 6)
            planned.append(Building(along, across, half_length, 4, height, colour, rng.randrange(1 << 20)))
        else:
            height, half_length = rng.uniform(3.6, 4.6), rng.uniform(3, 4)
            roof = _SNOW_ON_ROOF if "snow" in stage.plan.weather else rng.choice(_ROOFS)
            colour = rng.choice(_HOUSE_WALLS)
            planned.append(House(along, across, half_length, 3, height, colour, rng.randrange(1 << 20), roof))
    return planned
