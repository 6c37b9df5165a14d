"""Task performance against brute force and answers known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.task_performance import (
    accuracy_difference,
    activation_threshold,
    auc,
    balanced_accuracy,
    map_area,
    paired_interval,
    spearman,
    task_performance,
    two_fold_decisions,
)


def slow_auc(scores: np.ndarray, truth: np.ndarray) -> float:
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[truth] for b in scores[~truth]]
    return float(np.mean(pairs))


@pytest.mark.parametrize("seed", range(5))
def test_auc_equals_counting_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, 30).astype(float)  # many ties
    truth = rng.random(30) < 0.4
    assert auc(scores, truth) == pytest.approx(slow_auc(scores, truth), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_no_cut_is_better_than_the_threshold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random(40) < 0.5
    scores = np.round(truth + rng.normal(0, 0.8, 40), 1)
    found = balanced_accuracy(scores >= activation_threshold(scores, truth), truth)
    cuts = np.concatenate([np.unique(scores) - 0.05, [scores.max() + 1]])
    assert found == pytest.approx(max(balanced_accuracy(scores >= cut, truth) for cut in cuts), abs=1e-12)


def test_threshold_lies_halfway_between_the_classes() -> None:
    assert activation_threshold([0.0, 1.0, 4.0, 5.0], [False, False, True, True]) == 2.5


def test_threshold_never_splits_equal_scores() -> None:
    threshold = activation_threshold([1.0, 1.0, 1.0, 2.0], [False, True, False, True])
    assert threshold == 1.5


def test_map_area_counts_patches_over_half_of_the_peak() -> None:
    assert map_area([[0, 1, 2, 4], [0, 0, 0, 0], [3, 3, 3, 3]]).tolist() == [0.5, 0.0, 1.0]


def test_spearman_of_monotone_reversed_and_constant() -> None:
    assert spearman([1, 2, 3, 9], [1, 4, 9, 81]) == pytest.approx(1)
    assert spearman([1, 2, 3, 4], [9, 7, 5, 1]) == pytest.approx(-1)
    assert spearman([1, 1, 1], [1, 2, 3]) == 0


def test_perfect_phrase_and_useless_phrase() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(80) % 2 == 0
    maps = rng.random((80, 9))
    perfect = task_performance(truth * 3.0, truth * 0.8 + 0.1, maps, truth, n_draws=200)
    useless = task_performance(rng.normal(size=80), rng.random(80), maps, truth, n_draws=200)
    assert perfect.auc.value == 1
    assert perfect.accuracy.value == 1
    assert perfect.threshold.low == perfect.threshold.high == 1.5
    assert useless.auc.low < 0.5 < useless.auc.high
    assert useless.area_rank.low < 0 < useless.area_rank.high


def test_thresholds_are_fitted_on_the_other_half() -> None:
    truth = np.array([True, False] * 10)
    scores = np.where(truth, 1.0, 0.0)
    assert (two_fold_decisions(scores, truth) == truth).all()
    noise = np.random.default_rng(3).normal(size=200)
    labels = np.arange(200) % 2 == 0
    fitted_on_itself = balanced_accuracy(noise >= activation_threshold(noise, labels), labels)
    assert fitted_on_itself > 0.5
    assert abs(balanced_accuracy(two_fold_decisions(noise, labels), labels) - 0.5) < 0.1


def test_intervals_cover_the_mean_in_about_95_percent() -> None:
    rng = np.random.default_rng(1)
    covered = []
    for seed in range(200):
        estimate = paired_interval(rng.normal(0.3, 1, 60), seed=seed, n_draws=400)
        covered.append(estimate.low <= 0.3 <= estimate.high)
    assert 0.90 <= np.mean(covered) <= 0.99


def test_accuracy_difference_is_paired() -> None:
    truth = np.ones(50, bool)
    wrong_twice = truth.copy()
    wrong_twice[:10] = False
    same = accuracy_difference(wrong_twice, truth, wrong_twice, truth)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = accuracy_difference(truth, truth, wrong_twice, truth)
    assert better.value == pytest.approx(0.2)
    assert better.low > 0


def test_too_few_pictures_of_a_kind_are_refused() -> None:
    with pytest.raises(InputError, match="3 with it and 7 without"):
        task_performance(np.arange(10.0), np.arange(10.0), np.ones((10, 4)), np.arange(10) < 3)
