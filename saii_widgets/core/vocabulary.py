"""The words a study may describe a picture with: vehicle types, colours, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saii_widgets.core.article import article_for
from saii_widgets.core.errors import InputError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Role


def with_article(words: str) -> str:
    """``"orange van"`` -> ``"an orange van"``."""
    return f"{article_for('a', words)} {words}"


def without_article(phrase: str) -> str:
    """``"a metal fence"`` -> ``"metal fence"``."""
    first, _, rest = phrase.partition(" ")
    return rest if first in ("a", "an", "the") and rest else phrase


def listed(items: Sequence[str]) -> str:
    """``["a", "b", "c"]`` -> ``"a, b and c"``."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


@dataclass(frozen=True)
class Vocabulary:
    """Words from which phrases and captions are made, and the role of each.

    Parameters
    ----------
    types : tuple of str
        Things a picture may be about; principal words ("truck").
    colours : tuple of str
        Their colours; principal words too.
    skies : tuple of str
        Phrases of which one at most is true of a picture ("an overcast sky"); non-principal.
    context : tuple of str
        Phrases for what else may be there, each true or not by itself ("a metal fence"); non-principal.
    """

    types: tuple[str, ...]
    colours: tuple[str, ...]
    skies: tuple[str, ...]
    context: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("types", "skies", "context"):
            if not getattr(self, name):
                raise InputError(
                    f"a vocabulary with at least one entry under {name!r}",
                    "none",
                    "Name the words that the study may use, or take Vocabulary.traffic().",
                )

    @classmethod
    def traffic(cls) -> Vocabulary:
        """Vehicles and what a traffic camera sees around them: the words of the SAII studies."""
        return cls(
            types=("car", "van", "bus", "truck", "motorbike"),
            colours=("red", "orange", "yellow", "green", "blue", "white", "black", "grey"),
            skies=("an overcast sky", "a clear blue sky", "a sunset sky", "a night sky"),
            context=(
                "road markings",
                "a zebra crossing",
                "a metal fence",
                "a brick wall",
                "trees",
                "tall buildings",
                "houses",
                "street lamps",
                "a traffic light",
                "a road sign",
                "a red logo",
                "traffic cones",
                "people",
                "a billboard",
                "a wet road",
            ),
        )

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Every type in every colour, with its article: "a red truck"."""
        if not self.colours:
            return tuple(with_article(kind) for kind in self.types)
        return tuple(with_article(f"{colour} {kind}") for kind in self.types for colour in self.colours)

    @property
    def concepts(self) -> dict[str, tuple[str, ...]]:
        """Its groups of words by name, as `integration` takes them: "types", "colours" (if any), "skies", "context"."""
        groups = {"types": self.types, "colours": self.colours, "skies": self.skies, "context": self.context}
        return {name: words for name, words in groups.items() if words}

    def phrase_with(self, word: str) -> str:
        """A short phrase that holds one principal word: "a truck" for a type, "a red vehicle" for a colour."""
        return with_article(f"{word} vehicle" if word in self.colours else word)

    def principal_phrases(self) -> tuple[str, ...]:
        """Phrases that hold one principal word each: "a truck", "a red vehicle"."""
        return tuple(self.phrase_with(word) for word in self.types + self.colours)

    def lexicon(self, base: Lexicon | None = None) -> Lexicon:
        """Roles of all these words and phrases, on top of `base` (by default the traffic lexicon)."""
        roles = dict.fromkeys(self.types + self.colours, Role.PRINCIPAL)
        roles |= {without_article(phrase): Role.NON_PRINCIPAL for phrase in self.skies + self.context}
        return (base or Lexicon.traffic()).with_roles(roles)

    def sentence(self, vehicles: Sequence[str], context: Sequence[str]) -> str:
        """One caption: "a red truck and a white van near a metal fence and trees under an overcast sky"."""
        skies = [phrase for phrase in context if phrase in self.skies]
        things = [phrase for phrase in context if phrase not in self.skies]
        text = listed(list(vehicles)) if vehicles else ""
        if things:
            text = f"{text} near {listed(things)}" if text else listed(things)
        if skies:
            text = f"{text} under {listed(skies)}" if text else listed(skies)
        return text
