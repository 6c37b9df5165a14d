"""The rounds of one call of `Interactions`: encode more coalitions, fit, judge, until it is enough."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.engine.coalition_side import CoalitionSide
from saii_widgets.engine.expansion import Array
from saii_widgets.engine.games import Index, Part, PictureGames, Prediction

TOLERANCE: Final = 0.1  # standard error over spread at which budget="auto" stops
MOST: Final = 4096  # coalitions a picture with which budget="auto" gives up
_FRESH: Final = 48  # coalitions of each side that no fit sees
_MANY: Final = 128  # of a side of which all are encoded


@dataclass(frozen=True)
class Round:
    """All games at one budget.

    Attributes
    ----------
    games : list of PictureGames
        One a picture.
    tables : list of Part
        Of :meth:`PictureGames.table`.
    budget : int
    precision : float
        Standard error over spread: the median over pairs, as :func:`relative_error` gives it.
    is_last : bool
        No better round follows.
    """

    games: list[PictureGames]
    tables: list[Part]
    budget: int
    precision: float
    is_last: bool = True


class InteractionRun:
    """N pictures with M captions.

    Parameters
    ----------
    images, captions : CoalitionSide
    index : Index
    scale, bias : float
    """

    def __init__(
        self, images: CoalitionSide, captions: CoalitionSide, index: Index, *, scale: float, bias: float
    ) -> None:
        self.images, self.captions, self.index = images, captions, index
        self._scale, self._bias = scale, bias
        sizes = [1 + source.n_players for source in captions.sources]
        ends = np.cumsum(sizes)
        self.blocks = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
        """Rows of each caption in a picture's table."""

    @property
    def passes(self) -> int:
        return self.images.passes + self.captions.passes

    @property
    def least(self) -> int:
        return max(self.images.least, self.captions.least)

    def at(self, budget: int) -> Round:
        """Encode what a budget lacks, and fit."""
        self.captions.grow(budget)
        self.images.grow(budget)
        captions = self.captions.expansions()
        games = [
            PictureGames(image, captions, self.index, self._scale, self._bias) for image in self.images.expansions()
        ]
        tables = [game.table() for game in games]
        pairs = [relative_error(_cross(table, block)) for table in tables for block in self.blocks]
        return Round(games, tables, budget, float(np.median(pairs)))

    def rounds(self, most: int, tolerance: float | None, before: Callable[[int], None]) -> Iterator[Round]:
        """Ever better rounds: from the least budget, at most doubled, to `most`, or until errors are within tolerance.

        `before` is told each round's budget before it begins.
        """
        budget = self.least
        if self.images.is_exact and self.captions.is_exact:
            before(budget)
            yield self.at(budget)
            return
        while True:
            budget = min(budget, most)
            before(budget)
            one = self.at(budget)
            enough = budget == most or (tolerance is not None and one.precision <= tolerance)
            yield replace(one, is_last=enough)
            if enough:
                return
            ahead = 2.0 if tolerance is None else 1.1 * (one.precision / tolerance) ** 2
            budget = int(budget * min(2.0, max(1.2, ahead)))

    def node_difference(self) -> float:
        """By how much a cross interaction changes at most where the mixture has one node more.

        A side of which coalitions were drawn is known at the mixture's nodes alone: between them its betas are taken
        from the polynomial through these.
        """
        more = Index.shapley(len(self.index.nodes) + 1)
        sides = [self.images.singles_at(more), self.captions.singles_at(more)]
        now = [self.images.singles_at(self.index), self.captions.singles_at(self.index)]

        def cross(index: Index, v: Array, u: Array) -> Array:
            return self._scale * np.einsum("q,qnd,qmd->mn", np.array(index.weights), v, u, optimize=True)

        pairs = itertools.product(range(len(self.images.sources)), range(len(self.captions.sources)))
        apart = [
            np.abs(cross(more, sides[0][n], sides[1][m]) - cross(self.index, now[0][n], now[1][m])).max()
            for n, m in pairs
        ]
        return float(max(apart))

    def r_squared(self, games: list[PictureGames], prediction: Prediction, order: int) -> NDArray[np.float64]:
        """R2 of the prediction on coalitions that no fit has seen, (N, M); of a mixture, the mean over its nodes.

        Every fresh coalition of a picture is met by every fresh coalition of a caption.
        """
        found = np.zeros((len(games), len(self.blocks)))
        few = max(8, _FRESH // len(self.index.nodes))
        for q, weight in enumerate(self.index.weights):
            # where all coalitions are encoded, fresh ones cost nothing
            words = [self.captions.fresh(m, q, _MANY if exact else few) for m, exact in enumerate(self.captions.exact)]
            for n, game in enumerate(games):
                keep, v = self.images.fresh(n, q, _MANY if self.images.exact[n] else few)
                guesses = game.predict_all(keep, [row for row, _ in words], node=q, prediction=prediction, order=order)
                for m, (guess, (_, u)) in enumerate(zip(guesses, words, strict=True)):
                    truth = self._scale * v @ u.T + self._bias
                    spread = float(((truth - truth.mean()) ** 2).sum())
                    missed = float(((truth - guess) ** 2).sum())
                    found[n, m] += weight * (1 - missed / spread if spread else 0.0)
        return found


def _cross(table: Part, block: slice) -> Part:
    return Part(table.values[block][1:, 1:], table.errors[block][1:, 1:])


def relative_error(part: Part) -> float:
    """Root mean square of the standard errors over the spread of the values, their standard deviation without noise."""
    noise = float((part.errors**2).mean())
    if not noise:
        return 0.0
    signal = max(float(part.values.var()) - noise, 0.0)
    return float(np.sqrt(noise / signal)) if signal else np.inf
