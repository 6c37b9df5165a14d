"""What a witness might say on the telephone about a drawn scene, in its own words for vehicles and surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from saii_widgets.core.vocabulary import with_article
from saii_widgets.data.scenes import DrawnScene
from saii_widgets.data.scenes.captions import ADVERBS, COLOUR_WORDS, CONTEXT_PHRASES, TYPE_WORDS
from saii_widgets.data.scenes.facts import COLOURS, CONTEXT, SKIES, TYPES, WEATHER, Fact

_OPENINGS: Final = ("", "", "", "caller says ", "witness reports ", "passer-by says ", "driver says ")
_ONE: Final = (
    "{a} stopped {where}",
    "{a} has hit {thing}",
    "{a} with its lights off {where}",
    "{a} blocking the lane {where}",
    "{a} broken down {where}",
    "{a} skidded {where}",
    "{a} going the wrong way {where}",
)
_TWO: Final = (
    "{a} ran into {b} {where}",
    "{a} and {b} collided {where}",
    "{a} scraped {b} {where}",
    "{a} turned in front of {b} {where}",
)
_NONE: Final = ("debris on the road {where}", "something lying in the lane {where}", "road blocked {where}")
_NEAR: Final = ("near", "next to", "by", "beside", "close to")
_SOLID: Final = ("fence", "wall", "lamps", "lights", "sign", "cones", "billboard")


def describe(scene: DrawnScene, rng: Random) -> str:
    """A call about what is in a picture: its vehicles, and one to three things around them."""
    vehicles = [v for v in scene.vehicles if scene.is_true(Fact(*v))]
    things = [name for name in CONTEXT if name not in (*SKIES, *WEATHER) and scene.is_true(Fact(context=name))]
    weather = [name for name in (*WEATHER, *SKIES) if scene.is_true(Fact(context=name))]
    rng.shuffle(vehicles)
    rng.shuffle(things)
    return _call([_vehicle(*v, rng) for v in vehicles], things, weather, rng)


def imagine(rng: Random) -> str:
    """A call of the same kind about no picture."""
    vehicles = [_vehicle(rng.choice(list(COLOURS)), rng.choice(TYPES), rng) for _ in range(rng.choice((1, 1, 2)))]
    things = [name for name in CONTEXT if name not in (*SKIES, *WEATHER)]
    return _call(vehicles, rng.sample(things, 2), [rng.choice((*SKIES, *WEATHER))], rng)


def _vehicle(colour: str | None, kind: str, rng: Random) -> str:
    words = [rng.choice(COLOUR_WORDS[colour])] if colour else []
    return with_article(" ".join([*words, rng.choice(TYPE_WORDS[kind])]))


def _call(vehicles: Sequence[str], things: Sequence[str], weather: Sequence[str], rng: Random) -> str:
    places = [rng.choice(CONTEXT_PHRASES[name]) for name in things[: rng.randint(1, 2)]]
    where = f"{rng.choice(_NEAR)} {' and '.join(places)}" if places else "on the road"
    solid = next((rng.choice(CONTEXT_PHRASES[name]) for name in things if name in _SOLID), None)
    if len(vehicles) > 1 and rng.random() < 0.6:
        text = rng.choice(_TWO).format(a=vehicles[0], b=vehicles[1], where=where)
    elif vehicles:
        templates = [template for template in _ONE if solid or "{thing}" not in template]
        text = rng.choice(templates).format(a=vehicles[0], where=where, thing=solid)
    else:
        text = rng.choice(_NONE).format(where=where)
    if weather and rng.random() < 0.6:
        text += _weather(rng.choice(weather), rng)
    return rng.choice(_OPENINGS) + text


def _weather(name: str, rng: Random) -> str:
    if name in ADVERBS:
        return f" {rng.choice(ADVERBS[name])}"
    return f"; {rng.choice(CONTEXT_PHRASES[name])}"
