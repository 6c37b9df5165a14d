"""A vehicle on its road: reflection, shadow, body, and the light of its lamps."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from ..facts import COLOURS, UNNAMED_PAINTS
from ..scene_plan import DIMENSIONS, VehiclePlan
from .bodies import BODIES
from .coachwork import Coachwork
from .light import Colour, Pixel, mix, to_pixel
from .stage import Stage

_LIVERIES: Final[dict[str, Colour]] = {"police car": (238, 240, 242), "ambulance": (238, 208, 40)}
#: Distance of the lamps from the middle of the vehicle, metres before its scale.
_LAMPS_AHEAD: Final = {
    "car": 2.1,
    "van": 2.5,
    "bus": 4.4,
    "truck": 4.0,
    "motorbike": 0.87,
    "police car": 2.1,
    "ambulance": 2.5,
}
#: Where the blue light is on the roof: ahead, up.
_BLUE_LIGHTS: Final = {"police car": (-0.1, 1.6), "ambulance": (0.85, 2.6)}


@dataclass(frozen=True)
class Vehicle:
    """One vehicle, ready to be painted in its turn.

    Parameters
    ----------
    plan : VehiclePlan
    number : int
        Its place among the scene's vehicles.
    road : Pixel
        Colour of the road, for shadow and reflection.
    """

    plan: VehiclePlan
    number: int
    road: Pixel

    @property
    def along(self) -> float:
        return self.plan.along

    @property
    def across(self) -> float:
        return self.plan.across

    def paint(self, stage: Stage) -> None:
        paint_body, colour, ground = BODIES[self.plan.type], self._paint_colour(), stage.canvas.pen("road")
        wet = "wet" in stage.plan.weather
        if wet:
            paint_body(Coachwork(stage, self.plan, ground, colour, reflected_in=self.road))
        work = Coachwork(stage, self.plan, stage.canvas.vehicle_pen(self.number), colour)
        length, width, _ = DIMENSIONS[self.plan.type]
        ahead, aside = length / 2 + 0.1, width / 2 + 0.12
        corners = ((-ahead, -aside), (ahead, -aside), (ahead, aside), (-ahead, aside))
        shadow = to_pixel(mix((0, 0, 0), self.road, 0.8 if wet else 0.55))
        ground.polygon([work.point(a, w, 0) for a, w in corners], shadow)
        paint_body(work)
        fog = "fog" in stage.plan.weather and self.plan.variant > 0.4
        if stage.plan.night or fog or "rain" in stage.plan.weather:
            self._paint_lamp_light(stage, work)
        if self.plan.type in _BLUE_LIGHTS and self.plan.variant > 0.3:
            self._paint_blue_light(stage, work)

    def _paint_colour(self) -> Colour:
        """The vehicle's colour with a tone of its own."""
        dice = Random(self.plan.seed)
        base = self._base_colour()
        tone = dice.uniform(-10, 10)
        r, g, b = (min(255, max(0, part + tone + dice.uniform(-6, 6))) for part in base)
        return r, g, b

    def _base_colour(self) -> Colour:
        if self.plan.paint:
            return UNNAMED_PAINTS[self.plan.paint]
        return COLOURS[self.plan.colour] if self.plan.colour else _LIVERIES[self.plan.type]

    def _paint_lamp_light(self, stage: Stage, work: Coachwork) -> None:
        ahead = _LAMPS_AHEAD[self.plan.type]
        front = work.eye_ahead > ahead
        radius = stage.camera.scale(work.depth, 3) * (0.55 if front else 0.35) * (1.2 if stage.plan.night else 0.8)
        aside = DIMENSIONS[self.plan.type][1] * 0.36
        for offset in (0.0,) if self.plan.type == "motorbike" else (-aside, aside):
            x, y = work.point(ahead if front else -ahead, offset, 0.75)
            stage.canvas.halo(x, y, radius, (255, 245, 205) if front else (255, 40, 30))

    def _paint_blue_light(self, stage: Stage, work: Coachwork) -> None:
        ahead, up = _BLUE_LIGHTS[self.plan.type]
        for aside in (0.4, -0.4):
            x, y = work.point(ahead, aside, up)
            stage.canvas.halo(x, y, stage.camera.scale(work.depth, 3) * 0.6, (60, 130, 255))
