"""The best approximation of a game of order 2, from fewer values than it has pairs of players if need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STRENGTHS: Final = np.logspace(-12, 4, 33)  # of the ridge, over the mean eigenvalue


@dataclass(frozen=True)
class OrderTwoFit:
    """`g(z) = constant + sum_i singles_i z_i + sum_{i<j} pairs_ij z_i z_j`.

    Attributes
    ----------
    constant : float
    singles : array, (n,)
    pairs : array, (n, n)
        Symmetric, zero on the diagonal.
    left_out : float
        Mean squared error of rows that are left out, one at a time.
    """

    constant: float
    singles: Array
    pairs: Array
    left_out: float

    def __call__(self, z: Array) -> Array:
        """Values (K,) at centred coalitions (K, n)."""
        return self.constant + z @ self.singles + ((z @ self.pairs) * z).sum(1) / 2

    @classmethod
    def to(cls, z: Array, values: Array) -> OrderTwoFit:
        """Least squares in constant and singles, ridge in pairs with a strength chosen by leaving out one.

        Parameters
        ----------
        z : array, (K, n)
            Centred coalitions, K > n + 1.
        values : array, (K,)
        """
        plain = np.hstack([np.ones((len(z), 1)), z])
        q, _ = np.linalg.qr(plain)
        n_pairs = z.shape[1] * (z.shape[1] - 1) // 2
        rest = values - q @ (q.T @ values)
        of = _pairs_of_columns if n_pairs < len(z) else _pairs_of_kernel
        pairs, left_out = of(z, q, rest)
        left = values - ((z @ pairs) * z).sum(1) / 2
        coefficients = np.linalg.lstsq(plain, left, rcond=None)[0]
        return cls(float(coefficients[0]), coefficients[1:], pairs, left_out)


def _pairs_of_columns(z: Array, q: Array, rest: Array) -> tuple[Array, float]:
    n = z.shape[1]
    i, j = np.triu_indices(n, 1)
    columns = z[:, i] * z[:, j]
    columns -= q @ (q.T @ columns)
    eigenvalues, vectors = np.linalg.eigh(columns.T @ columns)
    eigenvalues = eigenvalues.clip(0)
    turned = columns @ vectors  # (K, pairs)
    along, squared = turned.T @ rest, turned**2

    def fitted(strength: float) -> tuple[Array, Array]:
        shrunk = 1 / (eigenvalues + strength)
        return turned @ (shrunk * along), squared @ shrunk

    strength, left_out = _best_strength(fitted, rest, (q**2).sum(1), eigenvalues)
    theta = vectors @ (along / (eigenvalues + strength))
    pairs = np.zeros((n, n))
    pairs[i, j] = theta
    return pairs + pairs.T, left_out


def _pairs_of_kernel(z: Array, q: Array, rest: Array) -> tuple[Array, float]:
    kernel = ((z @ z.T) ** 2 - z**2 @ (z**2).T) / 2
    kernel = kernel - q @ (q.T @ kernel)
    kernel = kernel - (kernel @ q) @ q.T
    eigenvalues, vectors = np.linalg.eigh(kernel)
    eigenvalues = eigenvalues.clip(0)
    along, squared = vectors.T @ rest, vectors**2

    def fitted(strength: float) -> tuple[Array, Array]:
        share = eigenvalues / (eigenvalues + strength)
        return vectors @ (share * along), squared @ share

    strength, left_out = _best_strength(fitted, rest, (q**2).sum(1), eigenvalues)
    dual = vectors @ (along / (eigenvalues + strength))
    dual -= q @ (q.T @ dual)
    pairs = z.T @ (dual[:, None] * z)
    np.fill_diagonal(pairs, 0)
    return pairs, left_out


def _best_strength(
    fitted: Callable[[float], tuple[Array, Array]], rest: Array, leverage: Array, eigenvalues: Array
) -> tuple[float, float]:
    """The strength of the least squared error of rows that are left out, one at a time, and its mean."""
    mean = max(float(eigenvalues.mean()), np.finfo(float).tiny)
    errors = []
    for strength in _STRENGTHS * mean:
        values, more = fitted(strength)
        left = np.maximum(1 - leverage - more, 1e-6)
        errors.append(float((((rest - values) / left) ** 2).mean()))
    best = int(np.argmin(errors))
    return float(_STRENGTHS[best] * mean), errors[best]
