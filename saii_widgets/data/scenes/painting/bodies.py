"""The bodies of vehicles: car, van, bus, truck, motorbike, police car, ambulance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .coachwork import Coachwork, circle
from .light import mix

_BLUE_LIGHT: Final = (30, 90, 255)
_POLICE: Final = ((20, 60, 200), (230, 230, 40))
_AMBULANCE: Final = ((16, 130, 70), (240, 240, 60))


def paint_car(work: Coachwork) -> None:
    """A saloon, or a hatchback with a longer cabin."""
    width = 0.95
    work.box((-2.1, 2.1), width, (0.28, 0.86), work.paint)
    work.wheels(width, (-1.3, 1.35), 0.34)
    back = -1.95 if work.vehicle.variant > 0.55 else -1.5
    roof = (back + 0.3, 0.45)
    work.box((back, 1.15), 0.9, (0.86, 1.42), work.paint, roof=roof, half_roof=0.74, walls=work.glass)
    if work.vehicle.type == "police car":
        _paint_police_livery(work, width)
    work.lamps(2.12, -2.12, 0.95, 0.56)


def _paint_police_livery(work: Coachwork, width: float) -> None:
    for i in range(6):
        work.side_panel(width, (-1.9 + i * 0.64, -1.9 + (i + 1) * 0.64), (0.5, 0.8), _POLICE[i % 2])
    work.end_panel(-2.11, (-0.9, 0.9), (0.5, 0.8), (230, 60, 30))
    work.end_panel(2.11, (-0.9, 0.9), (0.56, 0.7), _POLICE[0])
    work.box((-0.3, 0.1), 0.6, (1.44, 1.62), _BLUE_LIGHT, top=1.3)


def paint_van(work: Coachwork) -> None:
    """A van with a short bonnet; an ambulance is a higher one."""
    width, ambulance = 1.02, work.vehicle.type == "ambulance"
    height = 2.45 if ambulance else 2.15
    work.box((-2.6, 1.35), width, (0.34, height), work.paint)
    work.box((1.35, 2.5), width, (0.34, 1.15), work.paint)
    if work.eye_ahead > 1.4:
        slim = width * 0.93
        windscreen = [(2.0, -width, 1.15), (2.0, width, 1.15), (1.35, slim, height - 0.1), (1.35, -slim, height - 0.1)]
        work.polygon(windscreen, work.glass, 0.95)
    work.side(width, [(1.35, 1.15), (2.0, 1.15), (1.35, height - 0.1)], work.paint, 0.74)
    work.wheels(width, (-1.6, 1.6), 0.38)
    window = [(0.55, 1.25), (1.75, 1.25), (1.35, height - 0.25), (0.55, height - 0.25)]
    work.side(width + 0.01, window, work.glass)
    for aside in ((-0.85, -0.1), (0.1, 0.85)):
        work.end_panel(-2.61, aside, (1.35, 1.9), work.glass)
    if ambulance:
        _paint_ambulance_livery(work, width, height)
    work.lamps(2.52, -2.62, width, 0.66)
    work.logo(width, -1.0, 1.35, 0.5)


def _paint_ambulance_livery(work: Coachwork, width: float, height: float) -> None:
    for row in range(2):
        for i in range(6):
            ahead = (-2.5 + i * 0.64, -2.5 + (i + 1) * 0.64)
            work.side_panel(width, ahead, (0.7 + 0.32 * row, 1.02 + 0.32 * row), _AMBULANCE[(i + row) % 2])
    work.end_panel(-2.61, (-0.9, 0.9), (0.7, 1.1), _AMBULANCE[0])
    work.end_panel(2.51, (-0.9, 0.9), (0.75, 0.95), _AMBULANCE[0])
    work.box((0.6, 1.1), 0.8, (height, height + 0.2), _BLUE_LIGHT, top=1.3)


def paint_bus(work: Coachwork) -> None:
    """A bus with one deck or two; its windows are lit at night."""
    width, night = 1.28, work.stage.plan.night
    double_decker = work.vehicle.variant > 0.6
    height = 4.1 if double_decker else 3.0
    work.box((-4.4, 4.4), width, (0.36, height), work.paint)
    for deck in range(2 if double_decker else 1):
        sill = 1.35 + deck * 1.6
        for i in range(7):
            ahead = (-4.1 + i * 1.16, -4.1 + i * 1.16 + 1.0)
            colour = (230, 210, 130) if night else work.glass
            work.side_panel(width, ahead, (sill, sill + 0.9), colour, shining=night)
        work.end_panel(4.41, (-1.1, 1.1), (sill - (0.1 if deck == 0 else 0), sill + 0.95), work.glass)
        work.end_panel(-4.41, (-0.95, 0.95), (sill + 0.1, sill + 0.85), work.glass)
    display = 2.45 if double_decker else height - 0.42
    work.end_panel(4.42, (-0.75, 0.75), (display, display + 0.28), (40, 34, 20), shining=True)
    work.end_panel(4.43, (-0.5, 0.5), (display + 0.07, display + 0.2), (255, 170, 40), shining=True)
    work.wheels(width, (-2.7, 2.7), 0.46)
    work.lamps(4.42, -4.42, width, 0.66, 0.2)
    work.logo(width, -1.2, 0.95, 0.42)


def paint_truck(work: Coachwork) -> None:
    """A cab and a ribbed cargo box, the farther of the two first."""
    width = 1.2
    parts = [_paint_cab, _paint_cargo]
    if work.eye_ahead >= 0:
        parts.reverse()
    for paint_part in parts:
        paint_part(work, width)
    work.side_panel(width * 0.9, (-3.9, 3.9), (0.5, 0.9), (48, 48, 52))
    work.wheels(width, (-3.1, -2.1, 3.0), 0.5)
    work.lamps(4.02, -4.02, width, 0.62, 0.2)


def _paint_cab(work: Coachwork, width: float) -> None:
    work.box((2.3, 4.0), width, (0.5, 2.65), work.paint)
    work.end_panel(4.01, (-1.05, 1.05), (1.55, 2.4), work.glass)
    work.side_panel(width, (2.8, 3.8), (1.6, 2.35), work.glass)
    work.end_panel(4.01, (-0.9, 0.9), (0.8, 1.3), (60, 62, 66))


def _paint_cargo(work: Coachwork, width: float) -> None:
    colour = mix(work.paint, (255, 255, 255), 0.10 if work.vehicle.variant > 0.5 else 0)
    work.box((-4.0, 2.05), width * 1.04, (0.95, 3.35), colour)
    work.end_panel(-4.01, (-1.12, 1.12), (1.05, 3.2), mix(colour, (0, 0, 0), 0.12))
    work.end_panel(-4.02, (-0.03, 0.03), (1.05, 3.2), (50, 50, 54))
    for i in range(1, 6):
        work.side_panel(width * 1.04, (-4 + i, -3.95 + i), (1.0, 3.3), mix(colour, (0, 0, 0), 0.22))
    work.logo(width * 1.05, -1.0, 2.15, 0.85, -4.05)


def paint_motorbike(work: Coachwork) -> None:
    """A motorbike with its rider, whose helmet has the colour of the bike."""
    for ahead in (-0.75, 0.75):
        for radius, colour in ((0.36, (22, 22, 24)), (0.2, (120, 122, 126))):
            work.polygon([(a, 0.0, up) for a, up in circle((ahead, 0.36), (radius, radius))], colour)
    work.box((-0.9, 0.85), 0.2, (0.45, 0.95), work.paint)
    work.box((-1.0, 0.1), 0.2, (0.9, 1.02), (30, 30, 32))
    work.box((-0.35, 0.05), 0.26, (1.0, 1.62), mix(work.paint, (20, 20, 26), 0.35), half_roof=0.22)
    work.box((0.05, 0.5), 0.3, (1.1, 1.25), (40, 40, 44))
    work.box((-0.3, 0.06), 0.17, (1.62, 1.95), work.paint, half_roof=0.13)
    work.end_panel(0.87, (-0.14, 0.14), (0.8, 1.0), (255, 244, 205), shining=True)
    work.end_panel(-1.02, (-0.12, 0.12), (0.8, 0.94), (225, 30, 30), shining=True)


#: How each type is painted.
BODIES: Final[dict[str, Callable[[Coachwork], None]]] = {
    "car": paint_car,
    "van": paint_van,
    "bus": paint_bus,
    "truck": paint_truck,
    "motorbike": paint_motorbike,
    "police car": paint_car,
    "ambulance": paint_van,
}
