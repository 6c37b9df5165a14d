"""Partial information decomposition: known answers, a plain implementation, symmetry."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.ipfp import information_atoms

Outcomes = Iterable[tuple[Any, Any, Any]]


def _table(outcomes: Outcomes) -> np.ndarray:
    """P[x1, x2, y] where all outcomes are equally likely."""
    rows = list(outcomes)
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    table = np.zeros([len(column) for column in columns])
    for row in rows:
        table[tuple(column.index(value) for column, value in zip(columns, row, strict=True))] += 1
    return table / table.sum()


def _gate(rule: Callable[[int, int], Any]) -> np.ndarray:
    return _table((a, b, rule(a, b)) for a, b in itertools.product((0, 1), repeat=2))


def _rdn_xor() -> np.ndarray:
    return _table(((a, r), (b, r), (a ^ b, r)) for a, b, r in itertools.product((0, 1), repeat=3))


def _mixture() -> np.ndarray:
    bits = itertools.product((0, 1), repeat=5)
    return _table(((r, u, a), (r, v, b), (r, u, v, a ^ b)) for r, u, v, a, b in bits)


KNOWN = {
    "AND": (_gate(lambda a, b: a & b), (0.3113, 0, 0, 0.5)),
    "OR": (_gate(lambda a, b: a | b), (0.3113, 0, 0, 0.5)),
    "XOR": (_gate(lambda a, b: a ^ b), (0, 0, 0, 1)),
    "both": (_gate(lambda a, b: (a, b)), (0, 1, 1, 0)),
    "first": (_gate(lambda a, _: a), (0, 1, 0, 0)),
    "same": (_table((a, a, a) for a in (0, 1)), (1, 0, 0, 0)),
    "SUM": (_gate(lambda a, b: a + b), (0.5, 0, 0, 1)),
    "RDNXOR": (_rdn_xor(), (1, 0, 0, 1)),
    "mixture": (_mixture(), (1, 1, 1, 1)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers(name: str) -> None:
    table, answer = KNOWN[name]
    assert information_atoms(table) == pytest.approx(answer, abs=0.002)


def test_and_needs_fifty_steps() -> None:
    few, enough = (information_atoms(KNOWN["AND"][0], max_steps=n) for n in (5, 50))
    assert np.abs(few - KNOWN["AND"][1]).max() > 0.02
    assert np.abs(enough - KNOWN["AND"][1]).max() < 0.02


def _plain(p: np.ndarray, n_outer: int = 400, n_inner: int = 60) -> list[float]:
    """MATH.md 4.2 in loops, with no logarithms in the fit and no early stop."""
    k1, k2, ky = p.shape

    def information(q: np.ndarray, of: Callable[[int, int], Any]) -> float:
        joint: dict[Any, float] = {}
        for i, j, y in itertools.product(range(k1), range(k2), range(ky)):
            joint[of(i, j), y] = joint.get((of(i, j), y), 0.0) + q[i, j, y]
        x, out = {}, {}
        for (a, y), mass in joint.items():
            x[a], out[y] = x.get(a, 0.0) + mass, out.get(y, 0.0) + mass
        return sum(m * math.log2(m / (x[a] * out[y])) for (a, y), m in joint.items() if m > 0)

    q = np.zeros_like(p)
    for i, j, y in itertools.product(range(k1), range(k2), range(ky)):
        q[i, j, y] = p[i, :, y].sum() * p[:, j, y].sum() / p[:, :, y].sum()
    for _ in range(n_outer):
        shared = q.sum(2)
        for y in range(ky):
            fit = shared.copy()
            for _ in range(n_inner):
                for i in range(k1):
                    fit[i] *= p[i, :, y].sum() / max(fit[i].sum(), 1e-300)
                for j in range(k2):
                    fit[:, j] *= p[:, j, y].sum() / max(fit[:, j].sum(), 1e-300)
            q[:, :, y] = fit
    least = information(q, lambda i, j: (i, j))
    one, two = information(p, lambda i, _: i), information(p, lambda _, j: j)
    return [one + two - least, least - two, least - one, information(p, lambda i, j: (i, j)) - least]


@pytest.mark.parametrize("seed", [0, 1])
def test_equals_a_plain_implementation(seed: int) -> None:
    table = np.random.default_rng(seed).gamma(0.5, size=(3, 2, 3))
    table /= table.sum()
    assert information_atoms(table, max_steps=400, tolerance=0) == pytest.approx(_plain(table), abs=1e-6)


def test_many_tables_at_once_and_swapped_sides_agree() -> None:
    tables = np.random.default_rng(2).gamma(0.3, size=(5, 4, 3, 2))
    tables[1, 0] = tables[2, :, 1] = tables[3, ..., 1] = 0  # a value that never comes, in each variable
    atoms = information_atoms(tables)
    assert (atoms >= 0).all()
    assert atoms[3] == pytest.approx(0, abs=1e-12)
    for table, alone in zip(tables, atoms, strict=True):  # tables in one call are fitted at least as closely
        assert information_atoms(table) == pytest.approx(alone, abs=1e-6)
    swapped = information_atoms(tables.swapaxes(1, 2))
    assert swapped[:, [0, 2, 1, 3]] == pytest.approx(atoms, abs=1e-5)
    assert information_atoms(tables * 37) == pytest.approx(atoms, abs=1e-9)


def test_unfit_tables_are_refused() -> None:
    for wrong in (np.ones((2, 2)), -np.ones((2, 2, 2)), np.zeros((2, 2, 2)), np.full((2, 2, 2), np.nan)):
        with pytest.raises(InputError):
            information_atoms(wrong)
