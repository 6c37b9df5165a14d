"""What can be true of a drawn traffic scene: the closed list of facts.

A scene is described by the truth of each :class:`Fact`: true, false, or unknown where the thing is there but hardly
visible. Captions are sets of facts put into words, so each pair of picture and caption is true, false or unknown too.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "red": (200, 30, 32),
    "orange": (240, 128, 20),
    "yellow": (246, 210, 40),
    "green": (36, 140, 66),
    "blue": (34, 82, 190),
    "white": (240, 241, 243),
    "black": (28, 28, 32),
    "grey": (136, 140, 146),
}
TYPES: Final = ("car", "van", "bus", "truck", "motorbike")
SERVICES: Final = ("police car", "ambulance")  # vehicles that come in one livery, so without a colour of their own
SKIES: Final = ("overcast", "clear", "sunset", "night")
WEATHER: Final = ("rain", "fog", "snow", "wet")
THINGS: Final = (
    "markings",
    "zebra",
    "fence",
    "wall",
    "trees",
    "buildings",
    "houses",
    "lamps",
    "lights",
    "sign",
    "logo",
    "cones",
    "people",
    "billboard",
)
CONTEXT: Final = SKIES + WEATHER + THINGS

#: Pairs of colour and type that no training picture shows and no training caption names: one a type, five colours.
HELD_OUT: Final = (
    ("white", "car"),
    ("green", "van"),
    ("orange", "bus"),
    ("blue", "truck"),
    ("yellow", "motorbike"),
)

#: Paints that no caption names. Vehicles in them teach that a type comes in any colour, the held-out ones included.
UNNAMED_PAINTS: Final[dict[str, tuple[int, int, int]]] = {
    "purple": (120, 50, 160),
    "pink": (236, 120, 176),
    "turquoise": (40, 190, 190),
    "brown": (112, 72, 40),
    "lime": (160, 214, 40),
    "beige": (214, 190, 140),
}

FALSE, TRUE, UNKNOWN = 0, 1, 2


class Fact(NamedTuple):
    """One thing that is true or false of a scene: a vehicle by colour and type, or a piece of context.

    Parameters
    ----------
    colour : str or None
        Colour of a vehicle; None leaves it open.
    type : str or None
        Type of a vehicle; None leaves it open ("a red vehicle").
    context : str or None
        One of :data:`CONTEXT`; then colour and type are None.
    """

    colour: str | None = None
    type: str | None = None
    context: str | None = None

    @property
    def is_vehicle(self) -> bool:
        return self.context is None


FACTS: Final = (
    tuple(Fact(c, t) for t in TYPES for c in COLOURS)
    + tuple(Fact(type=t) for t in TYPES + SERVICES)
    + tuple(Fact(colour=c) for c in COLOURS)
    + tuple(Fact(context=x) for x in CONTEXT)
)
INDEX: Final = {fact: i for i, fact in enumerate(FACTS)}

Truth = NDArray[np.uint8]  # (len(FACTS),) of FALSE, TRUE, UNKNOWN


def vehicle_facts(colour: str | None, kind: str) -> list[Fact]:
    """All facts that one vehicle makes true: a red bus is 'a red bus', 'a bus' and 'a red vehicle'."""
    facts = [Fact(type=kind)]
    if kind == "police car":
        facts.append(Fact(type="car"))
    if colour is not None:
        facts += [Fact(colour, kind), Fact(colour=colour)]
    return facts
