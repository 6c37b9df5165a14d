"""An explanation in words, each said thing linked to the concept that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from saii_widgets.core.errors import InputError
from saii_widgets.core.known_entries import known_entries
from saii_widgets.core.origin import Origin

_SENTENCE: Final = re.compile(r"\S.*?(?:[.!?。！？]+(?=\s|$)|(?=\n\s*\n)|$)", re.S)


@dataclass(frozen=True, order=True)
class Span:
    """A piece of a text that says something about a concept.

    Parameters
    ----------
    start, end : int
        Its place in the text, in code points.
    concept : int
        Place of the concept on the explanation's concept axis, -1 where it speaks of none, such as the class.
    kind : str
        What it says: "name", "place", "sign", "number", "class", ...
    """

    start: int
    end: int
    concept: int = -1
    kind: str = "name"


@dataclass(frozen=True)
class Narration:
    """Why this class, in words: a text with spans that are linked to the concepts of an explanation.

    Parameters
    ----------
    text : str
        As it is shown, after repair.
    spans : tuple of Span
        In any order; kept in the order of the text. They don't overlap.
    class_name : str
        The class that is explained.
    names : tuple of str
        A name for each place on the concept axis.
    repairs : int
        How many things that did not agree with the explanation were put right.
    written : str, optional
        The text before repair, where it is another.
    origin : Origin, optional

    Raises
    ------
    InputError
        Spans outside the text or over one another, of a concept without a name, or without a kind; a negative number of
        repairs.

    Examples
    --------
    >>> said = Narration("The grille speaks for school bus.", [Span(4, 10, 0), Span(11, 21, 0, "sign")],
    ...                  "school bus", ["grille", "wheel"])
    >>> said.said_of(0), said.said_of(1)
    (('grille', 'speaks for'), ())
    """

    text: str
    spans: tuple[Span, ...] = ()
    class_name: str = ""
    names: tuple[str, ...] = ()
    repairs: int = 0
    written: str | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if isinstance(self.names, str):
            raise InputError("a sequence of names, one a concept", repr(self.names), "Put the name into a tuple.")
        object.__setattr__(self, "spans", tuple(sorted(self.spans)))
        object.__setattr__(self, "names", tuple(str(name) for name in self.names))
        object.__setattr__(self, "written", self.text if self.written is None else self.written)
        if self.repairs < 0:
            raise InputError("a number of repairs from 0 on", str(self.repairs), "Count what was put right.")
        end = 0
        for span in self.spans:
            if not end <= span.start < span.end <= len(self.text):
                came = f"{span.start} to {span.end} of {len(self.text)} code points, after a span that ends at {end}"
                raise InputError("spans within the text, none over another", came, "Count code points from 0.")
            if not -1 <= span.concept < len(self.names):
                named = (
                    f"concepts 0 to {len(self.names) - 1}, or -1" if self.names else "concept -1: no names were given"
                )
                raise InputError(f"spans of {named}", str(span.concept), "Give a name for each concept.")
            if not span.kind:
                raise InputError("a kind for each span", "none", 'Say what it is: "name", "place", "sign".')
            end = span.end

    @property
    def repair_rate(self) -> float:
        """Repairs a linked span; 0 where nothing was put right."""
        return self.repairs / max(1, len(self.spans))

    @property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each sentence, in code points; a full stop inside a number or a span ends none."""
        found: list[tuple[int, int]] = []
        start = -1
        for match in _SENTENCE.finditer(self.text):
            start = match.start() if start < 0 else start
            if not any(span.start < match.end() < span.end for span in self.spans):
                found.append((start, match.end()))
                start = -1
        return tuple(found)

    def said_of(self, concept: int) -> tuple[str, ...]:
        """What the text says of a concept, piece by piece."""
        return tuple(self.text[span.start : span.end] for span in self.spans if span.concept == concept)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "text": self.text,
            "spans": [[span.start, span.end, span.concept, span.kind] for span in self.spans],
            "class_name": self.class_name,
            "names": list(self.names),
            "repairs": self.repairs,
            "written": self.written,
            "origin": None if self.origin is None else self.origin.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Narration:
        """The reverse of :meth:`to_dict`.

        Raises
        ------
        InputError
            Entries that this version does not know, or that are missing or of another kind.
        """
        known = known_entries(cls, data, "a narration")
        try:
            spans = tuple(Span(int(a), int(b), int(concept), str(kind)) for a, b, concept, kind in data["spans"])
            origin = data.get("origin")
            read = {**known, "spans": spans, "origin": None if origin is None else Origin.from_dict(origin)}
            return cls(**read)
        except InputError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("a narration as to_dict gives it", str(error), "Write it again.") from error

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from saii_widgets.core import html

        return html.narration(self)
