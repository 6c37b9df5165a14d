"""Texts as terms: words, and phrases that count as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from saii_widgets.core.errors import RecordsError
from saii_widgets.core.lexicon import Lexicon, forms
from saii_widgets.core.role import Role

from .collocations import Collocation, find_collocations
from .tokens import BREAK, tokens

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_END: Final = "\n"  # of a text


def term_forms(term: str) -> tuple[str, ...]:
    """A term and what it may be the plural of: ``"road markings"`` -> ``("road markings", "road marking")``."""
    start, blank, last = term.rpartition(" ")
    return tuple(f"{start}{blank}{form}" for form in forms(last))


@dataclass(frozen=True, eq=False)
class Terms:
    """Texts cut into terms.

    Parameters
    ----------
    flat : list of str
        The terms of all texts in order, a line end after each text.
    phrases : tuple of Collocation
        Phrases that were found in the texts, beside those of the lexicon.
    """

    flat: list[str]
    phrases: tuple[Collocation, ...]

    @classmethod
    def of(cls, texts: Iterable[str], lexicon: Lexicon) -> Terms:
        """Cut texts into terms.

        Phrases of the lexicon and collocations of the texts become one term. A plural counts as its singular where
        the texts hold both.

        Raises
        ------
        RecordsError
            There is no word in the texts, or an entry is no text.
        """
        words: list[str] = []
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                raise RecordsError(
                    "texts to count words in", f"{type(text).__name__} as text {number}", "Pass strings."
                )
            words += tokens(text)
            words.append(_END)
        known = set(words) - {BREAK, _END}
        if not known:
            raise RecordsError(
                "texts with words in them",
                f"{words.count(_END)} texts without a word" if words else "no texts",
                "Check that the right column was read.",
            )
        words = _merge(words, _by_first_word(lexicon.phrases, known))
        left_out = {word for word in set(words) - {BREAK, _END} if " " in word or not _is_context(word, lexicon)}
        phrases = find_collocations(words, left_out)
        words = _merge(words, _by_first_word([phrase.text for phrase in phrases], known))
        return cls(_without_plurals([word for word in words if word]), phrases)

    @cached_property
    def n_texts(self) -> int:
        return self.flat.count(_END)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each term occurs, the most frequent first, equals by the alphabet."""
        counted = Counter(self.flat)
        del counted[_END]
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def matrix(self) -> csr_matrix:
        """How often each term occurs in each text: int64 (n_texts, n_terms), columns as in :attr:`counts`."""
        from scipy.sparse import csr_matrix

        index = {term: k for k, term in enumerate(self.counts)}
        columns = np.fromiter((index.get(term, -1) for term in self.flat), np.int64, len(self.flat))
        ends = columns < 0
        rows = np.cumsum(ends) - ends
        ones = np.ones(int((~ends).sum()), np.int64)
        return csr_matrix((ones, (rows[~ends], columns[~ends])), shape=(self.n_texts, len(index)))


def _is_context(word: str, lexicon: Lexicon) -> bool:
    return lexicon.role(word) is Role.NON_PRINCIPAL


def _by_first_word(phrases: Sequence[str], known: set[str]) -> dict[str, list[list[str]]]:
    """Phrases whose words all occur, their last word as singular and plural, by first word, longest first."""
    by_form: dict[str, set[str]] = {}
    for word in known:
        for form in forms(word):
            by_form.setdefault(form, set()).add(word)
    found: dict[str, list[list[str]]] = {}
    for phrase in dict.fromkeys(phrases):
        *start, last = phrase.split()
        if start and known.issuperset(start):
            lasts = sorted({word for form in forms(last) for word in by_form.get(form, ())})
            found.setdefault(start[0], []).extend([*start, word] for word in lasts)
    return {first: sorted(tails, key=len, reverse=True) for first, tails in found.items() if tails}


def _merge(words: list[str], phrases: dict[str, list[list[str]]]) -> list[str]:
    """The words with phrases put together."""
    merged: list[str] = []
    k = 0
    while k < len(words):
        word = words[k]
        n = 1
        if word in phrases:
            after = words[k + 1]  # a line end is the last of all
            for phrase in phrases[word]:
                if phrase[1] == after and words[k : k + len(phrase)] == phrase:
                    n = len(phrase)
                    word = " ".join(phrase)
                    break
        merged.append(word)
        k += n
    return merged


def _without_plurals(terms: list[str]) -> list[str]:
    known = set(terms)
    same = {term: one for term in known - {_END} for one in term_forms(term)[1:] if one in known}
    return [same.get(term, term) for term in terms] if same else terms
