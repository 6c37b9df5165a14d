"""Outlines go around masks, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.outlines import outline


def test_square() -> None:
    mask = np.zeros((4, 8), bool)
    mask[1:3, 2:6] = True
    lines = {tuple(line) for line in outline(mask).tolist()}
    assert lines == {
        (0.25, 0.25, 0.75, 0.25),
        (0.25, 0.75, 0.75, 0.75),
        (0.25, 0.25, 0.25, 0.75),
        (0.75, 0.25, 0.75, 0.75),
    }


def test_lines_are_as_long_as_the_border() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        mask = rng.random((7, 9)) < 0.5
        lines = outline(mask).astype(float) * (9, 7, 9, 7)
        length = np.abs(lines[:, :2] - lines[:, 2:]).sum()
        padded = np.pad(mask, 1).astype(int)
        assert length == pytest.approx(np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum())
        assert (np.abs(lines[:, :2] - lines[:, 2:]).min(axis=1) == 0).all()


def test_nothing_and_everything() -> None:
    assert outline(np.zeros((3, 3))).shape == (0, 4)
    assert len(outline(np.ones((3, 3)))) == 4
    with pytest.raises(InputError, match="height x width"):
        outline(np.zeros(3))
