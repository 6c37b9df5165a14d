"""All random choices about a picture of a vehicle, made before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from ..scenes.painting.light import Colour
from .kinds import PAINTS, SPARE_PARTS, UNUSUAL_PAINTS, VEHICLE_KINDS

_MISSING: Final = 0.2  # share of spare parts that a hard picture lacks


@dataclass(frozen=True)
class Plan:
    """What is painted, from where, and in which light.

    Parameters
    ----------
    kind : str
    seed : str
        Of the choices that painting makes.
    paint : three numbers in 0..255
    tone : float
        In 0..1: which of the colours of its details a vehicle has.
    missing : frozenset of str
        Parts that are left out.
    faces_left : bool
    span : float
        Width of the vehicle in the picture, as a share of the side.
    middle, ground : float
        Where the middle of the vehicle and the ground under its wheels are, as shares of the side.
    slant, lift : float
        How far a metre of width goes aside and up, in metres.
    light : three numbers
        What each colour is multiplied with.
    noise : float
        Standard deviation, in levels of 255.
    sky : int
        Which backdrop.
    clutter, occluders : int
        How many things stand behind the vehicle, and before it.
    """

    kind: str
    seed: str
    paint: Colour
    tone: float
    missing: frozenset[str]
    faces_left: bool
    span: float
    middle: float
    ground: float
    slant: float
    lift: float
    light: Colour
    noise: float
    sky: int
    clutter: int
    occluders: int


def plan_vehicle(seed: int, kind: str | None, hard: bool) -> Plan:
    """The plan of a seed; another kind changes nothing but the kind and its paint."""
    rng = Random(f"vehicle {seed}{' hard' if hard else ''}")
    drawn = rng.choice(VEHICLE_KINDS)
    kind = kind or drawn
    which = rng.random()
    unusual = hard and rng.random() < 0.6
    paints = UNUSUAL_PAINTS if unusual else PAINTS[kind]
    tone, warmth = rng.random(), rng.uniform(-0.06, 0.06)
    gain = rng.uniform(0.55, 1.15) if hard else rng.uniform(0.88, 1.12)
    span = rng.uniform(0.5, 0.84) if hard else rng.uniform(0.74, 0.88)
    gone = [part for part in SPARE_PARTS if rng.random() < _MISSING]
    return Plan(
        kind=kind,
        seed=f"painting {seed}",
        paint=_shifted(paints[int(which * len(paints))], rng),
        tone=tone,
        missing=frozenset(gone if hard else ()),
        faces_left=rng.random() < 0.5,
        span=span,
        middle=0.5 + rng.uniform(-0.42, 0.42) * (1 - span),
        ground=rng.uniform(0.72, 0.88) if hard else rng.uniform(0.78, 0.86),
        slant=rng.uniform(0.42, 0.62),
        lift=rng.uniform(0.13, 0.24),
        light=(gain * (1 + warmth), gain, gain * (1 - warmth)),
        noise=rng.uniform(4, 12) if hard else rng.uniform(1.5, 5),
        sky=rng.randrange(4),
        clutter=rng.randint(2, 5) if hard else rng.randint(0, 2),
        occluders=rng.choice((0, 1, 1, 2)) if hard else 0,
    )


def _shifted(colour: Colour, rng: Random) -> Colour:
    """A tone of its own."""
    tone = rng.uniform(-14, 14)
    r, g, b = (min(255.0, max(0.0, part + tone + rng.uniform(-8, 8))) for part in colour)
    return r, g, b
