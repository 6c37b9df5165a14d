"""The words of a caption, shaded by their share of the relevance and marked by their role."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from saii_widgets.core.html.numbers import shown
from saii_widgets.core.html.pictures import NO_RELEVANCE
from saii_widgets.core.text import Role

_CLASSES = {
    Role.PRINCIPAL: "saii-principal",
    Role.NON_PRINCIPAL: "saii-context",
    Role.FUNCTION: "saii-function",
}


def shaded_words(words: Sequence[str], values: ArrayLike, roles: Sequence[Role] | None = None) -> str:
    """A caption word by word: the shade and the number under a word are its share of the sum.

    Parameters
    ----------
    words : sequence of str
        In the caption's order.
    values : array, (words,)
        Contributions. Negative ones are hatched, and their share is of the sum of sizes.
    roles : sequence of Role, optional
        Principal words are bold with a solid underline, non-principal ones have a dotted one, function words are pale.
    """
    numbers = np.asarray(values, np.float64)
    total = float(np.abs(numbers).sum())
    if not total:
        plain = " ".join(_plain(word, role) for word, role in _paired(words, roles))
        return f'<p class="saii-words">{plain} <span class="saii-none">{NO_RELEVANCE}</span></p>'
    largest = float(np.abs(numbers).max()) / total
    return (
        '<p class="saii-words">'
        + " ".join(
            _shaded(word, role, float(value) / total, largest)
            for (word, role), value in zip(_paired(words, roles), numbers, strict=True)
        )
        + "</p>"
    )


def role_key() -> str:
    """What the three styles of words mean."""
    return (
        '<p class="saii-key">'
        + "".join(
            f"<span>{_plain(text, role)}</span>"
            for text, role in (
                ("principal word", Role.PRINCIPAL),
                ("non-principal word", Role.NON_PRINCIPAL),
                ("function word", Role.FUNCTION),
            )
        )
        + "</p>"
    )


def _paired(words: Sequence[str], roles: Sequence[Role] | None) -> list[tuple[str, Role | None]]:
    return list(zip(words, roles if roles is not None else [None] * len(words), strict=True))


def _class(role: Role | None) -> str:
    return f"saii-word {_CLASSES[Role(role)]}" if role is not None else "saii-word"


def _plain(word: str, role: Role | None) -> str:
    return f'<span class="{_class(role)}"><b>{escape(word)}</b></span>'


def _shaded(word: str, role: Role | None, share: float, largest: float) -> str:
    """One word. The darkest shade is the caption's strongest word, so that long captions can be read as well."""
    said = f"{word}: {f'{role} word, ' if role is not None else ''}{shown(share, 'share')} of the word relevance"
    negative = " saii-negative" if share < 0 else ""
    shade = f"--saii-share:{100 * abs(share) / largest:.0f}%"
    return (
        f'<span class="{_class(role)}{negative}" style="{shade}" title="{escape(said)}"><b>{escape(word)}</b>'
        f"<small>{shown(share, 'share', bare=True)}</small></span>"
    )
