"""EMAP: an additive output leaves no gap, XOR leaves all; least squares agree."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.emap import emap


def test_an_additive_output_leaves_no_gap() -> None:
    rng = np.random.default_rng(0)
    f = rng.normal(size=(5, 1, 3)) + rng.normal(size=(1, 4, 3))
    found = emap(f, f.argmax(2))
    assert found.additive == pytest.approx(f, abs=1e-12)
    assert found.gap_r2 == pytest.approx(0, abs=1e-12)
    assert (found.accuracy, found.additive_accuracy, found.gap_accuracy) == (1, 1, 0)


def test_xor_is_all_gap() -> None:
    signs = np.array([-1.0, 1, -1, 1])
    f = -np.outer(signs, signs)
    found = emap(f, f > 0)
    assert found.gap_r2 == pytest.approx(1)
    assert found.r2 == pytest.approx(0)
    assert found.additive == pytest.approx(np.zeros((4, 4)))
    assert (found.accuracy, found.additive_accuracy, found.gap_accuracy) == (1, 0.5, 0.5)


def test_equals_least_squares_over_one_hot_pictures_and_texts() -> None:
    f = np.random.default_rng(1).normal(size=(4, 6))
    design = np.array([[*(i == np.arange(4)), *(j == np.arange(6))] for i in range(4) for j in range(6)], float)
    fit = design @ np.linalg.lstsq(design, f.ravel(), rcond=None)[0]
    found = emap(f)
    assert found.additive == pytest.approx(fit.reshape(4, 6), abs=1e-9)
    assert found.r2 == pytest.approx(1 - ((f.ravel() - fit) ** 2).sum() / ((f - f.mean()) ** 2).sum())


def test_labels_of_pairs_are_those_of_the_diagonal() -> None:
    f = np.array([[1.0, -5], [-1, 2]])
    found = emap(f, [1, 1])
    assert found.additive == pytest.approx(np.array([[-1.25, -2.75], [1.25, -0.25]]))
    assert (found.accuracy, found.additive_accuracy) == (1, 0)
    assert emap(f, [[1, -1], [-1, 0]]).accuracy == 0.5


def test_a_constant_output_and_wrong_shapes() -> None:
    assert emap(np.ones((3, 2))).gap_r2 == 0
    for outputs, labels in ((np.ones(3), None), (np.full((2, 2), np.nan), None), (np.ones((2, 3)), [0, 1])):
        with pytest.raises(InputError):
            emap(outputs, labels)
    with pytest.raises(InputError, match="at least one"):
        emap(np.ones((2, 2)), [-1, -1])
