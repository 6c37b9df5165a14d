"""Which role each word and phrase plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from saii_widgets.core.errors import InputError
from saii_widgets.core.function_words import COLOURS, STOP_WORDS
from saii_widgets.core.role import Role

_VEHICLES: Final = """vehicle, car, automobile, van, minivan, bus, minibus, coach, truck, pickup, lorry, motorbike,
    motorcycle, bike, bicycle, scooter, taxi, cab, ambulance, tractor, trailer, tram, suv, police car, police van,
    fire engine, fire truck, pickup truck, delivery van, school bus"""
_SURROUNDINGS: Final = """fence, wall, sky, cloud, sunset, building, house, tree, sign, logo, marking, line, cone,
    light, lamp, pole, post, billboard, railing, bridge, barrier, door, roof"""
_PHRASES: Final = """metal fence, metal railings, brick wall, overcast sky, cloudy sky, clear sky, clear blue sky,
    sunset sky, orange sunset sky, night sky, dark night, rainy day, heavy rain, falling rain, thick fog, falling snow,
    wet road, wet road surface, road surface, road marking, lane marking, white lane marking, white road marking,
    zebra crossing, pedestrian crossing, tall building, office building, small house, street lamp, street light,
    lamp post, traffic light, road sign, traffic sign, traffic cone, advertising billboard, traffic camera, road scene,
    street scene, bus stop, bus lane, bus shelter, car park, parking lot, parking space, crash barrier, guard rail"""


def _listed(text: str) -> list[str]:
    return [" ".join(entry.split()) for entry in text.split(",")]


def forms(word: str) -> tuple[str, ...]:
    """The word and what it may be the plural of: ``"lorries"`` -> ``("lorries", "lorrie", "lorry")``."""
    if not word.endswith("s") or word.endswith("ss") or len(word) < 4:
        return (word,)
    if word.endswith("ies"):
        return (word, word[:-1], word[:-3] + "y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return (word, word[:-1], word[:-2])
    return (word, word[:-1])


def _key(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


@dataclass(frozen=True)
class Lexicon:
    """Roles of words and phrases; what it does not hold is non-principal, or a function word if it is a stop word.

    Parameters
    ----------
    roles : mapping of str to Role
        Words and phrases of several words. Case and plural endings make no difference.

    Raises
    ------
    InputError
        An entry without a word, or a role that is none of the three.
    """

    roles: Mapping[str, Role]

    def __post_init__(self) -> None:
        roles: dict[str, Role] = {}
        for phrase, role in self.roles.items():
            if not _key(phrase):
                raise InputError("words or phrases with a role each", "an empty phrase", "Take it out.")
            try:
                roles[_key(phrase)] = Role(role)
            except ValueError:
                known = ", ".join(repr(str(known)) for known in Role)
                raise InputError(f"one of {known} as the role of {phrase!r}", repr(role), "Use one of these.") from None
        object.__setattr__(self, "roles", roles)

    @classmethod
    def traffic(cls) -> Lexicon:
        """Vehicles and colours are principal; what a traffic camera sees around them is not."""
        surroundings = _listed(_SURROUNDINGS)
        roles = dict.fromkeys([*_listed(_VEHICLES), *sorted(COLOURS)], Role.PRINCIPAL)
        context = [*surroundings, *(f"{colour} {noun}" for colour in sorted(COLOURS) for noun in surroundings)]
        roles |= dict.fromkeys([*context, *_listed(_PHRASES)], Role.NON_PRINCIPAL)
        return cls(roles)

    def with_roles(self, roles: Mapping[str, Role]) -> Lexicon:
        """The same with some roles added or changed."""
        return Lexicon({**self.roles, **Lexicon(roles).roles})

    def role(self, word: str) -> Role:
        """Role of one word or phrase."""
        key = _key(word)
        if key in self.roles:
            return self.roles[key]
        if key in STOP_WORDS:
            return Role.FUNCTION
        return next((self._by_form[form] for form in _phrase_forms(key) if form in self._by_form), Role.NON_PRINCIPAL)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Entries of several words, those of most words first; fixed function phrases ("in front of") among them."""
        found = {phrase for phrase in (*self.roles, *STOP_WORDS) if " " in phrase}
        return tuple(sorted(found, key=lambda phrase: (-phrase.count(" "), phrase)))

    @cached_property
    def _by_form(self) -> dict[str, Role]:
        return {form: role for phrase, role in self.roles.items() for form in _phrase_forms(phrase)} | dict(self.roles)

    @cached_property
    def _phrase_forms(self) -> frozenset[str]:
        return frozenset(form for phrase in self.phrases for form in _phrase_forms(phrase))

    def longest_phrase(self, words: tuple[str, ...]) -> int:
        """How many of the words, from the first on, make up the longest phrase of the lexicon; 1 where none does."""
        most = min(len(words), self.phrases[0].count(" ") + 1)
        for n in range(most, 1, -1):
            if any(form in self._phrase_forms for form in _phrase_forms(_key(" ".join(words[:n])))):
                return n
        return 1


def _phrase_forms(phrase: str) -> tuple[str, ...]:
    start, space, last = phrase.rpartition(" ")
    return tuple(start + space + form for form in forms(last))
