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


def singular(word: str) -> str:
    """``"lorries"`` -> ``"lorry"``; a word that is no plural comes back as it is."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3 else word


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
        return self._singular_roles.get(_singular_phrase(key), Role.NON_PRINCIPAL)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Entries of several words, those of most words first; fixed function phrases ("in front of") among them."""
        found = {phrase for phrase in (*self.roles, *STOP_WORDS) if " " in phrase}
        return tuple(sorted(found, key=lambda phrase: (-phrase.count(" "), phrase)))

    @cached_property
    def _singular_roles(self) -> dict[str, Role]:
        return {_singular_phrase(phrase): role for phrase, role in self.roles.items()}

    @cached_property
    def _phrases_by_first_word(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.phrases:
            words = tuple(_singular_phrase(phrase).split())
            found.setdefault(words[0], []).append(words)
        return found

    def longest_phrase(self, words: tuple[str, ...]) -> int:
        """How many of the words, from the first on, make up the longest phrase of the lexicon; 1 where none does."""
        folded = tuple(word.casefold() for word in words)
        for phrase in self._phrases_by_first_word.get(folded[0], ()):
            n = len(phrase)
            if folded[: n - 1] == phrase[:-1] and len(folded) >= n and singular(folded[n - 1]) == phrase[-1]:
                return n
        return 1


def _singular_phrase(phrase: str) -> str:
    *start, last = phrase.split()
    return " ".join([*start, singular(last)])
