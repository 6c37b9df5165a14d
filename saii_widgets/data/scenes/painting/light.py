"""What daylight, dusk, night and fog make of a colour."""

from __future__ import annotations

import math
from typing import Final

from ..scene_plan import ScenePlan

Colour = tuple[float, float, float]  # red, green, blue in 0..255
Pixel = tuple[int, int, int]

_AMBIENT: Final[dict[str, Colour]] = {
    "overcast": (0.86, 0.88, 0.90),
    "clear": (1.04, 1.02, 0.98),
    "sunset": (1.0, 0.84, 0.72),
    "night": (0.62, 0.64, 0.76),
}
_FOG: Final[dict[str, Colour]] = {"overcast": (198, 202, 206), "sunset": (226, 186, 160)}
_CLEAR_WITHIN: Final = 8  # metres
_FOG_LENGTH: Final = 26  # metres in which all but 1/e of a colour is lost


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with `share` of the second."""
    (r, g, b), (r2, g2, b2) = first, second
    return r + (r2 - r) * share, g + (g2 - g) * share, b + (b2 - b) * share


def to_pixel(colour: Colour) -> Pixel:
    """Whole numbers, within 0..255."""
    r, g, b = (int(min(255, max(0, part))) for part in colour)
    return r, g, b


class Light:
    """The light of one scene."""

    def __init__(self, plan: ScenePlan) -> None:
        self._ambient = _AMBIENT[plan.sky]
        self._fog = _FOG[plan.sky] if "fog" in plan.weather else None

    def shade(self, colour: Colour, depth: float | None = None, strength: float = 1.0) -> Pixel:
        """A surface's colour in this light.

        Parameters
        ----------
        colour : three numbers in 0..255
        depth : float, optional
            Metres from the camera, for the fog; by default none lies between.
        strength : float
            How much light falls on the surface: more on top, less at the side.
        """
        (r, g, b), (ambient_r, ambient_g, ambient_b) = colour, self._ambient
        lit = (r * ambient_r * strength, g * ambient_g * strength, b * ambient_b * strength)
        return self.glow(lit, depth)

    def glow(self, colour: Colour, depth: float | None = None) -> Pixel:
        """The colour of something that shines by itself, seen through the fog."""
        if self._fog is not None and depth is not None:
            colour = mix(colour, self._fog, 1 - math.exp(-max(0, depth - _CLEAR_WITHIN) / _FOG_LENGTH))
        return to_pixel(colour)
