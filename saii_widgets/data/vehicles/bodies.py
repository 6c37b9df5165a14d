"""How each kind of vehicle is put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..scenes.painting.camera import Point
from ..scenes.painting.light import Colour, mix
from .easel import Easel
from .kinds import BLACK, BLUE, GREEN, LIME, ORANGE, RED, WHITE, YELLOW
from .parts import (
    paint_cross,
    paint_door,
    paint_front,
    paint_ladder,
    paint_light_bar,
    paint_mirrors,
    paint_roof_sign,
    paint_sign,
    paint_stop_sign,
    paint_stripe,
    paint_wheel,
    stripe_colour,
)

_GLASS: Final[Colour] = (74, 104, 132)


@dataclass(frozen=True)
class Body:
    """Measures of a body, in metres, and what is painted on it.

    Parameters
    ----------
    length, width : float
    outline : tuple of (ahead, up)
        From the bottom of the rear over the roof to the bottom of the front, which is upright.
    panes : tuple of int
        Stretches of the outline that are glass.
    wheels : tuple of float
        Where the axles are.
    radius : float
        Of a wheel.
    mirror : (ahead, up)
    details : callable
        Paints what is on the long side and on the roof.
    """

    length: float
    width: float
    outline: tuple[Point, ...]
    panes: tuple[int, ...]
    wheels: tuple[float, ...]
    radius: float
    mirror: Point
    details: Callable[[Easel], None]


def paint_vehicle(easel: Easel, body: Body) -> None:
    """Paint from back to front."""
    paint, (low, high) = easel.plan.paint, (body.outline[-1][1], body.outline[-2][1])
    easel.shadow(body.length)
    for x in body.wheels[-1:]:
        easel.round("wheel", x, body.radius, body.radius, (34, 34, 38), z=body.width - 0.1)
    easel.hull("body", body.outline, paint, _GLASS, body.panes)
    sill = body.outline[0][1]
    easel.side("body", (0, body.length), (sill, sill + 0.14), mix(paint, (20, 20, 28), 0.35))
    for x in body.wheels:
        easel.arch("body", x, body.radius, body.radius + 0.1, mix(paint, (20, 20, 28), 0.6))
    paint_front(easel, body.outline[-1][0], low, high)
    body.details(easel)
    for x in body.wheels:
        paint_wheel(easel, x, body.radius)
    paint_mirrors(easel, *body.mirror)


def _window(easel: Easel, x: tuple[float, float], y: tuple[float, float]) -> None:
    easel.side("window", x, y, _GLASS)
    (left, right), (low, high) = x, y
    wide = right - left
    shine = [(left + wide * 0.2, low), (left + wide * 0.45, low), (left + wide * 0.8, high), (left + wide * 0.55, high)]
    easel.polygon("window", shine, mix(_GLASS, (255, 255, 255), 0.3))


def _school_bus(easel: Easel) -> None:
    for k in range(4):
        _window(easel, (0.25 + 0.9 * k, 0.97 + 0.9 * k), (1.65, 2.3))
    paint_stripe(easel, (0.05, 3.85), (1.3, 1.46), stripe_colour(easel, (BLACK, WHITE, YELLOW)))
    paint_stripe(easel, (0.05, 3.85), (0.66, 0.8), stripe_colour(easel, (BLACK, WHITE, YELLOW)))
    paint_door(easel, (3.9, 4.72), (0.5, 2.34), easel.plan.paint)
    _window(easel, (4.02, 4.6), (1.5, 2.22))
    paint_stop_sign(easel, 2.95, 1.06)


def _fire_engine(easel: Easel) -> None:
    shutter = mix((196, 200, 206), easel.plan.paint, 0.15)
    for k in range(3):
        x = (0.2 + 1.02 * k, 1.12 + 1.02 * k)
        easel.side("body", x, (1.2, 1.9), shutter)
        for row in range(3):
            easel.side("body", x, (1.28 + 0.2 * row, 1.34 + 0.2 * row), (150, 154, 162))
    paint_door(easel, (3.5, 4.45), (0.5, 2.2), easel.plan.paint)
    _window(easel, (3.62, 4.33), (1.42, 2.08))
    paint_stripe(easel, (0.05, 5.2), (0.92, 1.12), stripe_colour(easel, (WHITE, YELLOW, RED)))
    paint_ladder(easel, (0.05, 3.2), 2.02)
    paint_light_bar(easel, 4.35, 2.36)


def _car_doors(easel: Easel) -> None:
    paint_door(easel, (1.25, 2.1), (0.42, 1.02), easel.plan.paint)
    paint_door(easel, (2.14, 3.0), (0.42, 1.02), easel.plan.paint)
    glass = ((0.78, 1.06), (2.02, 1.06), (2.02, 1.52), (1.12, 1.52))
    easel.polygon("window", glass, _GLASS)
    easel.polygon("window", ((2.12, 1.06), (3.02, 1.06), (2.68, 1.52), (2.12, 1.52)), _GLASS)
    shine = mix(_GLASS, (255, 255, 255), 0.3)
    easel.polygon("window", ((1.3, 1.06), (1.5, 1.06), (1.75, 1.52), (1.55, 1.52)), shine)


def _taxi(easel: Easel) -> None:
    _car_doors(easel)
    paint_stripe(easel, (0.1, 4.1), (0.7, 0.94), stripe_colour(easel, (BLACK, WHITE)), chequered=True)
    paint_roof_sign(easel, 1.9, 1.6)


def _police_car(easel: Easel) -> None:
    _car_doors(easel)
    paint_stripe(easel, (0.1, 4.1), (0.68, 0.94), stripe_colour(easel, (BLUE, GREEN, WHITE)))
    paint_light_bar(easel, 1.9, 1.6)


def _van_front(easel: Easel) -> None:
    paint_door(easel, (2.85, 3.75), (0.45, 2.0), easel.plan.paint)
    _window(easel, (2.97, 3.63), (1.3, 1.88))


def _ambulance(easel: Easel) -> None:
    _van_front(easel)
    _window(easel, (0.3, 0.95), (1.4, 2.0))
    paint_stripe(easel, (0.05, 4.55), (0.72, 1.0), stripe_colour(easel, (RED, ORANGE, LIME, BLUE)))
    paint_cross(easel, 1.85, 1.6, 0.52)
    paint_light_bar(easel, 2.95, 2.4)


def _delivery_van(easel: Easel) -> None:
    _van_front(easel)
    paint_stripe(easel, (0.05, 4.55), (0.58, 0.74), stripe_colour(easel, (BLACK, WHITE, ORANGE)))
    paint_sign(easel, 1.45, 1.48, 1.1, 0.58)


def _mobile_clinic(easel: Easel) -> None:
    _health_van(easel, cross=2.12, sign=0.8)


def _medicine_courier(easel: Easel) -> None:
    _health_van(easel, cross=0.7, sign=2.02)


def _health_van(easel: Easel, cross: float, sign: float) -> None:
    _van_front(easel)
    paint_stripe(easel, (0.05, 4.55), (0.6, 0.78), stripe_colour(easel, (GREEN, BLUE, RED)))
    paint_cross(easel, cross, 1.5, 0.54)
    paint_sign(easel, sign, 1.5, 0.66, 0.54)


def _road_service_truck(easel: Easel) -> None:
    _roof_truck(easel, bar=3.5, board=0.95)


def _escort_truck(easel: Easel) -> None:
    _roof_truck(easel, bar=0.95, board=3.5)


def _roof_truck(easel: Easel, bar: float, board: float) -> None:
    paint_door(easel, (2.95, 3.85), (0.5, 1.82), easel.plan.paint)
    _window(easel, (3.07, 3.73), (1.2, 1.74))
    for k in range(3):
        easel.side("body", (0.3 + 0.82 * k, 0.36 + 0.82 * k), (0.65, 1.75), mix(easel.plan.paint, (20, 20, 28), 0.3))
    paint_stripe(easel, (0.05, 4.6), (0.84, 1.06), stripe_colour(easel, (WHITE, BLUE, RED)))
    for x, paint in sorted(((bar, _amber_bar), (board, _arrow_board)), key=lambda item: item[0]):
        paint(easel, x)


def _amber_bar(easel: Easel, x: float) -> None:
    paint_light_bar(easel, x, 1.92, amber=True)


def _arrow_board(easel: Easel, x: float) -> None:
    paint_roof_sign(easel, x, 1.92, board=True)


def _van(details: Callable[[Easel], None]) -> Body:
    outline = ((0, 0.36), (0, 2.3), (0.12, 2.4), (3.3, 2.4), (4.05, 1.34), (4.6, 1.16), (4.6, 0.36))
    return Body(4.6, 1.9, outline, (3,), (0.95, 3.75), 0.46, (3.72, 1.3), details)


def _car(details: Callable[[Easel], None]) -> Body:
    outline = ((0, 0.32), (0, 0.96), (0.62, 1.02), (1.02, 1.6), (2.72, 1.6), (3.18, 1.02), (4.15, 0.92), (4.15, 0.32))
    return Body(4.15, 1.75, outline, (4,), (0.85, 3.3), 0.43, (2.92, 0.98), details)


def _truck(details: Callable[[Easel], None]) -> Body:
    outline = ((0, 0.42), (0, 1.86), (0.06, 1.92), (3.95, 1.92), (4.35, 1.24), (4.65, 1.16), (4.65, 0.42))
    return Body(4.65, 1.9, outline, (3,), (0.95, 3.8), 0.5, (3.92, 1.1), details)


BODIES: Final[dict[str, Body]] = {
    "school bus": Body(
        5.5,
        1.95,
        ((0, 0.38), (0, 2.42), (0.1, 2.52), (4.7, 2.52), (4.9, 1.46), (5.5, 1.32), (5.5, 0.38)),
        (3,),
        (1.0, 4.55),
        0.5,
        (4.72, 1.5),
        _school_bus,
    ),
    "fire engine": Body(
        5.25,
        1.95,
        ((0, 0.42), (0, 2.02), (3.3, 2.02), (3.42, 2.36), (5.0, 2.36), (5.25, 1.36), (5.25, 0.42)),
        (4,),
        (1.0, 4.2),
        0.52,
        (4.85, 1.5),
        _fire_engine,
    ),
    "taxi": _car(_taxi),
    "police car": _car(_police_car),
    "ambulance": _van(_ambulance),
    "delivery van": _van(_delivery_van),
    "road service truck": _truck(_road_service_truck),
    "escort truck": _truck(_escort_truck),
    "mobile clinic": _van(_mobile_clinic),
    "medicine courier": _van(_medicine_courier),
}
