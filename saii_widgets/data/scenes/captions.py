"""Captions by grammar: facts of a scene put into words, and false captions that differ in one word.

Every choice is drawn from the :class:`random.Random` that is passed in, so a seed gives the same text again.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, Literal

from saii_widgets.core.vocabulary import listed, with_article

from .facts import COLOURS, CONTEXT, FACTS, FALSE, HELD_OUT, INDEX, SERVICES, SKIES, TRUE, TYPES, Fact, Truth

TYPE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "car": ("car", "car", "automobile"),
    "van": ("van",),
    "bus": ("bus", "bus", "coach"),
    "truck": ("truck", "truck", "lorry"),
    "motorbike": ("motorbike", "motorcycle"),
    "police car": ("police car",),
    "ambulance": ("ambulance",),
}
COLOUR_WORDS: Final = {colour: (colour,) for colour in COLOURS} | {"grey": ("grey", "gray")}
#: The first phrase of each is the one that evaluation and reports use.
CONTEXT_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "overcast": ("an overcast sky", "an overcast sky", "overcast sky", "a cloudy sky", "grey clouds"),
    "clear": ("a clear blue sky", "a blue sky", "a clear sky", "blue sky"),
    "sunset": ("a sunset sky", "a sunset", "an orange sunset sky"),
    "night": ("a night sky", "a dark night", "the night sky", "night"),
    "rain": ("rain", "heavy rain", "falling rain"),
    "fog": ("fog", "thick fog", "mist"),
    "snow": ("snow", "falling snow", "snow on the ground"),
    "wet": ("a wet road", "wet road", "puddles", "a wet road surface"),
    "markings": ("road markings", "road markings", "white lane markings", "lane markings"),
    "zebra": ("a zebra crossing", "a pedestrian crossing", "zebra crossing"),
    "fence": ("a metal fence", "a metal fence", "metal fence", "a fence", "metal railings"),
    "wall": ("a brick wall", "brick wall"),
    "trees": ("trees", "trees", "trees by the road"),
    "buildings": ("tall buildings", "office buildings", "a tall building"),
    "houses": ("houses", "small houses", "a house"),
    "lamps": ("street lamps", "street lights", "lamp posts"),
    "lights": ("a traffic light", "traffic lights"),
    "sign": ("a road sign", "a traffic sign", "road sign"),
    "logo": ("a red logo", "red logo"),
    "cones": ("traffic cones", "orange cones"),
    "people": ("people", "pedestrians", "a pedestrian"),
    "billboard": ("a billboard", "an advertising billboard", "billboard"),
}
PREPOSITION: Final = {"overcast": "under", "clear": "under", "sunset": "under", "wet": "on"}
ADVERBS: Final[dict[str, tuple[str, ...]]] = {
    "night": ("at night",),
    "rain": ("in the rain", "on a rainy day"),
    "fog": ("in the fog",),
    "snow": ("in the snow",),
    "sunset": ("at sunset",),
}
OPENINGS: Final = ("",) * 4 + (
    "a photo of ",
    "a traffic camera image of ",
    "a picture of ",
    "there is ",
    "a scene with ",
)
CaptionKind = Literal["mixed", "vehicles", "context"]
Swap = Literal["colour", "type", "binding", "context"]

CONTEXT_FACTS: Final = tuple(i for i, f in enumerate(FACTS) if f.context)


def canonical(fact: Fact) -> str:
    """The one phrase for a fact that evaluation and reports use: "a red bus", "a metal fence"."""
    if fact.context:
        return CONTEXT_PHRASES[fact.context][0]
    return with_article(" ".join(word for word in (fact.colour, fact.type or "vehicle") if word))


def _vehicle(fact: Fact, rng: Random, article: bool = True) -> str:
    words = [rng.choice(COLOUR_WORDS[fact.colour])] if fact.colour else []
    words.append(rng.choice(TYPE_WORDS[fact.type]) if fact.type else "vehicle")
    text = " ".join(words)
    return with_article(text) if article else text


def phrase(fact: Fact, rng: Random) -> str:
    """A short phrase for one fact: "a metal fence", "a photo of a red bus", "at night"."""
    dice = rng.random()
    if fact.context:
        if fact.context in ADVERBS and dice < 0.2:
            return rng.choice(ADVERBS[fact.context])
        text = rng.choice(CONTEXT_PHRASES[fact.context])
    else:
        text = _vehicle(fact, rng, rng.random() < 0.85)
    if dice > 0.7:
        text = rng.choice(OPENINGS) + text
    if fact.is_vehicle and dice < 0.15:
        text += " on the road"
    return text


def compose(facts: Sequence[Fact], rng: Random) -> str:
    """One caption that states all the facts, vehicles first.

    Parameters
    ----------
    facts : sequence of Fact
        One or more; the order of vehicles, and of context, is shuffled.
    rng : random.Random
        Source of every choice.
    """
    if len(facts) == 1:
        return phrase(facts[0], rng)
    vehicles = [f for f in facts if f.is_vehicle]
    context = [f.context for f in facts if f.context]
    rng.shuffle(vehicles)
    rng.shuffle(context)
    if vehicles:
        text = listed([_vehicle(f, rng) for f in vehicles])
        if rng.random() < 0.15:
            text += " on the road"
    else:
        text = rng.choice(("a road", "a street", "a road scene", "")) if rng.random() < 0.5 else ""
    adverbs: list[str] = []
    rest: list[str] = []
    for name in context:
        if name in ADVERBS and rng.random() < 0.6:
            adverbs.append(rng.choice(ADVERBS[name]))
        elif name in PREPOSITION and rng.random() < 0.75 and text:
            adverbs.append(f"{PREPOSITION[name]} {rng.choice(CONTEXT_PHRASES[name])}")
        else:
            rest.append(rng.choice(CONTEXT_PHRASES[name]))
    if rest:
        joined = listed(rest)
        if text:
            link = rng.choice(("with", "with", "near", "beside", "and"))
            adverbs.insert(rng.randrange(len(adverbs) + 1), f"{link} {joined}")
        else:
            text = joined
    return rng.choice(OPENINGS) + " ".join(part for part in (text, *adverbs) if part)


def true_facts(
    truth: Truth,
    vehicles: Sequence[tuple[str | None, str]],
    rng: Random,
    kind: CaptionKind | None = None,
) -> list[int]:
    """Indices into FACTS of some facts that are true of a scene, to be put into a caption.

    Parameters
    ----------
    truth : uint8 array, (len(FACTS),)
        Truth of every fact.
    vehicles : sequence of (colour, type)
        The vehicles of the scene.
    rng : random.Random
        Source of every choice.
    kind : {"mixed", "vehicles", "context"}, optional
        What the caption is about; by default any, and now and then a vehicle loses its colour or its type.
    """
    clear = sorted({INDEX[Fact(c, t)] for c, t in vehicles if truth[INDEX[Fact(c, t)]] == TRUE})
    context = [i for i in CONTEXT_FACTS if truth[i] == TRUE]
    chosen_kind = kind or rng.choices(("vehicles", "context", "mixed"), (0.30, 0.25, 0.45))[0]
    chosen: list[int] = []
    if clear and chosen_kind != "context":
        chosen += rng.sample(clear, rng.randint(1, min(3, len(clear))))
    if not chosen or chosen_kind != "vehicles":
        chosen += rng.sample(context, min(len(context), rng.randint(1, 4)))
    if kind is not None:
        return chosen
    loosened = []
    for i in chosen:
        fact = FACTS[i]
        if fact.colour and rng.random() < 0.12:
            fact = Fact(type=fact.type) if rng.random() < 0.5 else Fact(colour=fact.colour)
        loosened.append(INDEX[fact])
    return loosened


def swapped(
    facts: Sequence[int],
    truth: Truth,
    rng: Random,
    what: Swap | None = None,
    allow_held_out: bool = False,
) -> list[int] | None:
    """The same facts with one word exchanged, so that the caption is false of the scene; None if none was found.

    Parameters
    ----------
    facts : sequence of int
        Indices of true facts.
    truth : uint8 array, (len(FACTS),)
        Truth of every fact of the scene.
    rng : random.Random
        Source of every choice.
    what : {"colour", "type", "binding", "context"}, optional
        What to exchange; "binding" exchanges the colours of two vehicles. By default any that applies.
    allow_held_out : bool
        Whether the result may name a pair of :data:`~.facts.HELD_OUT`.
    """
    vehicles = [k for k, i in enumerate(facts) if FACTS[i].is_vehicle]
    context = [k for k, i in enumerate(facts) if FACTS[i].context]
    choices: list[Swap] = []
    if vehicles:
        choices.extend(("colour", "type", "binding"))
    if context:
        choices.extend(("context", "context"))
    for _ in range(8):
        if not choices:
            return None
        swap = what or rng.choice(choices)
        result, changed = list(facts), []
        if swap == "binding":
            bound = [k for k in vehicles if FACTS[facts[k]].colour and FACTS[facts[k]].type]
            if len(bound) < 2:
                if what:
                    return None
                continue
            first, second = rng.sample(bound, 2)
            a, b = FACTS[facts[first]], FACTS[facts[second]]
            if a.colour == b.colour or a.type == b.type:
                continue
            result[first], result[second] = INDEX[Fact(b.colour, a.type)], INDEX[Fact(a.colour, b.type)]
            changed = [first, second]
        elif swap == "context":
            if not context:
                return None
            k = rng.choice(context)
            name = FACTS[facts[k]].context
            others = [x for x in (SKIES if name in SKIES else CONTEXT) if x != name]
            if name not in SKIES:
                others = [x for x in others if x not in SKIES]
            result[k] = INDEX[Fact(context=rng.choice(others))]
            changed = [k]
        else:
            able = [k for k in vehicles if (FACTS[facts[k]].colour if swap == "colour" else FACTS[facts[k]].type)]
            if not able:
                if what:
                    return None
                continue
            k = rng.choice(able)
            fact = FACTS[facts[k]]
            if swap == "colour":
                if fact.type in SERVICES:
                    continue
                new = Fact(rng.choice(list(COLOURS)), fact.type)
            else:
                new = Fact(fact.colour, rng.choice(TYPES if fact.colour else TYPES + SERVICES))
            result[k] = INDEX[new]
            changed = [k]
        named = [FACTS[result[k]] for k in changed]
        if not allow_held_out and any((f.colour, f.type) in HELD_OUT for f in named):
            continue
        if any(truth[result[k]] == FALSE for k in changed):
            return result
    return None


def vocabulary() -> list[str]:
    """Every word that the grammar can say, sorted, and a few connecting words."""
    phrases = [p for choices in CONTEXT_PHRASES.values() for p in choices]
    phrases += [p for choices in ADVERBS.values() for p in choices]
    phrases += [w for choices in TYPE_WORDS.values() for w in choices] + [w for ws in COLOUR_WORDS.values() for w in ws]
    phrases += [*OPENINGS, *PREPOSITION.values(), "a an and , with near beside on the road street scene vehicle"]
    words = {word for text in phrases for word in text.split()}
    return sorted(words)
