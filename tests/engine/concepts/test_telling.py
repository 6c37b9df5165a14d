"""What is told of a class, in which order, and where it is said to be."""

import numpy as np
import pytest

from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.concepts.telling import PLACES, RELATION_WORDS, Telling, place_number, relation_number
from tests.engine.concepts.told import told

LADDER, WHEEL, GONE, SIGN, LAMP = (4, 2, 20, 5), (2, 18, 6, 22), (0, 0, 0, 0), (10, 3, 12, 4), (20, 19, 22, 21)
EXPLAINED = told(
    np.array([[3.0, 1.5, 9.0, -2.0, 0.01], [-1.0, -2.0, 9.0, 0.5, 0.0]]), [LADDER, WHEEL, GONE, SIGN, LAMP]
)


def test_the_predicted_class_is_told_with_what_speaks_for_it_first() -> None:
    telling = Telling.of(EXPLAINED)
    assert (telling.class_name, telling.predicted) == ("fire engine", True)
    assert telling.concepts.tolist() == [0, 1, 3]  # the missing one and the tiny one are not told
    assert telling.tenths.tolist() == [10, 5, 7]


def test_another_class_is_told_with_what_speaks_against_it_first() -> None:
    telling = Telling.of(EXPLAINED, "taxi")
    assert not telling.predicted
    assert telling.concepts.tolist() == [1, 0, 3]
    assert Telling.of(EXPLAINED, 1, n_told=1).concepts.tolist() == [1]


def test_where_things_are() -> None:
    telling = Telling.of(EXPLAINED)
    assert PLACES[telling.place] == "top"
    assert telling.relation[1:] == ("below and left of", "on")  # the sign lies within the ladder


@pytest.mark.parametrize(("x", "y", "place"), [(0.1, 0.1, "top left"), (0.5, 0.5, "middle"), (1.0, 0.4, "right")])
def test_places_are_thirds(x: float, y: float, place: str) -> None:
    assert PLACES[place_number(np.array([[x, y, x, y]], np.float32))[0]] == place


def test_relations_are_eighths_of_the_circle() -> None:
    angle = np.arange(8) * np.pi / 4  # clockwise from the right, as y points downwards
    relations = np.zeros((8, 5), np.float32)
    relations[:, 0], relations[:, 1] = np.cos(angle), np.sin(angle)
    assert relation_number(relations).tolist() == list(range(8))
    assert RELATION_WORDS[relation_number(np.array([0, -1, 1, 0, 0], np.float32))] == "above"
    assert RELATION_WORDS[relation_number(np.array([0, -1, 1, 0, 0.9], np.float32))] == "on"


def test_what_is_not_asked_for_rightly() -> None:
    with pytest.raises(InputError, match=r"over \(class, concept\).*over \(word\)"):
        Telling.of(Explanation.from_array([1.0, 2.0], kinds="word"))
    with pytest.raises(LabelError, match="fire engine"):
        Telling.of(EXPLAINED, "fire engin")
    with pytest.raises(InputError, match="one class"):
        Telling.of(EXPLAINED, [0, 1])  # type: ignore[arg-type]
