"""Evaluation by task performance: can one tell from score and map whether a phrase is in the picture?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from saii_widgets.core.errors import InputError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % bootstrap interval over pictures, and how many pictures it rests on."""

    value: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


@dataclass(frozen=True)
class TaskPerformance:
    """How well one phrase's scores tell the pictures that show it from those that don't.

    Parameters
    ----------
    auc : Estimate
        Chance that a picture with the thing scores above one without it.
    threshold : Estimate
        Activation threshold: the score from which on "it is there" is right most often (balanced over both classes).
    accuracy : Estimate
        Balanced accuracy of that rule; the threshold is fitted on other pictures (two-fold).
    area_rank : Estimate
        Spearman correlation of the map's area with the phrase's probability.
    """

    auc: Estimate
    threshold: Estimate
    accuracy: Estimate
    area_rank: Estimate


def auc(scores: ArrayLike, truth: ArrayLike) -> float:
    """Area under the ROC curve by ranks, ties counted half."""
    scores, truth = _checked(scores, truth)
    ranks = rankdata(scores)
    n_true = int(truth.sum())
    return float((ranks[truth].sum() - n_true * (n_true + 1) / 2) / (n_true * (len(truth) - n_true)))


def activation_threshold(scores: ArrayLike, truth: ArrayLike) -> float:
    """The score from which on the phrase is taken to be in the picture: the cut of best balanced accuracy.

    Halfway between the two scores that the cut separates; the lowest of equally good cuts.
    """
    scores, truth = _checked(scores, truth)
    order = np.argsort(scores, kind="stable")
    ordered, flags = scores[order], truth[order]
    missed = np.concatenate([[0], np.cumsum(flags)]) / flags.sum()  # true ones under the cut
    refused = np.concatenate([[0], np.cumsum(~flags)]) / (~flags).sum()  # false ones under the cut
    gain = refused - missed  # (n + 1,): a cut before each score and after the last
    splits = np.concatenate([[True], ordered[1:] > ordered[:-1], [True]])
    best = int(np.argmax(np.where(splits, gain, -np.inf)))
    below = ordered[best - 1] if best > 0 else ordered[0] - 1.0
    above = ordered[best] if best < len(ordered) else ordered[-1] + 1.0
    return float((below + above) / 2)


def balanced_accuracy(present: ArrayLike, truth: ArrayLike) -> float:
    """Mean of the share right among pictures with the thing and among those without."""
    present, truth = np.asarray(present, bool), np.asarray(truth, bool)
    return float((present[truth].mean() + (~present[~truth]).mean()) / 2)


def two_fold_decisions(scores: ArrayLike, truth: ArrayLike, seed: int = 0) -> Flags:
    """Whether the phrase is taken to be there, each half of the pictures judged by the other half's threshold."""
    scores, truth = _checked(scores, truth)
    half = _halves(truth, np.random.default_rng(seed))
    present = np.zeros(len(truth), bool)
    for judged in (half, ~half):
        present[judged] = scores[judged] >= activation_threshold(scores[~judged], truth[~judged])
    return present


def map_area(maps: ArrayLike) -> Floats:
    """Share of the picture in which a map reaches half of its largest value; 0 for a map without relevance.

    Parameters
    ----------
    maps : array, (n, patches)

    Returns
    -------
    float array, (n,)
    """
    maps = np.asarray(maps, np.float64)
    peak = maps.max(axis=1, keepdims=True)
    return np.where(peak[:, 0] > 0, (maps >= 0.5 * peak).mean(axis=1), 0.0)


def spearman(first: ArrayLike, second: ArrayLike) -> float:
    """Rank correlation; 0 where one side is constant."""
    a, b = rankdata(first), rankdata(second)
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 0 else 0.0


def task_performance(
    scores: ArrayLike,
    probabilities: ArrayLike,
    maps: ArrayLike,
    truth: ArrayLike,
    *,
    seed: int = 0,
    n_draws: int = 1000,
) -> TaskPerformance:
    """Evaluate one phrase on pictures of which it is known whether they show it.

    Parameters
    ----------
    scores : array, (n,)
        The phrase's logit on each picture.
    probabilities : array, (n,)
        Its probability among the phrases it was shown with.
    maps : array, (n, patches)
        Its relevance maps.
    truth : bool array, (n,)
        Whether the thing is in the picture; at least four pictures of each kind.
    seed, n_draws : int
        Of the bootstrap over pictures.

    Raises
    ------
    InputError
        Fewer than four pictures with, or without, the thing.

    Source
    ------
    SAII section V after Hoffman et al.; MATH.md section 5; known answers in `test_task_performance.py`.
    """
    scores, truth = _checked(scores, truth, least=4)
    areas, probabilities = map_area(maps), np.asarray(probabilities, np.float64)
    present = two_fold_decisions(scores, truth, seed)
    draws = _draws(truth, seed, n_draws)
    return TaskPerformance(
        auc=interval_of_draws(auc(scores, truth), [auc(scores[d], truth[d]) for d in draws], len(truth)),
        threshold=interval_of_draws(
            activation_threshold(scores, truth), [activation_threshold(scores[d], truth[d]) for d in draws], len(truth)
        ),
        accuracy=interval_of_draws(
            balanced_accuracy(present, truth), [balanced_accuracy(present[d], truth[d]) for d in draws], len(truth)
        ),
        area_rank=interval_of_draws(
            spearman(areas, probabilities), [spearman(areas[d], probabilities[d]) for d in draws], len(truth)
        ),
    )


def accuracy_difference(
    present_a: ArrayLike,
    truth_a: ArrayLike,
    present_b: ArrayLike,
    truth_b: ArrayLike,
    *,
    seed: int = 0,
    n_draws: int = 1000,
) -> Estimate:
    """Share of right decisions for phrase a minus that for phrase b on the same pictures, paired bootstrap.

    All four arrays are (n,), one entry a picture.
    """
    right_a = np.asarray(present_a, bool) == np.asarray(truth_a, bool)
    right_b = np.asarray(present_b, bool) == np.asarray(truth_b, bool)
    difference = right_a.astype(np.float64) - right_b
    return paired_interval(difference, seed=seed, n_draws=n_draws)


def paired_interval(values: ArrayLike, *, seed: int = 0, n_draws: int = 2000) -> Estimate:
    """Mean of paired differences (n,) with its bootstrap interval."""
    values = np.asarray(values, np.float64)
    rows = np.random.default_rng(seed).integers(0, len(values), (n_draws, len(values)))
    return interval_of_draws(float(values.mean()), values[rows].mean(axis=1), len(values))


def _checked(scores: ArrayLike, truth: ArrayLike, least: int = 1) -> tuple[Floats, Flags]:
    scores, truth = np.asarray(scores, np.float64), np.asarray(truth, bool)
    n_true = int(truth.sum())
    if min(n_true, len(truth) - n_true) < least:
        raise InputError(
            f"at least {least} pictures that show the phrase and {least} that do not",
            f"{n_true} with it and {len(truth) - n_true} without",
            "Evaluate on more pictures, or choose another phrase.",
        )
    return scores, truth


def _halves(truth: Flags, rng: np.random.Generator) -> Flags:
    half = np.zeros(len(truth), bool)
    for group in (np.flatnonzero(truth), np.flatnonzero(~truth)):
        half[rng.permutation(group)[: len(group) // 2]] = True
    return half


def _draws(truth: Flags, seed: int, n_draws: int) -> list[NDArray[np.intp]]:
    """Bootstrap rows, drawn within each class so that none goes missing."""
    rng = np.random.default_rng(seed)
    with_it, without = np.flatnonzero(truth), np.flatnonzero(~truth)
    return [
        np.concatenate([rng.choice(with_it, len(with_it)), rng.choice(without, len(without))]) for _ in range(n_draws)
    ]


def interval_of_draws(value: float, draws: ArrayLike, n: int) -> Estimate:
    """A number that rests on n pictures, with the middle 95 % of its bootstrap draws."""
    low, high = np.quantile(np.asarray(draws), (0.025, 0.975))
    return Estimate(float(value), float(low), float(high), n)
