"""Rain and snow between the camera and the scene."""

from __future__ import annotations

from random import Random

from .stage import Stage


def paint_weather(stage: Stage, rng: Random) -> None:
    """Paint falling rain or snow over everything; masks keep what is behind."""
    if "rain" in stage.plan.weather:
        _paint_rain(stage, rng)
    if "snow" in stage.plan.weather:
        _paint_snow(stage, rng)


def _paint_rain(stage: Stage, rng: Random) -> None:
    side = stage.canvas.side
    slant = rng.uniform(-0.02, 0.02) * side
    colour = (120, 130, 152) if stage.plan.night else (196, 204, 216)
    for _ in range(90):
        x, y = rng.uniform(0, side), rng.uniform(-0.05, 1) * side
        length = side * rng.uniform(0.03, 0.07)
        stage.canvas.streak((x, y), (x + slant, y + length), colour, max(1, side // 280))


def _paint_snow(stage: Stage, rng: Random) -> None:
    side = stage.canvas.side
    for _ in range(80):
        x, y, radius = rng.uniform(0, side), rng.uniform(0, side), side * rng.uniform(0.003, 0.007)
        stage.canvas.flake(x, y, radius, (250, 252, 255))
