"""The parts by which vehicles are told apart: lamps, signs and what is carried on the roof."""

from __future__ import annotations

import math
from typing import Final

from ..scenes.painting.light import Colour, mix
from .easel import Easel, Span
from .kinds import BLACK, BLUE, GREEN, LIME, ORANGE, RED, WHITE, YELLOW

_CHROME: Final[Colour] = (206, 210, 214)
_TYRE: Final[Colour] = (34, 34, 38)
_CROSSES: Final = (RED, RED, GREEN, BLUE)
_SIGNS: Final = ((BLUE, WHITE), (GREEN, WHITE), (ORANGE, WHITE), (RED, YELLOW))


def paint_wheel(easel: Easel, x: float, radius: float) -> None:
    """A wheel on the long side that is seen."""
    easel.round("wheel", x, radius, radius, _TYRE)
    easel.round("wheel", x, radius, radius * 0.56, _CHROME)
    easel.round("wheel", x, radius, radius * 0.2, (90, 94, 100))


def paint_front(easel: Easel, x: float, low: float, high: float) -> None:
    """Bumper, grille and head lamps, on an upright front from `low` to `high`."""
    width = easel.width
    easel.front("bumper", x, (low - 0.04, low + 0.2), (-0.06, width + 0.06), (92, 96, 104))
    easel.side("bumper", (x - 0.4, x + 0.02), (low - 0.04, low + 0.2), (112, 116, 124))
    top = high - 0.08
    easel.front("grille", x, (low + 0.26, top), (width * 0.29, width * 0.71), BLACK, 1.0)
    for k in range(3):
        up = low + 0.3 + (top - low - 0.32) * k / 2.6
        easel.front("grille", x, (up, up + 0.07), (width * 0.32, width * 0.68), _CHROME)
    middle = (low + 0.22 + high) / 2
    for z in (width * 0.14, width * 0.86):
        easel.lamp("head lamp", x, middle, z, 0.27, (150, 140, 110))
        easel.lamp("head lamp", x, middle, z, 0.21, (255, 246, 190))


def paint_mirrors(easel: Easel, x: float, y: float, high: float = 0.44) -> None:
    """A mirror on either side."""
    for z in (easel.width + 0.26, -0.1):
        easel.side("mirror", (x, x + 0.34), (y, y + high), BLACK, z=z)
        easel.side("mirror", (x + 0.07, x + 0.27), (y + 0.07, y + high - 0.07), (150, 178, 200), z=z)


def paint_door(easel: Easel, x: Span, y: Span, paint: Colour) -> None:
    """A door in a tone of the body's paint, with a handle; its window comes afterwards."""
    dark = mix(paint, (20, 20, 30), 0.22)
    easel.side("door", x, y, mix(paint, (20, 20, 30), 0.5))
    easel.side("door", (x[0] + 0.06, x[1] - 0.06), (y[0] + 0.06, y[1] - 0.06), dark)
    handle = y[0] + (y[1] - y[0]) * 0.46
    easel.side("door", (x[0] + 0.1, x[0] + 0.32), (handle, handle + 0.08), _CHROME)


def paint_stripe(easel: Easel, x: Span, y: Span, colour: Colour, chequered: bool = False) -> None:
    """A band along the side."""
    easel.polygon("stripe", [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])], colour)
    if not chequered:
        return
    other, middle = (WHITE if sum(colour) < 300 else BLACK), (y[0] + y[1]) / 2
    n = max(2, round((x[1] - x[0]) / 0.26))
    wide = (x[1] - x[0]) / n
    for k in range(n):
        low, high = (y[0], middle) if k % 2 else (middle, y[1])
        left = x[0] + k * wide
        easel.polygon("stripe", [(left, low), (left + wide, low), (left + wide, high), (left, high)], other)


def paint_light_bar(easel: Easel, x: float, roof: float, amber: bool = False) -> None:
    """A bar of lamps across the roof, with its middle at `x`."""
    width, left, right = easel.width, x - 0.3, x + 0.3
    lamps = (ORANGE, YELLOW) if amber else ((236, 44, 52), (48, 104, 250))
    easel.box("light bar", (left, right), (roof, roof + 0.1), (0.16, width - 0.16), (70, 74, 82))
    middle = width / 2
    y = (roof + 0.1, roof + 0.42)
    easel.box("light bar", (left, right), y, (middle, width - 0.16), lamps[1])
    easel.box("light bar", (left, right), y, (0.16, middle), lamps[0])
    shine = mix(lamps[0], (255, 255, 255), 0.6)
    easel.side("light bar", (left + 0.12, right - 0.14), (roof + 0.22, roof + 0.34), shine, z=0.16)


def paint_roof_sign(easel: Easel, x: float, roof: float, board: bool = False) -> None:
    """A sign on the roof, with its middle at `x`: a taxi's, or an orange board with arrows."""
    width, high = easel.width, 0.72 if board else 0.5
    half = 0.46 if board else 0.44
    z = (width * 0.3, width * 0.7)
    face = ORANGE if board else (255, 240, 150)
    easel.box("roof sign", (x - half, x + half), (roof, roof + high), z, BLACK)
    rim = 0.08
    easel.side("roof sign", (x - half + rim, x + half - rim), (roof + rim, roof + high - rim), face, z=z[0])
    if not board:
        easel.side("roof sign", (x - half + 0.2, x + half - 0.2), (roof + 0.19, roof + 0.31), BLACK, z=z[0])
        return
    for k in range(2):
        left, middle = x - half + 0.16 + k * 0.3, roof + high / 2
        arrow = [(left, roof + 0.16), (left + 0.12, roof + 0.16), (left + 0.28, middle)]
        arrow += [(left + 0.12, roof + high - 0.16), (left, roof + high - 0.16), (left + 0.16, middle)]
        easel.polygon("roof sign", [(*corner, z[0]) for corner in arrow], BLACK)


def paint_ladder(easel: Easel, x: Span, roof: float) -> None:
    """A ladder that lies along the roof, on its edge."""
    left, right = x
    z, low, high = 0.3, roof + 0.08, roof + 0.6
    for foot in (left + 0.3, right - 0.4):
        easel.side("ladder", (foot, foot + 0.12), (roof, low + 0.04), (90, 94, 100), z=z)
    easel.polygon("ladder", [(left, low, z), (right, low, z), (right, high, z), (left, high, z)], (84, 90, 100))
    for y in (low, high - 0.13):
        easel.polygon("ladder", [(left, y, z), (right, y, z), (right, y + 0.13, z), (left, y + 0.13, z)], _CHROME)
    n = max(4, round((right - left) / 0.42))
    for k in range(n + 1):
        rung = left + (right - left - 0.1) * k / n
        easel.polygon("ladder", [(rung, low, z), (rung + 0.1, low, z), (rung + 0.1, high, z), (rung, high, z)], _CHROME)


def paint_cross(easel: Easel, x: float, y: float, size: float) -> None:
    """A cross on a white panel."""
    colour = _CROSSES[int(easel.plan.tone * len(_CROSSES))]
    easel.side("cross", (x - size, x + size), (y - size, y + size), (250, 250, 248))
    arm = size * 0.27
    easel.side("cross", (x - arm, x + arm), (y - size * 0.78, y + size * 0.78), colour)
    easel.side("cross", (x - size * 0.78, x + size * 0.78), (y - arm, y + arm), colour)


def paint_sign(easel: Easel, x: float, y: float, half: float, high: float) -> None:
    """A panel with a firm's mark: a parcel and lines of writing."""
    ground, ink = _SIGNS[int(easel.plan.tone * 7.99) % len(_SIGNS)]
    if math.dist(ground, easel.plan.paint) < 90:
        ground, ink = ink, ground
    left, right = x - half, x + half
    easel.side("sign", (left, right), (y - high, y + high), mix(ground, (0, 0, 0), 0.3))
    easel.side("sign", (left + 0.07, right - 0.07), (y - high + 0.07, y + high - 0.07), ground)
    easel.round("sign", left + half * 0.62, y, min(high * 0.5, half * 0.36), ink)
    for k in (-1, 0, 1):
        end = right - half * (0.2 if k else 0.42)
        easel.side("sign", (x + half * 0.1, end), (y + k * high * 0.42 - 0.06, y + k * high * 0.42 + 0.06), ink)


def paint_stop_sign(easel: Easel, x: float, y: float) -> None:
    """A red octagon with a white rim, folded out from the side."""
    for radius, colour in ((0.42, (250, 250, 248)), (0.34, (214, 30, 36))):
        angles = [k * math.pi / 4 + math.pi / 8 for k in range(8)]
        corners = [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]
        easel.polygon("stop sign", corners, colour)
    easel.side("stop sign", (x - 0.2, x + 0.2), (y - 0.06, y + 0.06), (250, 250, 248))


def stripe_colour(easel: Easel, choices: tuple[Colour, ...]) -> Colour:
    """One of the colours that stands out from the paint."""
    seen = [colour for colour in choices if math.dist(colour, easel.plan.paint) > 110] or [BLACK, WHITE, LIME][:1]
    return seen[int(easel.plan.tone * len(seen))]
