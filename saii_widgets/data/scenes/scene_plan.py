"""What a drawn scene will hold, decided before a line of it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from .facts import COLOURS, HELD_OUT, SERVICES, SKIES, TYPES, UNNAMED_PAINTS

LANE_WIDTH: Final = 3.5  # metres
#: Length, width and height of each type in metres, before the scale of the single vehicle.
DIMENSIONS: Final[dict[str, tuple[float, float, float]]] = {
    "car": (4.4, 1.9, 1.5),
    "van": (5.2, 2.1, 2.3),
    "bus": (9.0, 2.6, 3.2),
    "truck": (8.0, 2.5, 3.4),
    "motorbike": (2.2, 0.8, 1.6),
    "police car": (4.4, 1.9, 1.5),
    "ambulance": (5.6, 2.2, 2.6),
}

_SKY_WEIGHTS: Final = (0.34, 0.30, 0.15, 0.21)
_N_VEHICLES_WEIGHTS: Final = (0.03, 0.34, 0.35, 0.2, 0.08)  # of 0, 1, ... 4 vehicles
_TYPE_WEIGHTS: Final = (0.3, 0.2, 0.18, 0.18, 0.14)
_THING_CHANCES: Final = {
    "markings": 0.68,
    "zebra": 0.25,
    "fence": 0.42,
    "wall": 0.28,
    "trees": 0.45,
    "buildings": 0.40,
    "houses": 0.40,
    "lamps": 0.42,
    "lights": 0.28,
    "sign": 0.32,
    "cones": 0.22,
    "people": 0.25,
    "billboard": 0.25,
}
_NOT_WITH: Final = {"wall": "fence", "houses": "buildings"}


@dataclass(frozen=True)
class View:
    """Where the camera stands and looks.

    Parameters
    ----------
    yaw : float
        Angle between the line of sight and the road, degrees.
    height : float
        Above the road, metres.
    focal : float
        Focal length in picture widths.
    horizon : float
        Height of the horizon as a share of the picture, from the top.
    offset : float
        Sideways shift of the road, metres.
    """

    yaw: float
    height: float
    focal: float
    horizon: float
    offset: float


@dataclass(frozen=True)
class VehiclePlan:
    """One vehicle of a scene.

    Parameters
    ----------
    type : str
    colour : str or None
        None for a vehicle in the livery of its service, or in a paint without a name.
    along, across : float
        Its middle in the frame of the road, metres.
    direction : int
        1 when it drives away from the camera's end of the road, -1 towards it.
    variant : float
        In 0..1; decides small differences of the body.
    scale : float
        How much larger it is drawn than :data:`DIMENSIONS`.
    logo : bool
        Whether it carries the red logo.
    seed : int
        Of the tone of its paint.
    paint : str or None
        One of :data:`~.facts.UNNAMED_PAINTS`.
    """

    type: str
    colour: str | None
    along: float
    across: float
    direction: int
    variant: float
    scale: float
    logo: bool
    seed: int
    paint: str | None = None


@dataclass(frozen=True)
class ScenePlan:
    """All that is in one scene.

    Parameters
    ----------
    sky : str
        One of :data:`~.facts.SKIES`.
    weather : frozenset of str
        Some of :data:`~.facts.WEATHER`.
    things : frozenset of str
        Some of :data:`~.facts.THINGS`; they may still be hidden or outside the picture.
    billboard_logo : bool
        Whether the billboard shows the red logo.
    lanes : int
    view : View
    vehicles : tuple of VehiclePlan
    seed : int
        Of everything that is decided while painting: places, shapes and tones of the surroundings.
    """

    sky: str
    weather: frozenset[str]
    things: frozenset[str]
    billboard_logo: bool
    lanes: int
    view: View
    vehicles: tuple[VehiclePlan, ...]
    seed: int

    @property
    def night(self) -> bool:
        return self.sky == "night"

    @property
    def half_width(self) -> float:
        """Half of the road's width, metres."""
        return self.lanes * LANE_WIDTH / 2


def plan_scene(rng: Random, held_out: bool = False, unnamed_paint: float = 0.0) -> ScenePlan:
    """Draw a scene's content by lot.

    Parameters
    ----------
    rng : random.Random
        Source of every choice.
    held_out : bool
        Whether every coloured vehicle is one of :data:`~.facts.HELD_OUT`; otherwise none is.
    unnamed_paint : float
        Share of the vehicles, those of the services aside, that get a paint without a name.
    """
    sky = rng.choices(SKIES, _SKY_WEIGHTS)[0]
    weather = _plan_weather(sky, rng)
    things: set[str] = set()
    for thing, chance in _THING_CHANCES.items():
        if _NOT_WITH.get(thing) not in things and rng.random() < chance:
            things.add(thing)
    lanes = rng.choice((2, 2, 3, 4))
    view = View(
        yaw=rng.uniform(-38, 38),
        height=rng.uniform(4.6, 7.5),
        focal=rng.uniform(1.35, 1.8),
        horizon=rng.uniform(0.24, 0.40),
        offset=rng.uniform(-1.5, 1.5),
    )
    seed = rng.randrange(1 << 30)
    vehicles = _plan_vehicles(lanes, held_out, rng)
    if unnamed_paint:
        vehicles = tuple(_repainted(vehicle, unnamed_paint, rng) for vehicle in vehicles)
    billboard_logo = "billboard" in things and rng.random() < 0.45
    return ScenePlan(sky, weather, frozenset(things), billboard_logo, lanes, view, vehicles, seed)


def _plan_weather(sky: str, rng: Random) -> frozenset[str]:
    rain = sky in ("overcast", "night") and rng.random() < 0.3
    snow = not rain and sky in ("overcast", "clear", "night") and rng.random() < 0.15
    fog = not rain and sky in ("overcast", "sunset") and rng.random() < 0.25
    wet = rain or (not snow and rng.random() < 0.22)
    present = {"rain": rain, "snow": snow, "fog": fog, "wet": wet}
    return frozenset(name for name, here in present.items() if here)


def _plan_vehicles(lanes: int, held_out: bool, rng: Random) -> tuple[VehiclePlan, ...]:
    n_vehicles = rng.choices(range(5), _N_VEHICLES_WEIGHTS)[0]
    vehicles: list[VehiclePlan] = []
    taken: list[tuple[int, float, float]] = []  # lane, place along the road, length
    for _ in range(n_vehicles):
        kind = rng.choice(SERVICES) if rng.random() < 0.13 else rng.choices(TYPES, _TYPE_WEIGHTS)[0]
        length = DIMENSIONS[kind][0]
        found = _free_place(lanes, length, taken, rng)
        if found is None:
            continue
        lane, along = found
        taken.append((lane, along, length))
        across = -lanes * LANE_WIDTH / 2 + LANE_WIDTH * lane + LANE_WIDTH / 2 + rng.uniform(-0.3, 0.3)
        vehicles.append(
            VehiclePlan(
                type=kind,
                colour=_plan_colour(kind, held_out, rng),
                along=along,
                across=across,
                direction=1 if lane < lanes / 2 else -1,
                variant=rng.random(),
                # a motorbike of its true size is a few pixels
                scale=rng.uniform(1.15, 1.35) * (1.55 if kind == "motorbike" else 1.0),
                logo=kind in ("truck", "van", "bus") and rng.random() < 0.3,
                seed=rng.randrange(1 << 30),
            )
        )
    return tuple(vehicles)


def _repainted(vehicle: VehiclePlan, share: float, rng: Random) -> VehiclePlan:
    if vehicle.type in SERVICES or rng.random() >= share:
        return vehicle
    return replace(vehicle, colour=None, paint=rng.choice(list(UNNAMED_PAINTS)))


def _free_place(
    lanes: int, length: float, taken: list[tuple[int, float, float]], rng: Random
) -> tuple[int, float] | None:
    for _ in range(12):
        lane, along = rng.randrange(lanes), rng.uniform(-7, 11)
        if all(lane != other or abs(along - at) > (length + long) / 2 + 1 for other, at, long in taken):
            return lane, along
    return None


def _plan_colour(kind: str, held_out: bool, rng: Random) -> str | None:
    if kind in SERVICES:
        return None
    if held_out:
        return next(colour for colour, of in HELD_OUT if of == kind)
    return rng.choice([colour for colour in COLOURS if (colour, kind) not in HELD_OUT])
