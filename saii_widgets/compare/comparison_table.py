"""Explainers by measures: the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.core.html import shown, sortable_table, style
from saii_widgets.engine.measures.task_performance import Estimate, paired_interval

if TYPE_CHECKING:
    import pandas

Better = Literal["higher", "lower", "neither"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """One column of the leaderboard.

    Parameters
    ----------
    name : str
        "hit rate".
    question : str
        What it answers, one sentence.
    unit : str
    better : {"higher", "lower", "neither"}
    chance : float, optional
        What an explanation that knows nothing gets, where it is the same for all.
    """

    name: str
    question: str
    unit: str = ""
    better: Better = "higher"
    chance: float | None = None


@dataclass(frozen=True)
class Difference:
    """How much one explainer is ahead of another on the same cases.

    Parameters
    ----------
    value, error : float
        Mean of the paired differences, first less second, and its standard error.
    z : float
        Value over error; 0 where the two never differ.
    n : int
        Cases.
    """

    value: float
    error: float
    z: float
    n: int


@dataclass(frozen=True, eq=False)
class ComparisonTable:
    """What each explainer got in each measure, case by case.

    Parameters
    ----------
    cases : mapping of (explainer, quantity) to float64 array, (n,)
        A number each case; NaN where there is none. The cases of a quantity are the same for all explainers.
    quantities : sequence of Quantity
        The columns.
    model : str
        Name of the model that was explained.
    left_out : mapping of str to str
        Explainers and measures that are missing, and why.
    seed : int
        Of the bootstrap.

    Examples
    --------
    >>> import numpy as np
    >>> cases = {("A", "hit rate"): np.array([1.0, 1, 0, 1]), ("B", "hit rate"): np.array([0.0, 1, 0, 0])}
    >>> table = ComparisonTable(cases, (Quantity("hit rate", "Does it point at the thing?"),))
    >>> table["A", "hit rate"].value, table.difference("A", "B", "hit rate").value
    (0.75, 0.5)
    """

    cases: Mapping[tuple[str, str], Floats]
    quantities: tuple[Quantity, ...]
    model: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    _estimates: dict[tuple[str, str], Estimate | None] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cases:
            raise InputError("at least one explainer with one measure", "none", "Ask for other ones.")
        for key, values in self.cases.items():
            known = values[np.isfinite(values)]
            self._estimates[key] = paired_interval(known, seed=self.seed) if len(known) else None

    @property
    def explainers(self) -> tuple[str, ...]:
        """From the best mean rank to the worst."""
        ranks = self.mean_ranks
        return tuple(sorted(ranks, key=lambda name: (ranks[name], name)))

    @property
    def mean_ranks(self) -> dict[str, float]:
        """Of each explainer the mean of its ranks over the quantities in which one can be better; 1 is the best."""
        names = list(dict.fromkeys(explainer for explainer, _ in self.cases))
        ranks: dict[str, list[float]] = {name: [] for name in names}
        for quantity in self.quantities:
            sign = {"higher": -1, "lower": 1}.get(quantity.better)
            known = [name for name in names if self.get(name, quantity.name) is not None]
            if sign is None or not known:
                continue
            values = [sign * self[name, quantity.name].value for name in known]
            for name, rank in zip(known, rankdata(np.round(values, 12)), strict=True):
                ranks[name].append(float(rank))
        return {name: float(np.mean(own)) if own else float(len(names)) for name, own in ranks.items()}

    def get(self, explainer: str, quantity: str) -> Estimate | None:
        """Mean over cases with its interval; None where nothing could be measured."""
        return self._estimates.get((explainer, quantity))

    def __getitem__(self, key: tuple[str, str]) -> Estimate:
        """The same by (explainer, quantity).

        Raises
        ------
        LabelError
            Nothing of that name was measured.
        """
        found = self.get(*key)
        if found is None:
            names = sorted({str(part) for pair in self.cases for part in pair})
            raise LabelError("an explainer and a quantity", repr(key), f"There are: {', '.join(names)}.")
        return found

    def difference(self, first: str, second: str, quantity: str) -> Difference:
        """The paired difference of two explainers.

        Raises
        ------
        LabelError
            Nothing of that name was measured.
        """
        for name in (first, second):
            self[name, quantity]
        apart = self.cases[first, quantity] - self.cases[second, quantity]
        apart = apart[np.isfinite(apart)]
        n = len(apart)
        value = float(apart.mean()) if n else 0.0
        error = float(apart.std(ddof=1) / n**0.5) if n > 1 else float("inf")
        return Difference(value, error, value / error if error > 0 else 0.0, n)

    def rows(self) -> list[dict[str, Any]]:
        """One row an explainer and quantity: value, interval, cases, rank and what the quantity asks."""
        found = []
        for name in self.explainers:
            for quantity in self.quantities:
                one = self.get(name, quantity.name)
                if one is not None:
                    row = {"explainer": name, "quantity": quantity.name, **one.to_dict()}
                    found.append({**row, "unit": quantity.unit, "better": quantity.better})
        return found

    def to_frame(self) -> pandas.DataFrame:
        """:meth:`rows` as a table of pandas."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def to_csv(self, path: str | Path) -> Path:
        """Write :meth:`rows` as a CSV file.

        Raises
        ------
        InputError
            The place can't be written to.
        """
        try:
            self.to_frame().to_csv(path, index=False)
        except OSError as error:
            raise InputError("a place for a CSV file", f"{error.strerror} for {path}", "Name another.") from error
        return Path(path)

    def __repr__(self) -> str:
        lines = [f"{name} (mean rank {rank:.1f})" for name, rank in sorted(self.mean_ranks.items(), key=lambda x: x[1])]
        return f"ComparisonTable of {self.model or 'a model'}: {', '.join(lines)}"

    def _repr_html_(self) -> str:
        return f'{style()}<div class="saii">{self.to_html()}</div>'

    def to_html(self) -> str:
        """The sortable table and what was left out, without a style sheet."""
        from html import escape

        ranks = self.mean_ranks
        columns = ["mean rank", *(quantity.name for quantity in self.quantities)]
        rows = []
        for name in self.explainers:
            cells: list[tuple[str, float | None]] = [(f"{ranks[name]:.1f}", ranks[name])]
            cells += [self._cell(name, quantity) for quantity in self.quantities]
            rows.append((name, cells))
        notes = {quantity.name: f"{quantity.question} {_direction(quantity.better)}" for quantity in self.quantities}
        left = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in self.left_out.items())
        title = f'<p class="saii-title">Explainers compared on the model {escape(self.model)}</p>' if self.model else ""
        return (
            f"{title}{sortable_table('explainer', columns, rows, notes=notes)}"
            '<p class="saii-muted">Means over cases with 95 % bootstrap intervals. Mean rank: over all columns in '
            "which one can be better; 1 is the best. Choose a column to sort by it.</p>"
            + (f'<p class="saii-muted">Left out:</p><ul class="saii-muted">{left}</ul>' if left else "")
        )

    def _cell(self, name: str, quantity: Quantity) -> tuple[str, float | None]:
        one = self.get(name, quantity.name)
        if one is None:
            return "–", None
        value, low, high = (shown(number, quantity.unit) for number in (one.value, one.low, one.high))
        key = -one.value if quantity.better == "higher" else one.value
        return f"{value}\n{low} to {high}" if one.n > 1 else value, key


def _direction(better: Better) -> str:
    return {"higher": "Higher is better.", "lower": "Lower is better.", "neither": ""}[better]
