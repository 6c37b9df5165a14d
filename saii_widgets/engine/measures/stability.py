"""Does an explanation stay when picture and caption hardly change? (MATH.md 5)"""

from __future__ import annotations

from typing import Final

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.agreement import agreement
from saii_widgets.engine.measures.task_performance import paired_interval
from saii_widgets.engine.small_changes import SmallChange, small_changes, whole_score

_STAYS: Final = 0.1  # of what the whole pair scores above nothing: a prediction that moves less is as it was
_FIRM, _FAIR = 0.9, 0.7


def stability(pair: ExplainedPair, *, seed: int = 0, n_changes: int | None = None) -> list[Measurement]:
    """How alike the explanation stays under small changes, and the most that it changes for its cause.

    The explanation is computed anew for every change, with the settings of its origin (interactions with the least
    budget, and the same coalitions each time, also for the unchanged pair that they are held against).

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``.
    seed : int
        Of the noise.
    n_changes : int, optional
        At most so many of noise, shift, brightness, swapped words and pairs of both; by default all.

    Returns
    -------
    list of Measurement
        "agreement after small changes": the mean of Pearson's correlation, with a bootstrap interval over the changes.
        "unified stability": the largest relative change of the explanation over the size of the change, among changes
        that move the score by less than a tenth of what the whole pair scores above the empty one. It is a lower bound,
        for more changes can only raise it, and 0 is best. A value of None where no change leaves the score as it was.

    Raises
    ------
    InputError
        How to compute the explanation anew is not known, or the model refuses.

    Source
    ------
    Agarwal 2025, arXiv:2506.13060 (`max |E(x+d) - E(x)| / |d|`), in our reading: sizes are relative to the explanation,
    pixels count by their root mean square and words by the share that is swapped. Known answers:
    `tests/engine/measures/test_stability.py`.
    """
    if pair.image is None or pair.caption is None:
        raise InputError("a picture and a caption", "a game alone", "Explain a pair.")
    before = pair.again(pair.image, pair.caption).values.astype(np.float64)
    changes = [one for one in small_changes(pair.model, pair.image, pair.caption, seed=seed) if one.size > 0]
    chosen = changes if n_changes is None else _spread(changes, n_changes)
    after = [pair.again(one.image, one.caption).values.astype(np.float64) for one in chosen]
    alike = [agreement(before, one) if one.shape == before.shape else 0.0 for one in after]
    mean = paired_interval(alike, seed=seed)
    worst = chosen[int(np.argmin(alike))].name
    found = Measurement(
        "stability",
        "agreement after small changes",
        mean.value,
        "correlation",
        _said(mean.value, worst),
        mean.low,
        mean.high,
    )
    return [found, _unified(pair, before, after, chosen)]


def _unified(
    pair: ExplainedPair, before: np.ndarray, after: list[np.ndarray], changes: list[SmallChange]
) -> Measurement:
    assert pair.image is not None
    assert pair.caption is not None
    everyone, nobody = pair.game(np.array([[True], [False]]).repeat(len(pair.reading.main), 1))
    size = float(np.linalg.norm(before))
    here = whole_score(pair.model, pair.image, pair.caption)
    moved = [abs(whole_score(pair.model, one.image, one.caption) - here) for one in changes]
    most = _STAYS * abs(everyone - nobody)
    ratios = [
        (float(np.linalg.norm(now - before)) / size / one.size, one.name)
        for now, one, by in zip(after, changes, moved, strict=True)
        if by <= most and size > 0 and now.shape == before.shape
    ]
    quantity, unit = "unified stability", "ratio"
    if not ratios:
        reason = "No small change leaves the score as it was, or nothing was explained."
        return Measurement("stability", quantity, None, unit, reason)
    value, name = max(ratios)
    says = f"Of {len(ratios)} changes that leave the score as it was, {name} changes the explanation most for its size."
    return Measurement("stability", quantity, value, unit, f"{says} Smaller is better; the true most may be larger.")


def _spread(changes: list[SmallChange], count: int) -> list[SmallChange]:
    """Some of them, evenly out of all kinds."""
    return [
        changes[k] for k in np.unique(np.linspace(0, len(changes) - 1, min(count, len(changes))).round().astype(int))
    ]


def _said(mean: float, worst: str) -> str:
    if mean >= _FIRM:
        return f"It stays as it is under small changes; {worst} changes it most."
    if mean >= _FAIR:
        return f"It mostly stays under small changes; {worst} changes it most."
    return f"Small changes alter it, {worst} most: do not rely on single values."
