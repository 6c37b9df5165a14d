"""One modality's embeddings as a function of its coalition, expanded in centred variables (MATH.md 3.2)."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from saii_widgets.engine.coalitions import Keep, coalition_numbers
from saii_widgets.engine.least_squares import LeastSquares, Solution

Array = NDArray[np.float64]

_LEAST_FREEDOM: Final = 4.0  # below, the mean of z^2 hardly exists


class Expansion(Protocol):
    """`v(S) = mean + sum_i beta_i z_i + sum_ii' beta_ii' z_i z_i'`, with `z_i = x_i - p`.

    What needs a number a pair of players is only given along directions (d, c) of the embedding space: the betas of
    pairs themselves would take n (n - 1) / 2 x d numbers.
    """

    p: float
    exact: bool
    mean: Array
    """(d,)."""
    singles: Array
    """(n, d): beta_i = E[D_i v]."""

    def errors(self, along: Array) -> Array:
        """Standard errors (1 + n, c) of the mean's and the singles' components along directions (d, c)."""
        ...

    def noise(self) -> tuple[Array, Array]:
        """Covariance of the singles' errors, as a size for each (n,) and a common shape (d, d)."""
        ...

    def pairs(self, along: Array) -> Array:
        """Components (n, n, c) of the betas of pairs; zero on the diagonal."""
        ...

    def pair_errors(self, along: Array) -> Array:
        """Their standard errors (n, n, c)."""
        ...

    def linear(self, keep: Keep) -> Array:
        """The mean and the singles' part of v(S) for coalitions (K, n): (K, d)."""
        ...

    def quadratic(self, keep: Keep, along: Array) -> Array:
        """The pairs' part of the component of v(S) along one direction (d,): (K,)."""
        ...

    def predict(self, keep: Keep) -> Array:
        """v(S) as far as it is known, (K, d): itself, or mean, singles and pairs."""
        ...


class ExactExpansion:
    """From the embeddings of every coalition.

    Parameters
    ----------
    values : array, (2^n, d)
        In the order of :func:`all_coalitions`; referred to, not copied.
    keep : bool array, (2^n, n)
        Those coalitions.
    p : float
        Probability with which a player is kept.
    """

    exact = True

    def __init__(self, values: NDArray[np.floating], keep: Keep, p: float) -> None:
        self.p, self._values, self._keep = p, values, keep
        sizes = keep.sum(1)
        self._chance = p**sizes * (1 - p) ** (keep.shape[1] - sizes)
        weighted = self._chance[:, None] * values
        self.mean = weighted.sum(0)
        self.singles = self._scaled.T @ weighted

    @property
    def _scaled(self) -> Array:
        """(2^n, n): z_i over its variance."""
        return (self._keep - self.p) / (self.p * (1 - self.p))

    def errors(self, along: Array) -> Array:
        return np.zeros((1 + len(self.singles), along.shape[1]))

    def noise(self) -> tuple[Array, Array]:
        n, d = self.singles.shape
        return np.zeros(n), np.zeros((d, d))

    def pairs(self, along: Array) -> Array:
        heights = self._chance[:, None] * (self._values @ along)  # (2^n, c)
        found = np.stack([self._scaled.T @ (h[:, None] * self._scaled) for h in heights.T], -1)
        n = len(self.singles)
        found[range(n), range(n)] = 0
        return found

    def pair_errors(self, along: Array) -> Array:
        n = len(self.singles)
        return np.zeros((n, n, along.shape[1]))

    def linear(self, keep: Keep) -> Array:
        return self.mean + (keep - self.p) @ self.singles

    def quadratic(self, keep: Keep, along: Array) -> Array:
        centred = keep - self.p
        return ((centred @ self.pairs(along[:, None])[..., 0]) * centred).sum(1) / 2

    def predict(self, keep: Keep) -> Array:
        return np.asarray(self._values[coalition_numbers(keep)], np.float64)


class Design:
    """Drawn coalitions, factorised once for all pictures (or captions) that they are applied to.

    Parameters
    ----------
    keep : bool array, (K, n)
        Each player kept with probability p.
    p : float
    order : {1, 2}
        1: a column a player. 2: pairs of players too, shrunk by ridge.
    paired : bool
        p is 1/2, and the complements of these coalitions, in their order, are known as well. Then the odd and the even
        part of v are fitted apart, and neither is noise to the other.
    """

    def __init__(self, keep: Keep, p: float, order: int, *, paired: bool) -> None:
        self.p, self.paired = p, paired
        self.centred = np.asarray(keep, np.float64) - p
        ones = np.ones((len(keep), 1))
        self._even = LeastSquares(ones if paired else np.hstack([ones, self.centred]))
        self._odd = LeastSquares(self.centred) if paired else None
        kernel = pair_kernel(self.centred, self.centred)
        self._pairs = LeastSquares(self._even.columns, kernel) if order == 2 else None

    def fit(self, values: Array, complements: Array | None = None) -> FittedExpansion:
        """The expansion of embeddings (K, d) of these coalitions, and of their complements' where they are paired."""
        odd = None
        if self._odd is not None:
            assert complements is not None
            values, odd = (values + complements) / 2, self._odd.solve((values - complements) / 2)
        pairs = self._pairs.solve(values) if self._pairs is not None else None
        return FittedExpansion(self.p, self.centred, self._even.solve(values), odd, pairs)


class FittedExpansion:
    """From a :class:`Design`.

    Standard errors are those of a least-squares fit whose noise may differ from row to row: the noise of a row is what
    its embedding has of higher orders. Those of pairs come from leaving out a row at a time.

    Source
    ------
    MacKinnon and White 1985 (their HC2, and the jackknife). Calibration: `test_interactions_errors.py`.
    """

    exact = False

    def __init__(self, p: float, centred: Array, even: Solution, odd: Solution | None, pairs: Solution | None) -> None:
        self.p, self._centred, self._even, self._odd, self._pairs = p, centred, even, odd, pairs
        self.mean = even.coefficients[0]
        self.singles = even.coefficients[1:] if odd is None else odd.coefficients
        # beside the pairs, mean and singles of one common fit predict best
        common = pairs or even
        self._base = common.coefficients[0]
        self._slopes = common.coefficients[1:] if odd is None else odd.coefficients

    @property
    def strength(self) -> float | None:
        """Of the ridge that shrank the pairs, over the mean eigenvalue of their kernel; None for order 1."""
        return self._pairs.strength if self._pairs else None

    def errors(self, along: Array) -> Array:
        parts = [self._even] if self._odd is None else [self._even, self._odd]
        return np.sqrt(np.concatenate([_squares(part, along) for part in parts]))

    def noise(self) -> tuple[Array, Array]:
        part, rows = (self._even, slice(1, None)) if self._odd is None else (self._odd, slice(None))
        shape = part.residuals.T @ part.residuals / len(part.residuals)
        return (part.weights[rows] ** 2).sum(1), shape

    def pairs(self, along: Array) -> Array:
        assert self._pairs is not None, "order 1 has no pairs"
        return _off_diagonal(self._centred, self._dual @ along)

    def pair_errors(self, along: Array) -> Array:
        """Of the shrunk pairs; what the shrinking itself takes away is not in them."""
        assert self._pairs is not None, "order 1 has no pairs"
        assert self._pairs.dual_weights is not None
        squares = (self._pairs.residuals @ along) ** 2  # (K, c)
        n = self._centred.shape[1]
        found = np.zeros((n, n, along.shape[1]))
        for i in range(n - 1):
            products = self._centred[:, i, None] * self._centred[:, i + 1 :]  # (K, n - i - 1)
            found[i, i + 1 :] = (products.T @ self._pairs.dual_weights) ** 2 @ squares
        return np.sqrt(found + found.transpose(1, 0, 2))

    def linear(self, keep: Keep) -> Array:
        return self._base + (keep - self.p) @ self._slopes

    def quadratic(self, keep: Keep, along: Array) -> Array:
        return pair_kernel(np.asarray(keep - self.p, np.float64), self._centred) @ (self._dual @ along)

    def predict(self, keep: Keep) -> Array:
        found = self.linear(keep)
        if self._pairs is not None:
            found += pair_kernel(np.asarray(keep - self.p, np.float64), self._centred) @ self._dual
        return found

    @property
    def _dual(self) -> Array:
        assert self._pairs is not None
        assert self._pairs.dual is not None
        return self._pairs.dual


def _squares(part: Solution, along: Array) -> Array:
    """Squared standard errors (q, c), enlarged so that the mean of z^2 is 1 for few rows too, as of Student's t."""
    heights = part.weights**2
    n_columns, n_rows = heights.shape
    # rows that count, as the sum of squares of residuals of unequal weight has degrees of freedom (Satterthwaite)
    freedom = heights.sum(1) ** 2 / (heights**2).sum(1) * (1 - n_columns / n_rows)
    freedom = np.maximum(freedom, _LEAST_FREEDOM)
    return heights @ (part.residuals @ along) ** 2 * (freedom / (freedom - 2))[:, None]


def pair_kernel(a: Array, b: Array) -> Array:
    """Inner products (A, B) of the pair columns `z_i z_i'`, i < i', of two sets of rows, without these columns."""
    return ((a @ b.T) ** 2 - a**2 @ (b**2).T) / 2


def _off_diagonal(centred: Array, heights: Array) -> Array:
    """`sum_k z_ki z_ki' h_kc`, (n, n, c), zero on the diagonal."""
    found = np.stack([centred.T @ (h[:, None] * centred) for h in heights.T], -1)
    n = centred.shape[1]
    found[range(n), range(n)] = 0
    return found
