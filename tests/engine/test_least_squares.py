"""Least squares against numpy, ridge and its leave-one-out errors against fits done one by one."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.least_squares import LeastSquares

RNG = np.random.default_rng(0)
COLUMNS = np.hstack([np.ones((40, 1)), RNG.normal(size=(40, 3))])
MORE = RNG.normal(size=(40, 60))  # more columns than rows
VALUES = MORE[:, :5] @ RNG.normal(size=(5, 2)) + RNG.normal(size=(40, 2))


def test_plain_fits_are_those_of_numpy() -> None:
    solved = LeastSquares(COLUMNS).solve(VALUES)
    np.testing.assert_allclose(solved.coefficients, np.linalg.lstsq(COLUMNS, VALUES, rcond=None)[0])
    np.testing.assert_allclose(solved.weights @ VALUES, solved.coefficients)


def ridge(columns: np.ndarray, more: np.ndarray, values: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of plain and of shrunk columns, by the normal equations."""
    both = np.hstack([columns, more])
    penalty = np.diag([0.0] * columns.shape[1] + [strength] * more.shape[1])
    found = np.linalg.solve(both.T @ both + penalty, both.T @ values)
    return found[: columns.shape[1]], found[columns.shape[1] :]


def test_ridge_is_that_of_the_normal_equations_and_its_strength_the_best_left_out() -> None:
    kernel = MORE @ MORE.T
    solved = LeastSquares(COLUMNS, kernel).solve(VALUES)
    assert solved.strength is not None
    assert solved.dual is not None
    eigenvalues = np.linalg.eigvalsh(_rest().T @ kernel @ _rest())
    strength = solved.strength * eigenvalues.mean()
    plain, shrunk = ridge(COLUMNS, MORE, VALUES, strength)
    np.testing.assert_allclose(solved.coefficients, plain, atol=1e-8)
    np.testing.assert_allclose(MORE.T @ solved.dual, shrunk, atol=1e-8)
    np.testing.assert_allclose(solved.residuals, left_out(strength), atol=1e-8)
    errors = {factor: (left_out(strength * factor) ** 2).sum() for factor in (1, 10**0.5, 10**-0.5)}
    assert min(errors, key=lambda factor: errors[factor]) == 1


def _rest() -> np.ndarray:
    return np.linalg.qr(COLUMNS, mode="complete")[0][:, COLUMNS.shape[1] :]


def left_out(strength: float) -> np.ndarray:
    found = []
    for k in range(len(VALUES)):
        others = np.arange(len(VALUES)) != k
        plain, shrunk = ridge(COLUMNS[others], MORE[others], VALUES[others], strength)
        found.append(VALUES[k] - COLUMNS[k] @ plain - MORE[k] @ shrunk)
    return np.array(found)


def test_columns_that_depend_on_one_another_are_refused() -> None:
    for columns in (np.hstack([COLUMNS, COLUMNS[:, :1]]), COLUMNS[:3]):
        with pytest.raises(InputError, match=r"tell 4 columns apart|tell 5 columns apart"):
            LeastSquares(columns)
