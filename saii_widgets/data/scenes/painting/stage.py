"""What every painter needs: the plan, the camera, the light and the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from ..scene_plan import ScenePlan
from .camera import Camera
from .canvas import Canvas
from .light import Light


@dataclass(frozen=True)
class Stage:
    """One scene being painted."""

    plan: ScenePlan
    camera: Camera
    light: Light
    canvas: Canvas

    @classmethod
    def of(cls, plan: ScenePlan, side: int) -> Stage:
        """An empty stage for a plan on a canvas of side x side pixels."""
        return cls(plan, Camera(plan.view, side), Light(plan), Canvas(side))
