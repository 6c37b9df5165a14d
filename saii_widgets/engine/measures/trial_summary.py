"""What a trial with people says: are they right more often, and faster, with a map than without?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.task_performance import Estimate, interval_of_draws, paired_interval

if TYPE_CHECKING:
    import pandas

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrialSummary:
    """Accuracy and time with and without maps, with 95 % bootstrap intervals.

    Parameters
    ----------
    accuracy_with, accuracy_without : Estimate
        Share of right answers.
    seconds_with, seconds_without : Estimate
        Median time of an answer.
    accuracy_gain : Estimate
        With minus without: above 0 where maps help.
    seconds_gain : Estimate
        Mean of with minus without: below 0 where maps make people faster.
    paired : bool
        Whether the gains are means over pictures that were seen both ways (by people of both groups). Else they compare
        different pictures, and their intervals are wider.
    """

    accuracy_with: Estimate
    accuracy_without: Estimate
    seconds_with: Estimate
    seconds_without: Estimate
    accuracy_gain: Estimate
    seconds_gain: Estimate
    paired: bool

    def to_dict(self) -> dict[str, dict[str, float]]:
        """A row a quantity."""
        return {name: one.to_dict() for name, one in vars(self).items() if isinstance(one, Estimate)}


def trial_summary(
    rows: pandas.DataFrame | Sequence[Mapping[str, Any]], *, seed: int = 0, n_draws: int = 2000
) -> TrialSummary:
    """Summarise answers, those of several people put one below the other.

    Parameters
    ----------
    rows : DataFrame or sequence of mapping
        "picture", "with map", "right" and "seconds", as `TaskTrial.results` and its CSV files hold them.
    seed, n_draws : int
        Of the bootstrap.

    Raises
    ------
    InputError
        No answers with maps, or none without.
    """
    listed: list[Mapping[str, Any]] = rows if isinstance(rows, list | tuple) else rows.to_dict("records")  # pyright: ignore
    shown = np.array([bool(row["with map"]) for row in listed], bool)
    right = np.array([bool(row["right"]) for row in listed], np.float64)
    seconds = np.array([float(row["seconds"]) for row in listed], np.float64)
    if not shown.any() or shown.all():
        raise InputError(
            "answers with maps and without",
            f"{int(shown.sum())} with and {int((~shown).sum())} without",
            "Pass the answers of a whole trial.",
        )
    rng = np.random.default_rng(seed)

    def drawn(values: Floats, of: Any) -> tuple[Estimate, Floats]:
        found = of(values[rng.integers(0, len(values), (n_draws, len(values)))], axis=1)
        return interval_of_draws(float(of(values)), found, len(values)), found

    with_map, without = ({"right": right[s], "seconds": seconds[s]} for s in (shown, ~shown))
    accuracy = [drawn(side["right"], np.mean) for side in (with_map, without)]
    times = [drawn(side["seconds"], np.median)[0] for side in (with_map, without)]
    pictures = np.array([str(row["picture"]) for row in listed])
    both = sorted(set(pictures[shown]) & set(pictures[~shown]))
    paired = len(both) > 1 and set(pictures) == set(both)
    gains = []
    for values in (right, seconds):
        if paired:
            each = [values[shown & (p == pictures)].mean() - values[~shown & (p == pictures)].mean() for p in both]
            gains.append(paired_interval(each, seed=seed, n_draws=n_draws))
        else:
            (one, first), (other, second) = drawn(values[shown], np.mean), drawn(values[~shown], np.mean)
            gains.append(interval_of_draws(one.value - other.value, first - second, len(values)))
    return TrialSummary(accuracy[0][0], accuracy[1][0], times[0], times[1], gains[0], gains[1], paired)
