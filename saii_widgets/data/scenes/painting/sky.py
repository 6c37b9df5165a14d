"""Skies: overcast, clear, at sunset, at night."""

from __future__ import annotations

from random import Random
from typing import Final

import numpy as np
from PIL import Image

from .canvas import Canvas
from .light import Colour, to_pixel
from .stage import Stage

#: Colour at the zenith and at the horizon.
SKY_COLOURS: Final[dict[str, tuple[Colour, Colour]]] = {
    "overcast": ((150, 156, 164), (198, 202, 206)),
    "clear": ((52, 120, 214), (178, 214, 244)),
    "sunset": ((90, 70, 140), (255, 160, 80)),
    "night": ((8, 10, 26), (34, 38, 66)),
}


def paint_sky(stage: Stage, rng: Random) -> None:
    """Paint the sky from the top of the picture down to the horizon."""
    canvas, sky = stage.canvas, stage.plan.sky
    horizon = stage.plan.view.horizon * canvas.side
    _paint_gradient(canvas, sky, horizon, rng)
    if sky == "night":
        _paint_stars(canvas, horizon, rng)
    elif sky == "sunset":
        _paint_sunset(canvas, horizon, rng)
    elif sky == "overcast":
        for _ in range(rng.randrange(7, 12)):
            _paint_cloud(canvas, horizon, rng, grey=True)
    else:
        for _ in range(rng.randrange(0, 4)):
            _paint_cloud(canvas, horizon, rng, grey=False)
        if rng.random() < 0.5:
            _paint_sun(canvas, horizon, rng)


def _paint_gradient(canvas: Canvas, sky: str, horizon: float, rng: Random) -> None:
    zenith, low = (np.array(colour) for colour in SKY_COLOURS[sky])
    tone = [rng.uniform(-10, 10) for _ in range(3)]
    down = np.linspace(0, 1, max(2, int(horizon) + 2))[:, None]
    rows = np.clip((zenith + tone) * (1 - down) + low * down, 0, 255).astype(np.uint8)  # (rows, 3)
    canvas.image.paste(Image.fromarray(rows[:, None, :]).resize((canvas.side, len(rows))), (0, 0))


def _paint_stars(canvas: Canvas, horizon: float, rng: Random) -> None:
    pen, side = canvas.pen("sky"), canvas.side
    for _ in range(rng.randrange(6, 30)):
        x, y = rng.uniform(0, side), rng.uniform(0, horizon)
        pen.ellipse(x, y, side / 400, side / 400, (200, 204, 220))
    if rng.random() < 0.5:
        x, y, radius = rng.uniform(0.1, 0.9) * side, rng.uniform(0.15, 0.6) * horizon, side * 0.028
        pen.ellipse(x, y, radius, radius, (238, 236, 214))
        pen.ellipse(x + radius * 0.5, y - radius * 0.2, radius * 0.85, radius * 0.85, (14, 17, 36))


def _paint_sunset(canvas: Canvas, horizon: float, rng: Random) -> None:
    pen, side = canvas.pen("sky"), canvas.side
    x, radius = rng.uniform(0.1, 0.9) * side, side * 0.04
    canvas.halo(x, horizon * 0.95, side * 0.26, (255, 220, 130))
    pen.ellipse(x, horizon * 0.9, radius, radius, (255, 232, 170))
    for _ in range(rng.randrange(2, 6)):
        x, y = rng.uniform(0, side), rng.uniform(0.1, 0.8) * horizon
        pen.ellipse(x, y, side * rng.uniform(0.08, 0.2), side * 0.012, (226, 110, 110))


def _paint_cloud(canvas: Canvas, horizon: float, rng: Random, grey: bool) -> None:
    pen, side = canvas.pen("sky"), canvas.side
    x, y = rng.uniform(0, side), rng.uniform(0.0, 0.85) * horizon
    tone = rng.uniform(-24, 22) if grey else 0
    colour = to_pixel((168 + tone, 173 + tone, 180 + tone) if grey else (246, 249, 252))
    width = side * rng.uniform(0.06, 0.14)
    for k in range(5):
        pen.ellipse(
            x + (k - 2) * width * 0.5,
            y + rng.uniform(-0.2, 0.2) * width,
            width * rng.uniform(0.4, 0.62),
            width * rng.uniform(0.16, 0.3),
            colour,
        )


def _paint_sun(canvas: Canvas, horizon: float, rng: Random) -> None:
    side = canvas.side
    x, y = rng.uniform(0.1, 0.9) * side, rng.uniform(0.15, 0.5) * horizon
    canvas.halo(x, y, side * 0.1, (255, 250, 210))
    canvas.pen("sky").ellipse(x, y, side * 0.03, side * 0.03, (255, 248, 200))
