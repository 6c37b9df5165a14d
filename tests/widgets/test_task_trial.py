"""The trial's Python side: who sees what, what is kept, what it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import TaskTrial
from saii_widgets.widgets.traits import WidgetError

PHRASES = ("a red truck", "a blue bus", "trees", "a fence", "rain")
N = 9


def maps(n: int = N, **more: Any) -> Explanation:
    axes = (Axis.images([f"picture {k}" for k in range(n)]), Axis("caption", PHRASES), Axis.patches(2, 3))
    values = np.arange(n * 5 * 6, dtype=float).reshape(n, 5, 6)
    images = [Image.new("RGB", (12, 8), (k, 0, 0)) for k in range(n)]
    return Explanation(values, axes, images=images, **more)


def truth(n: int = N) -> list[int]:
    return [k % 5 for k in range(n)]


def trials(trial: TaskTrial) -> list[dict[str, Any]]:
    return trial._about["trials"]


def test_every_picture_once_half_with_maps_and_the_other_half_for_the_other_group() -> None:
    first, second = (TaskTrial(maps(), truth(), seed=5, group=group) for group in (0, 1))
    assert sorted(one["name"] for one in trials(first)) == sorted(f"picture {k}" for k in range(N))
    assert [one["name"] for one in trials(first)] == [one["name"] for one in trials(second)]
    assert [one["choices"] for one in trials(first)] == [one["choices"] for one in trials(second)]
    practice, *counted = trials(first)
    assert practice["practice"]
    assert first.n_trials == len(counted) == N - 1
    assert sum(one["map"] for one in counted) == (N - 1) / 2
    for one, other in zip(counted, trials(second)[1:], strict=True):
        assert one["map"] != other["map"]
    assert trials(first) == trials(TaskTrial(maps(), truth(), seed=5))
    assert trials(first) != trials(TaskTrial(maps(), truth(), seed=6))


def test_one_choice_fits_and_its_place_is_drawn() -> None:
    places = set()
    for seed in range(6):
        for one in trials(TaskTrial(maps(), truth(), seed=seed)):
            right = PHRASES[truth()[int(one["name"].split()[1])]]
            assert one["choices"][one["fitting"]] == right
            assert len(one["choices"]) == len(set(one["choices"])) == 4
            places.add(one["fitting"])
    assert places == {0, 1, 2, 3}
    fits = np.zeros((N, 5), bool)
    fits[:, :2] = True
    for one in trials(TaskTrial(maps(), fits)):
        assert sum(choice in PHRASES[:2] for choice in one["choices"]) == 1, "no second phrase that fits"


def test_the_map_is_of_the_phrase_that_the_model_ranks_first() -> None:
    scores = np.zeros((N, 5))
    scores[:, 4] = 1.0
    axes = maps().axes[:2]
    companions = {"logits": Explanation(scores, axes, "logit")}
    for result, of in ((maps(companions=companions), None), (maps(), "fitting")):
        trial = TaskTrial(result, truth(), n_choices=4, seed=1)
        sent = np.frombuffer(trial._values, "<f4").reshape(N, 6)
        for one, values in zip(trials(trial), sent, strict=True):
            k, column = int(one["name"].split()[1]), one["choices"][one["fitting"]]
            if of is None and "rain" in one["choices"]:
                column = "rain"
            if of is None and "rain" not in one["choices"]:
                column = one["choices"][0]
            np.testing.assert_array_equal(values, result.values[k, PHRASES.index(column)])


def test_results_and_the_file_hold_what_was_answered_and_nothing_of_the_person(tmp_path: Path) -> None:
    trial = TaskTrial(maps(), truth(), seed=2, group=1)
    counted = trials(trial)[1:]
    right, wrong = counted[0]["fitting"], (counted[1]["fitting"] + 1) % 4
    trial.set_state({"answers": [{"choice": right, "seconds": 1.25}, {"choice": wrong, "seconds": 3}]})
    assert trial.error == ""
    rows = trial.results
    columns = ["trial", "picture", "with map", "answer", "fitting", "right", "seconds", "seed", "group"]
    assert list(rows.columns) == columns
    assert rows.right.tolist() == [True, False]
    assert rows.seconds.tolist() == [1.25, 3]
    assert rows["with map"].tolist() == [counted[0]["map"], counted[1]["map"]]
    assert (rows.seed == 2).all()
    assert (rows.group == 1).all()
    trial.save(tmp_path / "trial.csv")
    pandas.testing.assert_frame_equal(pandas.read_csv(tmp_path / "trial.csv"), rows, check_dtype=False)
    assert "2 answers" in trial.fallback_html()


@pytest.mark.parametrize(
    "answers",
    [
        [{"choice": 4, "seconds": 1.0}],
        [{"choice": -1, "seconds": 1.0}],
        [{"choice": True, "seconds": 1.0}],
        [{"choice": 0, "seconds": float("nan")}],
        [{"choice": 0, "seconds": -1}],
        [{"choice": 0, "seconds": 1.0, "name": "Ada"}],
        [{"choice": 0, "seconds": 1.0}] * N,
    ],
)
def test_other_answers_are_refused(answers: list[dict[str, Any]]) -> None:
    trial = TaskTrial(maps(), truth())
    with pytest.raises(WidgetError, match="answers"):
        trial.answers = answers
    trial.set_state({"answers": answers})
    assert "answers" in trial.error
    assert trial.answers == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TaskTrial(maps()[0], truth()), "maps over"),  # pyright: ignore[reportArgumentType]
        (lambda: TaskTrial(Explanation(maps().values, maps().axes), truth()), "without pictures"),
        (lambda: TaskTrial(maps(), [5] * N), "places of 5 phrases"),
        (lambda: TaskTrial(maps(), [0] * 3), "truth"),
        (lambda: TaskTrial(maps(), np.ones((N, 5), bool)), "one that does not"),
        (lambda: TaskTrial(maps(), np.zeros((N, 5), bool)), "a phrase that fits"),
        (lambda: TaskTrial(maps(), truth(), n_choices=5), "2 to 4 choices"),
        (lambda: TaskTrial(maps(), truth(), group=2), "a group of 0 or 1"),
        (lambda: TaskTrial(maps(1), truth(1)), "only one to practise with"),
    ],
)
def test_wrong_input_says_what_to_do(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_without_practice_all_pictures_count() -> None:
    trial = TaskTrial(maps(1), truth(1), practice=False)
    assert (trial.n_trials, trial._about["practice"]) == (1, False)
