"""Least squares with one factorisation and many right-hand sides; ridge, through a kernel, for many columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STRENGTHS: Final = np.logspace(-4, 4, 17)  # of the ridge, over the kernel's mean eigenvalue


@dataclass(frozen=True)
class Solution:
    """What was fitted to values (K, d).

    Attributes
    ----------
    coefficients : array, (q, d)
        Of the plain columns.
    weights : array, (q, K)
        The coefficients are `weights @ values`.
    dual : array, (K, d), or None
        The kernel's part predicts `kernel(new, rows) @ dual`.
    dual_weights : array, (K, K), or None
        The dual is `dual_weights @ values`.
    residuals : array, (K, d)
        Of the plain fit, divided by the square root of one minus the leverage, so that their squares have the errors'
        size; of a ridge, what each row's value has over its prediction from all other rows.
    strength : float or None
        Of the ridge; infinite where the kernel was left out.
    """

    coefficients: Array
    weights: Array
    residuals: Array
    dual: Array | None = None
    dual_weights: Array | None = None
    strength: float | None = None


class LeastSquares:
    """Columns (K, q), factorised once.

    Parameters
    ----------
    columns : array, (K, q)
        K > q.
    kernel : array, (K, K), optional
        Inner products of further columns, whose coefficients are shrunk by ridge. Its strength is the one with the
        least squared leave-one-out error, for all right-hand sides together.
    """

    def __init__(self, columns: Array, kernel: Array | None = None) -> None:
        self.columns, self._kernel = columns, kernel
        q, r = np.linalg.qr(columns, mode="reduced" if kernel is None else "complete")
        n = columns.shape[1]
        self._inverse = np.linalg.solve(r[:n], q[:, :n].T)  # (q, K)
        if kernel is None:
            self._left = 1 - (q**2).sum(1)
            return
        rest = q[:, n:]
        eigenvalues, vectors = np.linalg.eigh(rest.T @ kernel @ rest)
        self._eigenvalues, self._vectors = eigenvalues.clip(0), rest @ vectors  # (K - q,), (K, K - q)

    def solve(self, values: Array) -> Solution:
        """Fit values (K, d)."""
        if self._kernel is None:
            coefficients = self._inverse @ values
            residuals = (values - self.columns @ coefficients) / np.sqrt(_positive(self._left))[:, None]
            return Solution(coefficients, self._inverse, residuals)
        turned = self._vectors.T @ values
        mean = self._eigenvalues.mean()
        tried = [self._shrunk(strength * mean, turned) for strength in _STRENGTHS] + [self._shrunk(np.inf, turned)]
        _, strength, residuals, left = min(tried, key=lambda one: one[0])
        ridge = (self._vectors / (self._eigenvalues + strength)) @ self._vectors.T  # (K, K), zero for infinite strength
        weights = self._inverse - (self._inverse @ self._kernel) @ ridge
        return Solution(
            weights @ values,
            weights,
            residuals / _positive(left)[:, None],
            ridge @ values,
            ridge,
            float(strength / mean),
        )

    def _shrunk(self, strength: float, turned: Array) -> tuple[float, float, Array, Array]:
        """Squared leave-one-out error, the strength itself, residuals and one minus the leverages."""
        share = np.ones_like(self._eigenvalues) if np.isinf(strength) else strength / (self._eigenvalues + strength)
        residuals = (self._vectors * share) @ turned
        left = (self._vectors**2) @ share
        return float(((residuals / _positive(left)[:, None]) ** 2).sum()), strength, residuals, left


def _positive(left: Array) -> Array:
    """A row that alone decides a coefficient has no residual; keep 0 / 0 out of its error."""
    return np.maximum(left, 1e-10)
