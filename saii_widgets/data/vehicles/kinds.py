"""The kinds of drawn vehicles, what tells them apart, and the parts that they are painted from."""

from __future__ import annotations

from typing import Final

from ..scenes.painting.light import Colour

VEHICLE_PARTS: Final = (
    "body",
    "wheel",
    "window",
    "door",
    "grille",
    "head lamp",
    "bumper",
    "mirror",
    "stripe",
    "sign",
    "stop sign",
    "cross",
    "light bar",
    "roof sign",
    "ladder",
)

VEHICLE_KINDS: Final = (
    "school bus",
    "fire engine",
    "taxi",
    "police car",
    "ambulance",
    "delivery van",
    "road service truck",
    "escort truck",
    "mobile clinic",
    "medicine courier",
)

#: Pairs that have the same parts in the same colours; only where two of these lie differs.
LAYOUT_TWINS: Final = (("road service truck", "escort truck"), ("mobile clinic", "medicine courier"))

#: The parts by which a kind is told from the others; they are never left out.
TELLING_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "school bus": ("stop sign",),
    "fire engine": ("ladder",),
    "taxi": ("roof sign",),
    "police car": ("light bar",),
    "ambulance": ("cross", "light bar"),
    "delivery van": ("sign",),
    "road service truck": ("light bar", "roof sign"),
    "escort truck": ("light bar", "roof sign"),
    "mobile clinic": ("cross", "sign"),
    "medicine courier": ("cross", "sign"),
}

#: What may be missing from a hard picture.
SPARE_PARTS: Final = ("door", "grille", "head lamp", "bumper", "mirror", "stripe")

YELLOW: Final[Colour] = (246, 196, 40)
WHITE: Final[Colour] = (240, 241, 238)
RED: Final[Colour] = (206, 38, 36)
BLUE: Final[Colour] = (40, 92, 190)
ORANGE: Final[Colour] = (238, 128, 34)
GREEN: Final[Colour] = (46, 144, 84)
BLACK: Final[Colour] = (46, 48, 54)
SILVER: Final[Colour] = (176, 182, 188)
LIME: Final[Colour] = (192, 214, 60)
BROWN: Final[Colour] = (128, 84, 52)
TEAL: Final[Colour] = (36, 150, 156)
PINK: Final[Colour] = (232, 120, 168)
PURPLE: Final[Colour] = (126, 78, 170)
CREAM: Final[Colour] = (236, 222, 184)

_VAN: Final = (WHITE, WHITE, CREAM, SILVER, TEAL, YELLOW)
_TRUCK: Final = (ORANGE, YELLOW, WHITE, ORANGE, GREEN, RED)

#: Usual paints, each as likely as it is often named.
PAINTS: Final[dict[str, tuple[Colour, ...]]] = {
    "school bus": (YELLOW, YELLOW, YELLOW, ORANGE, WHITE, BLUE),
    "fire engine": (RED, RED, RED, LIME, YELLOW, WHITE),
    "taxi": (YELLOW, YELLOW, BLACK, WHITE, CREAM, GREEN),
    "police car": (WHITE, WHITE, BLUE, BLACK, SILVER, GREEN),
    "ambulance": (WHITE, WHITE, YELLOW, LIME, RED, CREAM),
    "delivery van": (WHITE, BROWN, YELLOW, RED, BLUE, TEAL),
    "road service truck": _TRUCK,
    "escort truck": _TRUCK,
    "mobile clinic": _VAN,
    "medicine courier": _VAN,
}

#: Paints of hard pictures.
UNUSUAL_PAINTS: Final = (PINK, PURPLE, TEAL, BROWN, GREEN, BLUE, RED, YELLOW, WHITE, BLACK, SILVER, LIME, ORANGE)
