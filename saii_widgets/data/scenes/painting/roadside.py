"""All that stands beside the road, and the order in which it is painted."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final, Protocol, TypedDict

from .barriers import plan_barrier
from .buildings import plan_buildings
from .furniture import Billboard, Lamp, RoadSign, TrafficLight
from .people import plan_people
from .roadworks import plan_cones
from .stage import Stage
from .trees import plan_trees

_BOARDS: Final = ((60, 140, 150), (240, 226, 170), (120, 90, 150), (246, 246, 242))
_BOARD_WITH_LOGO: Final = (244, 244, 240)


class Standing(Protocol):
    """Something upright; where it stands decides when it is painted."""

    @property
    def along(self) -> float: ...

    @property
    def across(self) -> float: ...

    def paint(self, stage: Stage) -> None: ...


class _Place(TypedDict):
    along: float
    side: int
    stands_on: int
    half_width: float


def plan_roadside(stage: Stage, rng: Random) -> list[Standing]:
    """Draw by lot where the things stand that the plan asks for, in the order in which ties are painted."""
    plan, things = stage.plan, stage.plan.things
    half = plan.half_width
    far_side = 1 if plan.view.yaw < 0 else -1  # the roadside that is seen across the road
    sides = (far_side, far_side, -far_side)
    before: list[Standing] = []
    if things & {"buildings", "houses"}:
        before += plan_buildings(stage, far_side, rng)
    if "trees" in things:
        before += plan_trees(half, far_side, sides, rng)
    if things & {"fence", "wall"}:
        before += plan_barrier(stage, far_side, rng)
    furniture, side = _plan_furniture(stage, far_side, sides, rng)
    after: list[Standing] = []
    if "cones" in things:
        cones, side = plan_cones(half, rng)
        after += cones
    if "people" in things:
        people, side = plan_people(half, sides, rng)
        after += people
    # All furniture stands on the side that was drawn by lot last, but takes its turn in painting as if it stood on
    # the side drawn for it alone: the pictures that the shipped weights were trained on are exactly so.
    return [*before, *(replace(thing, stands_on=side) for thing in furniture), *after]


def _plan_furniture(
    stage: Stage, far_side: int, sides: tuple[int, ...], rng: Random
) -> tuple[list[Lamp | TrafficLight | RoadSign | Billboard], int]:
    """Furniture, each thing on a side of its own, and the side that was drawn last."""
    things = stage.plan.things
    planned: list[Lamp | TrafficLight | RoadSign | Billboard] = []
    side = far_side

    def place(along: float) -> _Place:
        return {"along": along, "side": side, "stands_on": side, "half_width": stage.plan.half_width}

    if "lamps" in things:
        side = rng.choice(sides)
        height, start = rng.uniform(6.5, 8.5), rng.uniform(-5, 6)
        planned += [Lamp(**place(start + k * 12), height=height) for k in range(5)]
    if "lights" in things:
        side = rng.choice(sides)
        planned.append(TrafficLight(**place(rng.uniform(-5, 8)), lit=rng.randrange(3)))
    if "sign" in things:
        side = rng.choice(sides)
        planned.append(RoadSign(**place(rng.uniform(-5, 9)), kind=rng.randrange(4)))
    if "billboard" in things:
        side = far_side
        along, colour = rng.uniform(0, 12), rng.choice(_BOARDS)
        logo = stage.plan.billboard_logo
        planned.append(Billboard(**place(along), colour=_BOARD_WITH_LOGO if logo else colour, logo=logo))
    return planned, side
