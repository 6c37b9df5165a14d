"""The summary of a trial against answers known beforehand."""

from __future__ import annotations

import numpy as np
import pandas
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.trial_summary import trial_summary


def answers(picture: str, with_map: bool, right: bool, seconds: float) -> dict[str, object]:
    return {"picture": picture, "with map": with_map, "right": right, "seconds": seconds}


def test_pictures_seen_both_ways_are_paired() -> None:
    rows = []
    for k in range(10):
        rows += [answers(f"p{k}", True, True, 1.0 + k), answers(f"p{k}", False, k < 6, 3.0 + k)]
    found = trial_summary(rows)
    assert found.paired
    assert (found.accuracy_with.value, found.accuracy_without.value) == (1.0, 0.6)
    assert found.accuracy_gain.value == pytest.approx(0.4)
    assert found.accuracy_gain.low > 0
    assert found.accuracy_gain.n == 10
    gain = found.seconds_gain
    assert (gain.value, gain.low, gain.high) == pytest.approx((-2, -2, -2)), "each picture took two seconds less"
    assert (found.seconds_with.value, found.seconds_without.value) == (5.5, 7.5)
    assert trial_summary(pandas.DataFrame(rows)) == found
    assert found.to_dict()["accuracy_gain"]["n"] == 10


def test_one_person_sees_each_picture_once_and_the_interval_is_wider() -> None:
    rng = np.random.default_rng(0)
    rows = [answers(f"p{k}", k % 2 == 0, bool(rng.random() < 0.8), float(rng.uniform(1, 4))) for k in range(60)]
    found = trial_summary(rows)
    assert not found.paired
    assert found.accuracy_gain.value == pytest.approx(found.accuracy_with.value - found.accuracy_without.value)
    assert found.accuracy_gain.low < 0 < found.accuracy_gain.high, "no effect was planted"
    both = trial_summary(rows + [{**row, "with map": not row["with map"]} for row in rows])
    assert both.paired
    assert both.accuracy_gain.value == pytest.approx(0)


def test_a_trial_without_one_of_the_two_is_refused() -> None:
    with pytest.raises(InputError, match="got 1 with and 0 without"):
        trial_summary([answers("p", True, True, 1.0)])
