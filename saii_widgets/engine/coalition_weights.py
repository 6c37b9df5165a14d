"""Interaction indices as weighted sums over coalitions, and how coalitions are drawn for them (MATH.md 3.1, 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError

Array = NDArray[np.float64]
Keep = NDArray[np.bool_]
"""(K, players): who is kept, a row a coalition."""
IndexName = Literal["banzhaf", "shapley"]


@dataclass(frozen=True)
class CoalitionWeights:
    """What a coalition of size a counts for players and pairs, once it has been drawn.

    A value f(A) that was drawn with probability P(A) counts `inside[a]` or `outside[a]` for a player that A holds or
    lacks, and `both[a]`, `one[a]` or `neither[a]` for a pair; the mean over draws is then unbiased for the index.

    Attributes
    ----------
    n : int
        Players.
    centre : float
        Of the variables `z_i = x_i - centre` in which a game of order 2 has the indices as coefficients.
    symmetric : bool
        Whether a coalition and its complement are equally likely.
    sizes : float64 array, (n + 1,)
        Probability of each size; within a size all coalitions are equally likely.
    inside, outside, both, one, neither : float64 array, (n + 1,)
    """

    n: int
    centre: float
    symmetric: bool
    sizes: Array
    inside: Array
    outside: Array
    both: Array
    one: Array
    neither: Array

    @classmethod
    def banzhaf(cls, n: int, p: float) -> CoalitionWeights:
        """Every player kept with probability p."""
        a = np.arange(n + 1)
        sizes = np.array([comb(n, k) for k in a], float) * p**a * (1 - p) ** (n - a)
        flat = np.ones(n + 1)
        pair = flat / (p * (1 - p)) ** 2
        return cls(
            n,
            p,
            abs(p - 0.5) < 1e-12,
            sizes,
            flat / p,
            -flat / (1 - p),
            pair * (1 - p) ** 2,
            -pair * p * (1 - p),
            pair * p**2,
        )

    @classmethod
    def shapley(cls, n: int) -> CoalitionWeights:
        """Sizes drawn so that the variance of pairs is least where f varies alike at all sizes."""
        a = np.arange(n + 1.0)
        b = n - a
        both, one, neither = (_reciprocal(x) * n for x in (a * (a - 1), a * b, b * (b - 1)))
        chance_both, chance_one, chance_neither = (x / (n * (n - 1)) for x in (a * (a - 1), 2 * a * b, b * (b - 1)))
        second = both**2 * chance_both + one**2 * chance_one + neither**2 * chance_neither
        sizes = np.sqrt(second) / np.sqrt(second).sum()
        inside, outside = _reciprocal(a), -_reciprocal(b)
        return cls(n, 0.5, True, sizes, inside / sizes, outside / sizes, both / sizes, -one / sizes, neither / sizes)

    @classmethod
    def of(cls, index: IndexName, n: int, p: float) -> CoalitionWeights:
        """By name.

        Raises
        ------
        InputError
            An unknown index, a p outside (0, 1), or fewer than two players.
        """
        if index not in ("banzhaf", "shapley"):
            raise InputError("an index, 'banzhaf' or 'shapley'", repr(index), "See MATH.md 3.1 and 3.3.")
        if not 0 < p < 1:
            raise InputError("a probability p between 0 and 1", repr(p), "0.5 is the usual one.")
        if n < 2:
            raise InputError("at least two players", str(n), "A pair needs two.")
        return cls.banzhaf(n, p) if index == "banzhaf" else cls.shapley(n)

    def draw(self, count: int, seed: int) -> Keep:
        """Coalitions (count, n); the first rows are the same whatever the count."""
        rng = np.random.default_rng(seed)
        dice = rng.random((count, self.n + 1))
        size = np.searchsorted(np.cumsum(self.sizes), dice[:, 0] * self.sizes.sum(), side="right").clip(0, self.n)
        return dice[:, 1:].argsort(1).argsort(1) < size[:, None]

    def chance(self, keep: Keep) -> Array:
        """Probability of each of these coalitions (K, n), (K,)."""
        counts = np.array([float(comb(self.n, k)) for k in range(self.n + 1)])
        return (self.sizes / counts)[keep.sum(1)]

    def singles(self, keep: Keep, values: Array) -> tuple[Array, Array]:
        """Sums over the rows of weight times value, and of its square, of each player: (n,) and (n,)."""
        a = keep.sum(1)
        inside, outside = self.inside[a] * values, self.outside[a] * values
        x = keep.astype(float)
        return x.T @ inside + (1 - x).T @ outside, x.T @ inside**2 + (1 - x).T @ outside**2

    def pairs(self, keep: Keep, values: Array) -> tuple[Array, Array]:
        """The same of each pair of players: (n, n) and (n, n), zero on the diagonal."""
        a = keep.sum(1)
        x = keep.astype(float)
        y = 1 - x
        found = []
        for power in (1, 2):
            both, one, neither = ((w[a] * values) ** power for w in (self.both, self.one, self.neither))
            mixed = x.T @ (one[:, None] * y)
            total = x.T @ (both[:, None] * x) + y.T @ (neither[:, None] * y) + mixed + mixed.T
            np.fill_diagonal(total, 0)
            found.append(total)
        return found[0], found[1]


def _reciprocal(x: Array) -> Array:
    """1 / x, and 0 where x is 0: a coalition of such a size can't be in that relation to a player or pair."""
    return np.divide(1.0, x, out=np.zeros_like(x), where=x > 0)
