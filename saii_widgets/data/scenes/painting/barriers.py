"""Metal fences and brick walls along the road, in panels of four metres."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from .camera import Point
from .light import Colour, mix
from .stage import Stage

_PANEL: Final = 4  # metres
_METALS: Final = ((176, 182, 188), (120, 128, 134), (206, 210, 214))
_BRICKS: Final = ((150, 78, 58), (166, 96, 70), (132, 70, 56))
_MORTAR: Final = (220, 210, 200)
_SNOW: Final = (240, 243, 246)


@dataclass(frozen=True)
class Panel:
    """One stretch of a barrier.

    Parameters
    ----------
    start : float
        Where it begins along the road, metres.
    across : float
        Where it stands, metres.
    kind : {"wall", "bars", "mesh", "rail"}
    height : float
        Metres; a guard rail is lower than its panel.
    colour : three numbers in 0..255
    """

    start: float
    across: float
    kind: Literal["wall", "bars", "mesh", "rail"]
    height: float
    colour: Colour

    @property
    def along(self) -> float:
        return self.start + _PANEL / 2

    def paint(self, stage: Stage) -> None:
        camera = stage.camera
        if min(camera.depth(self.start, self.across), camera.depth(self.start + _PANEL, self.across)) < 5:
            return
        if self.kind == "wall":
            self._paint_wall(stage)
            return
        outline = camera.along_wall(self.across, (self.start, self.start + _PANEL), (0, self.height))
        stage.canvas.fence_in(outline)
        if self.kind == "rail":
            self._paint_rail(stage)
        else:
            self._paint_grille(stage)

    def _paint_wall(self, stage: Stage) -> None:
        depth = stage.camera.depth(self.along, self.across)
        outline = stage.camera.along_wall(self.across, (self.start, self.start + _PANEL), (0, self.height))
        stage.canvas.pen("wall").polygon(outline, stage.light.shade(self.colour, depth, 0.9))
        joint = mix(self.colour, _MORTAR, 0.4)
        for row in range(1, 4):
            self._bar(stage, (0, self.height * row / 4), (_PANEL, self.height * row / 4), joint, 0.05, 0.9)
        for brick in range(4):
            for row in range(4):
                at = brick + (row % 2) * 0.5
                low, high = self.height * row / 4, self.height * (row + 1) / 4
                self._bar(stage, (at, low), (at, high), joint, 0.05, 0.9)
        coping = _SNOW if "snow" in stage.plan.weather else mix(self.colour, (255, 255, 255), 0.3)
        self._bar(stage, (0, self.height), (_PANEL, self.height), coping, 0.14)

    def _paint_rail(self, stage: Stage) -> None:
        for up in (0.45, 0.8):
            self._bar(stage, (0, up), (_PANEL, up), self.colour, 0.2)
            self._bar(stage, (0, up - 0.1), (_PANEL, up - 0.1), self.colour, 0.06, 0.7)
        self._bar(stage, (0, 0), (0, 1), self.colour, 0.16, 0.7)

    def _paint_grille(self, stage: Stage) -> None:
        for up in (0.12, self.height):
            self._bar(stage, (0, up), (_PANEL, up), self.colour, 0.09)
        if self.kind == "bars":
            for i in range(10):
                self._bar(stage, (i * 0.4, 0.1), (i * 0.4, self.height), self.colour, 0.07)
        else:
            for i in range(7):
                left, right = i * 0.57, i * 0.57 + 0.57
                self._bar(stage, (left, 0.1), (right, self.height), self.colour, 0.045)
                self._bar(stage, (right, 0.1), (left, self.height), self.colour, 0.045, 0.7)
        self._bar(stage, (0, 0), (0, self.height + 0.12), self.colour, 0.14, 0.7)

    def _bar(self, stage: Stage, start: Point, end: Point, colour: Colour, width: float, strength: float = 1.0) -> None:
        """A straight piece from (along, up) to (along, up) of the panel, `width` metres thick."""
        camera, depth = stage.camera, stage.camera.depth(self.along, self.across)
        (a, low), (b, high) = start, end
        stage.canvas.pen("wall" if self.kind == "wall" else "fence").line(
            camera.point(self.start + a, self.across, low),
            camera.point(self.start + b, self.across, high),
            stage.light.shade(colour, depth, strength),
            width * camera.scale(depth, 4),
        )


def plan_barrier(stage: Stage, far_side: int, rng: Random) -> list[Panel]:
    """A fence or a wall on the far side of the road, now and then on both."""
    both = rng.random() < 0.35
    kind = rng.choice(("bars", "mesh", "rail"))
    metal, brick = rng.choice(_METALS), rng.choice(_BRICKS)
    height = rng.uniform(1.4, 1.9) if kind != "rail" else 1.2
    if "wall" in stage.plan.things:
        kind, colour = "wall", brick
    else:
        colour = metal
    panels: list[Panel] = []
    for side in (far_side, -far_side) if both else (far_side,):
        across = side * (stage.plan.half_width + 1.9)
        first, last = -10 + rng.uniform(-3, 3), rng.uniform(26, 40)
        panels += [Panel(a, across, kind, height, colour) for a in range(int(first), int(last), _PANEL)]
    return panels
