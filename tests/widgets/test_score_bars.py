"""The bars' Python side: scales, intervals, what stays chosen, what it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import ScoreBars
from saii_widgets.widgets.traits import WidgetError


def result(values: Any, labels: str = "abc", unit: str = "logit", **more: Any) -> Explanation:
    return Explanation.from_array(values, kinds="phrase", labels={"phrase": list(labels)}, unit=unit, **more)


def sent(bars: ScoreBars) -> np.ndarray:
    """Lower and upper ends, (2, n)."""
    return np.frombuffer(bars._ends, "<f4").reshape(2, -1)


def test_scale_starts_at_zero_and_is_whole_for_shares() -> None:
    def ends(*args: Any, **more: Any) -> tuple[float, float, bool]:
        about = ScoreBars(result(*args, **more))._about
        return about["low"], about["high"], about["signed"]

    assert ends([3, 2, 9]) == (0, 9, False)
    assert ends([-3, 2, 9]) == (-3, 9, True)
    assert ends([-3, -2, -9]) == (-9, 0, True)
    assert ends([0, 0, 0]) == (0, 1, False)
    assert ends([0.2, 0.1, 0], unit="probability", errors=[0.5, 0.5, 0.5]) == (0, 1, False)
    assert ends([2, 1, 0.5], errors=[0.5, 2, 0]) == (-1, 3, False)
    assert ends([-0.5, 0.25, 0], unit="share") == (-0.5, 0.25, True)


def test_errors_and_given_ends_become_intervals() -> None:
    bars = ScoreBars(result([3, 2, 9], errors=[1, 0, 0.5]))
    assert np.array_equal(sent(bars), [[2, 2, 8.5], [4, 2, 9.5]])
    assert bars._about["interval"] == "± 1 standard error"
    given = {"low": result([0, 1, 2]), "high": result([4, 5, 9])}
    bars = ScoreBars(result([3, 2, 9], errors=[1, 0, 0.5], companions=given))
    assert np.array_equal(sent(bars), [[0, 1, 2], [4, 5, 9]])
    assert bars._about["interval"] == "interval"
    assert ScoreBars(result([3, 2, 9]))._ends == b""


def test_half_an_interval_or_a_wrong_one_is_refused() -> None:
    with pytest.raises(InputError, match="both ends of the intervals; got only 'low'"):
        ScoreBars(result([3, 2, 9], companions={"low": result([0, 1, 2])}))
    with pytest.raises(InputError, match="a low and a high end for each label"):
        ScoreBars(result([3, 2, 9], companions={"low": result([5, 1, 2]), "high": result([4, 5, 9])}))


def test_other_axes_are_refused() -> None:
    with pytest.raises(InputError, match="a result over one axis; got one over image, caption"):
        ScoreBars(Explanation.from_array(np.ones((2, 2)), kinds=("image", "caption")))
    with pytest.raises(InputError, match="labels of the result; got 'z'"):
        ScoreBars(result([3, 2, 9]), highlighted=["z"])


def test_showing_another_result_keeps_labels_not_places() -> None:
    bars = ScoreBars(result([3, 2, 9]), highlighted=["c", 0], chosen=1)
    assert (bars.highlighted, bars.value) == ([0, 2], 2)
    heard: list[Any] = []
    bars.observe(heard.append, ["chosen", "highlighted"])
    bars.show(result([7, 5, 1, 0], "xbay"))
    assert (bars.chosen, bars.value, bars.highlighted) == (1, 5, [2])
    assert np.array_equal(np.frombuffer(bars._values, "<f4"), [7, 5, 1, 0])
    assert bars._about["labels"] == list("xbay")
    assert {change["name"] for change in heard} == {"highlighted"}
    bars.show(result([1.0], "q"), highlighted=["q"])
    assert (bars.chosen, bars.value, bars.highlighted) == (-1, None, [0])
    with pytest.raises(InputError, match="labels of the result"):
        bars.show(result([1, 2], "de"), highlighted=["q"])
    assert bars.result.axes[0].labels == ("q",)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("chosen", 3, "a place of 3"),
        ("highlighted", [3], "places of 3"),
        ("highlighted", [True], "places of 3"),
        ("reference", float("nan"), "a finite number"),
        ("extent", [1.0, 0.0], "two ends of a scale"),
        ("extent", [0.0], "two ends of a scale"),
        ("order", "sideways", "'as given', 'by value'"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    bars = ScoreBars(result([3, 2, 9]))
    before = getattr(bars, name)
    with pytest.raises(WidgetError, match=message):
        setattr(bars, name, value)
    bars.set_state({name: value})
    assert message in bars.error
    assert getattr(bars, name) == before
