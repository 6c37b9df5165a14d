"""Values on one grid laid on another, against pictures resized by hand."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.patch_overlap import laid_on


def test_blocks_are_means_and_go_back_as_they_were() -> None:
    fine, coarse = Axis.patches(4, 6), Axis.patches(2, 3)
    values = np.random.default_rng(0).standard_normal((5, 24))
    blocks = values.reshape(5, 2, 2, 3, 2).mean((2, 4)).reshape(5, 6)
    np.testing.assert_allclose(laid_on(values, fine, coarse), blocks, atol=1e-6)
    back = np.repeat(np.repeat(blocks.reshape(5, 2, 3), 2, 1), 2, 2).reshape(5, 24)
    np.testing.assert_allclose(laid_on(blocks, coarse, fine), back, atol=1e-6)


def test_grids_that_do_not_fit_equal_a_fine_picture() -> None:
    given, wanted = Axis.patches(3, 3), Axis.patches(4, 2)
    values = np.arange(9.0)
    fine = np.repeat(np.repeat(values.reshape(3, 3), 4, 0), 4, 1)  # 12 x 12
    expected = fine.reshape(4, 3, 2, 6).mean((1, 3)).ravel()
    np.testing.assert_allclose(laid_on(values, given, wanted), expected, atol=1e-6)


def test_outside_is_nothing() -> None:
    left = Axis.patches(1, 1, [(0, 0, 0.5, 1)])
    np.testing.assert_allclose(laid_on([2.0], left, Axis.patches(1, 2)), [2, 0])


def test_refusal() -> None:
    with pytest.raises(InputError, match="boxes"):
        laid_on([1.0], Axis("patch", ("a",)), Axis.patches(1, 1))
