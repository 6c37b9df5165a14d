"""The sentences in which contributions are told: made from facts, and read back into claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from saii_widgets.core.narration import Span
from saii_widgets.engine.concepts.telling import PLACES, RELATION_WORDS, Telling

CLASS: Final = "<class>"
"""Stands for the class with its article, which is no matter of style: users' classes have any name."""
TENTHS: Final = tuple(f"({k}/10)" for k in range(1, 11))
_FRAME: Final = ("This", "is", "not", "taken", "for", CLASS, ".", ",", "and", "What", "speaks", "against", "it", "most")
FRAME: Final = (*_FRAME, "followed", "by", "Nothing", "that", "was", "found")
AT: Final = tuple(f"{'in' if place == 'middle' else 'at'} the {place}" for place in PLACES)
TOKENS: Final = (*FRAME, *TENTHS, *AT, *RELATION_WORDS)
"""What sentences are made of beside names and numbers; several words that always go together are one token."""


@dataclass(frozen=True)
class Claim:
    """What a text says of one concept.

    Parameters
    ----------
    number : int
        Of the concept, from 1.
    name : str
    tenths : int
    sign : int
        1 for the class, -1 against it.
    where : str
        A place in the picture, or a relation with the number of the concept that it is seen from: "left of 3".
    other : str
        The name that is given to that other concept; empty where a place is said.
    """

    number: int
    name: str
    tenths: int
    sign: int
    where: str
    other: str = ""


@dataclass(frozen=True)
class Said:
    """All that a text says: of the class, and concept by concept in its order."""

    predicted: bool | None
    claims: tuple[Claim, ...]
    nothing: tuple[int, ...] = ()  # signs of which it says that nothing was found


def facts(telling: Telling, names: Sequence[str]) -> Said:
    """What a text should say.

    Parameters
    ----------
    telling : Telling
    names : sequence of str, (n,)
        Of the concepts that are told.
    """
    claims = []
    for k, name in enumerate(names):
        where, other = (AT[telling.place], "") if k == 0 else (telling.relation[k], names[0])
        if other:
            where = f"{where} {int(telling.concepts[0]) + 1}"
        sign = 1 if telling.values[k] > 0 else -1
        claims.append(Claim(int(telling.concepts[k]) + 1, name, int(telling.tenths[k]), sign, where, other))
    order = (1, -1) if telling.predicted else (-1, 1)
    nothing = tuple(sign for sign in order if not any(claim.sign == sign for claim in claims))
    return Said(telling.predicted, tuple(claims), nothing)


def compose(said: Said) -> list[str]:
    """The tokens that say it."""
    tokens = ["This", "is", *([] if said.predicted else ["not"]), "taken", "for", CLASS, "."]
    for sign in (1, -1) if said.predicted else (-1, 1):
        told = [claim for claim in said.claims if claim.sign == sign]
        verb = ["speaks", "for" if sign > 0 else "against", "it"]
        if not told:
            tokens += ["Nothing", "that", "was", "found", *verb, "."]
            continue
        tokens += ["What", *verb, *(["most"] if len(told) > 1 else []), "is"]
        for k, claim in enumerate(told):
            if k == 1:
                tokens += [",", "followed", "by"]
            elif k > 1:
                tokens.append("and" if k == len(told) - 1 else ",")
            tokens += [*claim.name.split(), str(claim.number), f"({claim.tenths}/10)"]
            if claim.other:
                relation, number = claim.where.rsplit(" ", 1)
                tokens += [relation, *claim.other.split(), number]
            else:
                tokens.append(claim.where)
        tokens.append(".")
    return tokens


def join(tokens: Sequence[str], class_name: str) -> str:
    """Tokens as running text."""
    article = "an" if class_name[:1].lower() in "aeio" and class_name else "a"
    words = [f"{article} {class_name}" if token == CLASS else token for token in tokens]
    return re.sub(r" ([.,])", r"\1", " ".join(words))


_NODE: Final = re.compile(
    r"(?P<name>[^\s\d(),.][^\d(),.]*?) (?P<number>\d+) \((?P<tenths>\d+)/10\)"
    rf" (?:(?P<at>{'|'.join(AT)})(?= ?[.,]| and |$)"
    rf"|(?P<relation>{'|'.join(sorted(RELATION_WORDS, key=len, reverse=True))})"
    r" (?P<other>[^\s\d(),.][^\d(),.]*?) (?P<seen>\d+))"
)
_LEAD: Final = re.compile(r"^(?:and |followed by )")
_SENTENCE: Final = re.compile(r"What speaks (for|against) it(?: most)? is (.*)")
_NOTHING: Final = re.compile(r"Nothing that was found speaks (for|against) it")


def parse(tokens: Sequence[str]) -> Said:
    """Read back what tokens say; what is no sentence of this form says nothing."""
    predicted: bool | None = None
    claims: list[Claim] = []
    nothing: list[int] = []
    for sentence in " ".join(tokens).split(" ."):
        text = sentence.strip()
        if text.startswith("This is"):
            heads = {f"This is taken for {CLASS}": True, f"This is not taken for {CLASS}": False}
            predicted = heads.get(text, predicted)
        elif match := _NOTHING.fullmatch(text):
            nothing.append(1 if match[1] == "for" else -1)
        elif match := _SENTENCE.fullmatch(text):
            claims += _claims(match[2], 1 if match[1] == "for" else -1)
    return Said(predicted, tuple(claims), tuple(nothing))


def _claims(text: str, sign: int) -> Iterator[Claim]:
    for match in _NODE.finditer(text):
        name = _LEAD.sub("", match["name"].removeprefix("and ").strip())
        where = match["at"] or f"{match['relation']} {match['seen']}"
        yield Claim(int(match["number"]), name, int(match["tenths"]), sign, where, match["other"] or "")


def spans(text: str, said: Said, class_name: str) -> list[Span]:
    """Where a composed text speaks of the class and of which concept."""
    found = []
    at = text.index(class_name) if class_name and class_name in text else -1
    end = 0
    if at >= 0:
        end = at + len(class_name)
        found.append(Span(at, end, -1, "class"))
    for claim in said.claims:
        where = claim.where
        if claim.other:
            relation, number = claim.where.rsplit(" ", 1)
            where = f"{relation} {claim.other} {number}"
        pieces = (("name", f"{claim.name} {claim.number}"), ("strength", f"({claim.tenths}/10)"), ("place", where))
        for kind, piece in pieces:
            start = text.index(piece, end)
            end = start + len(piece)
            found.append(Span(start, end, claim.number - 1, kind))
    return found
