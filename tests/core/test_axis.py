from dataclasses import replace

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption, Role


def test_patches_cover_the_picture_row_by_row() -> None:
    axis = Axis.patches(2, 4)
    assert (axis.kind, axis.grid, len(axis)) == ("patch", (2, 4), 8)
    assert axis.labels[5] == "row 2, column 2"
    assert axis.boxes is not None
    assert axis.boxes.dtype == np.float32
    assert axis.boxes[5].tolist() == [0.25, 0.5, 0.5, 1.0]
    assert np.prod(axis.boxes[:, 2:] - axis.boxes[:, :2], axis=1).sum() == 1
    assert not axis.boxes.flags.writeable


def test_words_of_captions_lie_one_after_the_other() -> None:
    axis = Axis.words([Caption.parse("a red truck"), Caption.parse("trees")])
    assert axis.labels == ("a", "red", "truck", "trees")
    assert axis.groups == (0, 0, 0, 1)
    assert axis.grouped_by == "caption"
    assert axis.roles == (Role.FUNCTION, Role.PRINCIPAL, Role.PRINCIPAL, Role.NON_PRINCIPAL)
    assert Axis.words(Caption.parse("a red truck")).labels == ("a", "red", "truck")


def test_take() -> None:
    patches = Axis.patches(2, 2)
    assert patches.take([0, 1, 2, 3]) == patches
    some = patches.take([3, 0])
    assert some.grid is None
    assert some.boxes is not None
    assert some.boxes[0].tolist() == [0.5, 0.5, 1, 1]
    words = Axis.words([Caption.parse("a red truck"), Caption.parse("trees")]).take([3, 1])
    assert (words.labels, words.groups, words.roles) == (("trees", "red"), (1, 0), (Role.NON_PRINCIPAL, Role.PRINCIPAL))
    masks = np.eye(3, dtype=bool)[:, None]
    things = Axis("concept", ("a", "b", "c"), masks=masks).take([2])
    assert things.masks is not None
    assert things.masks.tolist() == [[[False, False, True]]]


def test_equality() -> None:
    axis = Axis.patches(2, 2)
    assert axis == Axis.patches(2, 2)
    assert hash(axis) == hash(Axis.patches(2, 2))
    for other in (Axis.patches(1, 4), replace(axis, boxes=None), replace(axis, kind="cell"), axis.take([0])):
        assert axis != other
    assert Axis("a", ("x",), masks=np.ones((1, 2, 2))) != Axis("a", ("x",), masks=np.zeros((1, 2, 2)))


@pytest.mark.parametrize(
    "parts",
    [
        {"grid": (2, 2)},
        {"boxes": np.zeros((2, 4))},
        {"masks": np.zeros((2, 3, 3))},
        {"masks": np.zeros((3, 3))},
        {"roles": ("function",)},
        {"groups": (0, 1), "grouped_by": "caption"},
        {"groups": (0, 1, 1)},
    ],
)
def test_parts_that_do_not_fit(parts: dict) -> None:
    with pytest.raises(InputError):
        Axis("word", ("a", "b", "c"), **parts)


def test_one_label_is_no_sequence_of_labels() -> None:
    with pytest.raises(InputError, match="sequence of labels"):
        Axis("step", "abc")  # type: ignore[arg-type]
