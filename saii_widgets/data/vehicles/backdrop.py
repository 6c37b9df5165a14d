"""What is behind a vehicle, and what stands before it."""

from __future__ import annotations

from random import Random
from typing import Final

import numpy as np
from PIL import Image

from ..scenes.painting.canvas import Canvas, Pen
from ..scenes.painting.light import Colour, Pixel, mix, to_pixel
from .plan import Plan

_SKIES: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((104, 168, 232), (206, 230, 246)),
    ((156, 170, 186), (214, 218, 222)),
    ((122, 116, 176), (250, 190, 140)),
    ((62, 78, 128), (150, 160, 196)),
)
_WALLS: Final = ((196, 150, 120), (214, 198, 168), (168, 176, 186), (190, 120, 104), (150, 160, 140), (224, 214, 206))
_GRASS: Final = ((122, 166, 92), (148, 172, 104), (168, 164, 120), (186, 182, 172))
_LEAVES: Final = ((72, 126, 72), (96, 144, 72), (60, 110, 84), (150, 132, 60))
_GOODS: Final = (
    (200, 60, 50), (240, 200, 60), (60, 110, 190), (238, 238, 232), (230, 130, 50), (70, 150, 100),
)  # fmt: skip


def paint_backdrop(canvas: Canvas, plan: Plan, rng: Random) -> None:
    """Sky, houses and trees, ground and road; all of it is background."""
    side, pen = canvas.side, canvas.pen("background")
    road = (plan.ground - rng.uniform(0.1, 0.16)) * side
    zenith, low = (np.array(colour) for colour in _SKIES[plan.sky])
    down = np.linspace(0, 1, int(road) + 1)[:, None]
    rows = (zenith * (1 - down) + low * down).astype(np.uint8)  # (rows, 3)
    canvas.image.paste(Image.fromarray(rows[:, None, :]).resize((side, len(rows))), (0, 0))
    _paint_clouds(pen, side, rng)
    verge = road - rng.uniform(0.03, 0.09) * side
    _paint_row(pen, side, verge, rng)
    pen.rectangle(0, verge, side, side, to_pixel(rng.choice(_GRASS)))
    grey = rng.uniform(96, 140)
    pen.rectangle(0, road - 0.012 * side, side, road, to_pixel((grey + 66, grey + 64, grey + 60)))
    pen.rectangle(0, road, side, side, to_pixel((grey, grey, grey + 5)))
    dash, start = 0.14 * side, rng.uniform(-0.2, 0) * side
    for k in range(5):
        left = start + k * 2 * dash
        pen.rectangle(left, 0.955 * side, left + dash, 0.972 * side, to_pixel((grey + 84, grey + 84, grey + 78)))
    for _ in range(plan.clutter):
        _paint_thing(pen, side, rng.uniform(0, 1) * side, road, rng.uniform(0.6, 1.2), rng)


def paint_occluders(canvas: Canvas, plan: Plan, rng: Random) -> None:
    """Things before the vehicle; what they cover is no longer visible."""
    side, pen = canvas.side, canvas.pen("background")
    for _ in range(plan.occluders):
        _paint_thing(pen, side, rng.uniform(0.14, 0.86) * side, (plan.ground + 0.07) * side, 1.4, rng)


def _paint_clouds(pen: Pen, side: int, rng: Random) -> None:
    for _ in range(rng.randrange(3)):
        x, y, width = rng.uniform(0, side), rng.uniform(0.05, 0.3) * side, rng.uniform(0.05, 0.09) * side
        for k in range(3):
            pen.ellipse(x + (k - 1) * width, y - (k == 1) * width * 0.3, width, width * 0.5, (236, 240, 246))


def _paint_row(pen: Pen, side: int, verge: float, rng: Random) -> None:
    """Houses and trees, or hills."""
    if rng.random() < 0.3:
        hill = to_pixel(mix(rng.choice(_LEAVES), (190, 206, 220), 0.4))
        for k in range(3):
            pen.ellipse(rng.uniform(0, side), verge, rng.uniform(0.25, 0.5) * side, (0.1 + 0.04 * k) * side, hill)
        return
    x = rng.uniform(-0.15, 0) * side
    while x < side:
        width = rng.uniform(0.12, 0.26) * side
        if rng.random() < 0.65:
            _paint_house(pen, x, x + width, verge - rng.uniform(0.16, 0.42) * side, verge, rng)
        else:
            _paint_tree(pen, x + width / 2, verge, rng.uniform(0.8, 1.3) * 0.11 * side, rng)
        x += width * rng.uniform(1.0, 1.25)


def _paint_house(pen: Pen, left: float, right: float, top: float, foot: float, rng: Random) -> None:
    wall = mix(rng.choice(_WALLS), (206, 216, 226), 0.32)  # paler with the distance
    pen.rectangle(left, top, right, foot, to_pixel(wall))
    pen.rectangle(left, top, right, top + (foot - top) * 0.07, to_pixel(mix(wall, (70, 60, 60), 0.35)))
    columns, rows = rng.randint(2, 3), rng.randint(2, 3)
    pane = to_pixel(mix(wall, rng.choice(((90, 110, 140), (250, 230, 160))), 0.5))
    wide, high = (right - left) / columns, (foot - top) * 0.85 / rows
    for column in range(columns):
        for row in range(rows):
            x, y = left + (column + 0.28) * wide, top + (foot - top) * 0.12 + (row + 0.12) * high
            pen.rectangle(x, y, x + wide * 0.44, y + high * 0.58, pane)


def _paint_tree(pen: Pen, x: float, foot: float, radius: float, rng: Random) -> None:
    leaves = rng.choice(_LEAVES)
    pen.rectangle(x - radius * 0.12, foot - radius * 1.4, x + radius * 0.12, foot, (106, 84, 62))
    for aside, up, size in ((-0.45, 1.5, 0.75), (0.45, 1.55, 0.72), (0, 2.0, 0.85)):
        shade = to_pixel(mix(leaves, (255, 255, 220), 0.1 * up - 0.12))
        pen.ellipse(x + aside * radius, foot - up * radius, size * radius, size * radius, shade)


def _paint_thing(pen: Pen, side: int, x: float, foot: float, size: float, rng: Random) -> None:
    """Something small of the street."""
    unit = 0.05 * side * size
    thing = rng.randrange(6)
    colour: Pixel = to_pixel(rng.choice(_GOODS))
    if thing == 0:  # lamp post
        pen.rectangle(x - unit * 0.13, foot - unit * 7, x + unit * 0.13, foot, (78, 84, 92))
        pen.ellipse(x, foot - unit * 7, unit * 0.5, unit * 0.4, (250, 240, 200))
    elif thing == 1:  # traffic sign
        pen.rectangle(x - unit * 0.1, foot - unit * 3.4, x + unit * 0.1, foot, (130, 134, 140))
        pen.ellipse(x, foot - unit * 3.6, unit * 0.8, unit * 0.8, colour)
        pen.ellipse(x, foot - unit * 3.6, unit * 0.5, unit * 0.5, (244, 244, 240))
    elif thing == 2:  # cone
        pen.polygon([(x - unit * 0.6, foot), (x + unit * 0.6, foot), (x, foot - unit * 1.7)], (240, 120, 40))
        pen.rectangle(x - unit * 0.3, foot - unit * 0.9, x + unit * 0.3, foot - unit * 0.6, (246, 246, 242))
    elif thing == 3:  # bush
        for aside in (-0.7, 0, 0.7):
            pen.ellipse(x + aside * unit, foot - unit * 0.6, unit * 0.8, unit * 0.8, to_pixel(rng.choice(_LEAVES)))
    elif thing == 4:  # a passer-by
        pen.rectangle(x - unit * 0.35, foot - unit * 1.2, x + unit * 0.35, foot, (60, 66, 92))
        pen.rectangle(x - unit * 0.45, foot - unit * 2.5, x + unit * 0.45, foot - unit * 1.1, colour)
        pen.ellipse(x, foot - unit * 2.9, unit * 0.4, unit * 0.42, (222, 178, 146))
    else:  # crate
        pen.rectangle(x - unit * 0.8, foot - unit * 1.4, x + unit * 0.8, foot, colour)
        pen.rectangle(x - unit * 0.8, foot - unit * 0.8, x + unit * 0.8, foot - unit * 0.6, (90, 80, 70))
