"""Own captions against others': what is counted where."""

from __future__ import annotations

import doctest
import importlib
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import score_distribution


def result(values: Any, captions: list[str] | None = None) -> Explanation:
    n, m = np.shape(values)
    axes = (
        Axis.images([f"camera {k}" for k in range(n)]),
        Axis.captions(captions or [f"caption {k}" for k in range(m)]),
    )
    return Explanation(values, axes, "logit")


def columns(figure: Any, name: str) -> dict[str, Any]:
    return dict(figure.select_one({"name": name}).data_source.data)


def test_every_pair_is_counted_once_in_its_place() -> None:
    values = np.random.default_rng(5).normal(15, 4, (9, 9)).astype(np.float32)
    figure = score_distribution(result(values), bins=7)
    own, others = columns(figure, "own"), columns(figure, "others")
    for data, chosen in ((own, [values[i, i] for i in range(9)]),
                         (others, [values[i, j] for i in range(9) for j in range(9) if i != j])):  # fmt: skip
        assert data["count"].sum() == len(chosen)
        assert data["share"].sum() == pytest.approx(100)
        for left, right, count in zip(data["left"][:-1], data["right"][:-1], data["count"][:-1], strict=True):
            assert count == sum(left <= float(value) < right for value in chosen)
        assert np.allclose(data["right"] - data["left"], (values.max() - values.min()) / 7)
    assert np.array_equal(own["left"], others["left"])
    assert figure.legend[0].items[1].label.value == f"own caption: n = 9, median {np.median(np.diag(values)):.2f}"
    assert figure.xaxis[0].axis_label.text == "logit"
    assert "%" in figure.yaxis[0].axis_label.text


def test_own_captions_by_place_and_by_text() -> None:
    values = [[1.0, 9, 2, 1], [8, 0, 1, 0]]
    with pytest.raises(InputError, match="as many captions as pictures"):
        score_distribution(result(values))
    data = columns(score_distribution(result(values), own=[1, 0], bins=3), "own")
    assert data["count"].tolist() == [0, 0, 2]
    alike = result(values, ["a bus", "a truck", "a truck", "a tree"])
    data = columns(score_distribution(alike, own=[1, 0], bins=3), "own")
    assert data["count"].tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ([[1.0, 2], [3, 4]], {"own": [0]}, "2 places of 2 captions"),
        ([[1.0, 2], [3, 4]], {"own": [0, 2]}, "2 places of 2 captions"),
        ([[1.0]], {}, "captions of other pictures"),
        ([[1.0, 2], [3, 4]], {"bins": 1}, "two bins or more"),
        ([[1.0, 2], [3, 4]], {"theme": "blue"}, "'light' or 'dark'"),
    ],
)
def test_what_can_not_be_drawn_is_said(values: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        score_distribution(result(values), **more)


def test_equal_scores_and_other_axes() -> None:
    assert columns(score_distribution(result(np.ones((3, 3)))), "own")["count"].sum() == 3
    with pytest.raises(InputError, match=r"a result over \(image, caption\)"):
        score_distribution(Explanation.from_array(np.ones(4), kinds="patch"))


def test_example_runs() -> None:
    for name in ("score_distribution", "interval_chart"):
        found = doctest.DocTestFinder().find(importlib.import_module(f"saii_widgets.widgets.charts.{name}"))
        tests = [test for test in found if test.examples]
        assert tests
        assert all(doctest.DocTestRunner().run(test).failed == 0 for test in tests)
