"""Pairs of words that stand side by side more often than by chance: "metal fence"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from .tokens import BREAK

LEAST_COUNT: Final = 3
LEAST_EVIDENCE: Final = 10.83  # chi-squared with one degree of freedom, p = 0.001
LEAST_LIFT: Final = 4.0  # times as often as by chance


@dataclass(frozen=True)
class Collocation:
    """Two words that belong together.

    Parameters
    ----------
    text : str
        "metal fence".
    count : int
        How often the two stand side by side.
    evidence : float
        Log-likelihood ratio G² against chance.
    lift : float
        How many times as often as by chance.
    """

    text: str
    count: int
    evidence: float
    lift: float


def find_collocations(words: Sequence[str], left_out: Container[str]) -> tuple[Collocation, ...]:
    """Collocations of a text, the strongest first.

    A pair is one when it occurs at least :data:`LEAST_COUNT` times, at least :data:`LEAST_LIFT` times as often as by
    chance, and its G² is at least :data:`LEAST_EVIDENCE`.

    Parameters
    ----------
    words : sequence of str
        All words in order; :data:`~.tokens.BREAK` and line ends stand between words that do not follow each other.
    left_out : container of str
        Words that no collocation holds: function words, and principal words, which stay words of their own.

    Source
    ------
    T. Dunning, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19(1), 1993.
    """
    pairs = Counter(pairwise(words))
    frequent = [
        (pair, count)
        for pair, count in pairs.items()
        if count >= LEAST_COUNT and all(word.strip() != BREAK and word not in left_out for word in pair)
    ]
    if not frequent:
        return ()
    single = Counter(words)
    n = float(sum(count for pair, count in pairs.items() if all(word.strip() != BREAK for word in pair)))
    both = np.array([count for _, count in frequent], np.float64)
    first = np.array([single[pair[0]] for pair, _ in frequent], np.float64)
    second = np.array([single[pair[1]] for pair, _ in frequent], np.float64)
    n = max(n, float((first + second).max()))  # words at the ends of texts are in no pair
    observed = np.stack([both, first - both, second - both, n - first - second + both])
    expected = np.stack([first * second, first * (n - second), (n - first) * second, (n - first) * (n - second)]) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    evidence, lift = 2 * terms.sum(0), both / expected[0]
    found = [
        Collocation(" ".join(pair), count, float(g2), float(times))
        for (pair, count), g2, times in zip(frequent, evidence, lift, strict=True)
        if g2 >= LEAST_EVIDENCE and times >= LEAST_LIFT
    ]
    return tuple(sorted(found, key=lambda c: (-c.evidence, c.text)))
