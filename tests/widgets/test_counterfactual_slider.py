"""The slider's Python side: what a removal must be, where the match flips, which choices hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.text import Caption
from saii_widgets.widgets.counterfactual_slider import CounterfactualSlider, Removal
from saii_widgets.widgets.traits import WidgetError

CAPTION = "a red truck near a metal fence"


def scores(values: Any = ((0.8, 0.2), (0.6, 0.4), (0.3, 0.7)), steps_of_maps: int = 3) -> Explanation:
    maps = Explanation.from_array(np.ones((steps_of_maps, 4)), kinds=("step", "patch"))
    labels = {"caption": [CAPTION, "a bus"]}
    return Explanation.from_array(
        values, kinds=("step", "caption"), labels=labels, unit="probability", companions={"maps": maps}
    )


@pytest.mark.parametrize(
    ("values", "flip"),
    [
        (((0.8, 0.2), (0.6, 0.4), (0.3, 0.7)), 2),
        (((0.8, 0.2), (0.4, 0.6), (0.9, 0.1)), 1),
        (((0.8, 0.2), (0.7, 0.3), (0.6, 0.4)), -1),
        (((0.2, 0.8), (0.6, 0.4), (0.3, 0.7)), 1),
    ],
)
def test_flip_is_the_smallest_change(values: Any, flip: int) -> None:
    assert CounterfactualSlider(Removal(scores(values), [2, 1]), CAPTION).flip == flip


def test_orders_and_what_is_gone() -> None:
    slider = CounterfactualSlider(
        {"by importance": Removal(scores(), [2, 1]), "patches": Removal(scores(), [3, 0], "patches")}, CAPTION
    )
    assert slider.removed(2) == ("truck", "red")
    slider.order = "patches"
    assert slider.removed(1) == ("row 2, column 2",)
    slider.step = 2
    with pytest.raises(WidgetError, match="step from 0 to 2"):
        slider.step = 3
    with pytest.raises(WidgetError, match="'by importance', 'patches'"):
        slider.order = "mine"
    slider.set_state({"step": -1})
    assert "step of the CounterfactualSlider" in slider.error
    assert slider.step == 2


@pytest.mark.parametrize(
    ("result", "places", "of", "message"),
    [
        (scores(), [2], "words", "2 different places"),
        (scores(), [2, 2], "words", "2 different places"),
        (scores(), [2, 1], "letters", "'words' or 'patches'"),
        (scores(), [2, 4], "patches", "patches of the companion 'maps'"),
        (scores(steps_of_maps=2), [2, 1], "words", "3 steps"),
        (Explanation.from_array(np.ones(4), kinds="patch"), [], "words", r"a result over \(step, caption\)"),
    ],
)
def test_damaged_removals_say_what_to_do(result: Explanation, places: list[int], of: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Removal(result, places, of)


def test_words_must_be_the_captions() -> None:
    with pytest.raises(InputError, match="places of the 2 words of 'a bus'"):
        CounterfactualSlider(Removal(scores(), [2, 1]), "a bus")
    with pytest.raises(InputError, match="at least one removal"):
        CounterfactualSlider({}, CAPTION)


def test_a_result_that_says_what_went_is_enough() -> None:
    origin = Origin(settings={"of": "words", "places": [2, 1]})
    captions = (Caption.parse(CAPTION), Caption.parse("a bus"))
    result = replace(scores(), origin=origin, captions=captions)
    slider = CounterfactualSlider(result)
    assert (slider.order, slider.caption, slider.removed(2)) == ("by importance", captions[0], ("truck", "red"))
    patches = replace(result, origin=Origin(settings={"of": "patches", "places": [3, 0]}))
    both = CounterfactualSlider({"words": result, "patches": patches}, order="patches")
    assert both.removed(1) == ("row 2, column 2",)
    with pytest.raises(InputError, match="whose origin says which places went"):
        CounterfactualSlider(scores(), CAPTION)
    with pytest.raises(InputError, match="a result without captions"):
        CounterfactualSlider(replace(result, captions=()))


def test_everything_travels_once() -> None:
    slider = CounterfactualSlider(Removal(scores(), [2, 1]), CAPTION)
    assert np.allclose(np.frombuffer(slider._scores[0], "<f4"), np.ravel(scores().values))
    assert len(slider._maps[0]) == 3 * 4 * 4
    assert "80.0" in slider.fallback_html()
