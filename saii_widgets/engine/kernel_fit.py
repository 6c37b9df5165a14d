"""A smooth approximation of a game, of all orders: Gaussian-process regression on coalitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, get_lapack_funcs
from scipy.optimize import minimize

Array = NDArray[np.float64]
Keep = NDArray[np.bool_]

_STEPS: Final = 15  # of the search for lengths; more change little
_FIRST: Final = np.log(0.1)  # where it begins, and what it is drawn to
_LENGTHS: Final = (np.log(1e-4), np.log(4.0))
_SCALES: Final = ((-3.0, 6.0), (np.log(1e-6), 2.0))  # logs of signal and noise, over the values' variance
_LEAST_ROWS: Final = 128  # for the search, which takes a random part of the rows
_ROWS_A_PLAYER: Final = 8
_MOST_ROWS: Final = 2048  # of a fit, or it takes seconds; more are left out at random


@dataclass(frozen=True)
class KernelFit:
    """`g(x) = mean + sum_k alpha_k prod_i rho_i^[x_i != x_ki]`: a coalition is like those that differ in little.

    Every player has its own rho, so that players without effect do not count; lengths are those of the largest
    marginal likelihood. As each term is a product over players, all indices of g are sums of products.

    Attributes
    ----------
    rows : float64 array, (K, n)
        Coalitions of the fit.
    alpha : array, (K,)
    lengths : array, (n,)
        `-log rho`.
    noise : float
        Variance of what is not smooth, over that of what is.
    mean : float
    left_out : float
        Mean squared error of rows that are left out, one at a time.
    """

    rows: Array
    alpha: Array
    lengths: Array
    noise: float
    mean: float
    left_out: float

    @classmethod
    def to(cls, keep: Keep, values: Array) -> KernelFit:
        """Fit to coalitions (K, n) with values (K,)."""
        mean, spread = float(values.mean()), float(values.std()) or 1.0
        n = keep.shape[1]
        few = np.random.default_rng(0).permutation(len(keep))[: max(_LEAST_ROWS, _ROWS_A_PLAYER * n)]
        start = np.r_[np.full(n, _FIRST), 0.0, np.log(0.01)]
        bounds = [_LENGTHS] * n + list(_SCALES)
        given = keep[few].astype(float), (values[few] - mean) / spread
        found = minimize(_surprise, start, given, "L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": _STEPS}).x
        return cls._solved(keep, values, np.exp(found[:-2]), float(np.exp(found[-1] - found[-2])))

    def again(self, keep: Keep, values: Array) -> KernelFit:
        """Fit to other coalitions, with these lengths and noise."""
        return self._solved(keep, values, self.lengths, self.noise)

    @classmethod
    def _solved(cls, keep: Keep, values: Array, lengths: Array, noise: float) -> KernelFit:
        chosen = np.random.default_rng(0).permutation(len(keep))[:_MOST_ROWS]
        x, mean = keep[chosen].astype(float), float(values[chosen].mean())
        kernel = _likeness(x, x, lengths)
        kernel[np.diag_indices(len(x))] += noise
        inverse = _inverse(cholesky(kernel, lower=True, overwrite_a=True))
        alpha = inverse @ (values[chosen] - mean)
        left_out = float(((alpha / np.diag(inverse)) ** 2).mean())
        return cls(x, alpha, lengths, noise, mean, left_out)

    def __call__(self, keep: Keep) -> Array:
        """Values (K,) at coalitions (K, n)."""
        return _likeness(keep.astype(float), self.rows, self.lengths) @ self.alpha + self.mean

    def indices(self, nodes: Sequence[float], weights: Sequence[float]) -> tuple[Array, Array]:
        """Banzhaf indices of g, averaged over nodes p: of players (n,), and of pairs (n, n), zero on the diagonal."""
        rho = np.exp(-self.lengths)
        n = len(rho)
        singles, pairs = np.zeros(n), np.zeros((n, n))
        for p, weight in zip(nodes, weights, strict=True):
            # of one player's factor: its mean, and its derivative over that mean
            mean = np.where(self.rows > 0, p + (1 - p) * rho, 1 - p + p * rho)
            ratio = (2 * self.rows - 1) * (1 - rho) / mean
            scaled = weight * self.alpha * mean.prod(1)
            singles += ratio.T @ scaled
            pairs += ratio.T @ (scaled[:, None] * ratio)
        np.fill_diagonal(pairs, 0)
        return singles, pairs


def _likeness(a: Array, b: Array, lengths: Array) -> Array:
    """Product over players of rho where two coalitions differ, (K, L)."""
    scaled = a * lengths
    apart = scaled.sum(1)[:, None] + b @ lengths - 2 * scaled @ b.T
    return np.exp(-apart.clip(0))


def _inverse(lower: Array) -> Array:
    """Of the matrix with this Cholesky factor."""
    (potri,) = get_lapack_funcs(("potri",), (lower,))
    found = np.tril(potri(lower, lower=1)[0])
    return found + np.tril(found, -1).T


def _surprise(found: Array, x: Array, y: Array) -> tuple[float, Array]:
    """Minus the log posterior of lengths, signal and noise (their logs), and its slopes."""
    lengths, (signal, noise) = np.exp(found[:-2]), np.exp(found[-2:])
    like = signal * _likeness(x, x, lengths)
    lower = cholesky(like + noise * np.eye(len(x)), lower=True)
    inverse = _inverse(lower)
    alpha = inverse @ y
    slope = inverse - np.outer(alpha, alpha)
    signal_slope = slope * like
    pull = found[:-2] - _FIRST
    value = 0.5 * y @ alpha + np.log(np.diag(lower)).sum() + 0.02 * pull @ pull
    of_lengths = -np.einsum("ki,ki->i", x, signal_slope @ (1 - x)) * lengths + 0.04 * pull
    return float(value), np.r_[of_lengths, 0.5 * signal_slope.sum(), 0.5 * noise * np.trace(slope)]
