"""Traffic cones at the edge of the road."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .stage import Stage


@dataclass(frozen=True)
class Cone:
    """An orange cone with a white band."""

    along: float
    across: float

    def paint(self, stage: Stage) -> None:
        light, pen = stage.light, stage.canvas.pen("cones")
        depth = stage.camera.depth(self.along, self.across)
        if depth < 5:
            return
        scale = stage.camera.scale(depth)
        x, y = stage.camera.point(self.along, self.across, 0)
        height, half = 1.3 * scale, 0.5 * scale
        foot, body, band = (200, 80, 20), (250, 104, 20), (250, 250, 250)
        for colour, strength, (low, wide), (high, narrow) in (
            (foot, 1.0, (0.0, 1.2), (0.12, 1.0)),
            (body, 1.05, (0.1, 0.8), (1.0, 0.15)),
            (band, 1.0, (0.4, 0.55), (0.62, 0.38)),
        ):
            corners = ((-wide, low), (wide, low), (narrow, high), (-narrow, high))
            outline = [(x + half * right, y - height * up) for right, up in corners]
            pen.polygon(outline, light.shade(colour, depth, strength))


def plan_cones(half_width: float, rng: Random) -> tuple[list[Cone], int]:
    """A row of three to five cones that leads into the road, and the side on which it stands."""
    start, side = rng.uniform(-9, 6), rng.choice((-1, 1))
    n_cones = rng.randrange(3, 6)
    return [Cone(start + k * 1.8, side * (half_width - 0.5 - 0.25 * k)) for k in range(n_cones)], side
