"""The interaction matrix's Python side: axes, main effects, orders, choices, what it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.widgets import HeatmapView, InteractionMatrix
from saii_widgets.widgets.interaction_table import MAIN_EFFECTS, RASTER, InteractionTable
from saii_widgets.widgets.traits import WidgetError

CAPTION = Caption.parse("a red truck")
WORDS, PATCHES = Axis.words(CAPTION), Axis.patches(2, 2)
PLANTED = np.array([[0, 0, 0, 0], [0.4, 0, 0, -0.1], [0.9, 0, 0.2, -0.3]], np.float32)


def result(**more: Any) -> Explanation:
    return Explanation(PLANTED, (WORDS, PATCHES), "logit", captions=(CAPTION,), **more)


def with_effects() -> Explanation:
    words = Explanation([0.1, -0.5, 1.2], (WORDS,), "logit", errors=[0.1, 0.2, 0.3])
    patches = Explanation([0.0, 0.3, -0.2, 0.1], (PATCHES,), "logit")
    return result(companions={MAIN_EFFECTS["word"]: words, MAIN_EFFECTS["patch"]: patches})


def sent(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<f4")


def test_numbers_travel_as_they_are_with_patches_across() -> None:
    errors = np.arange(12, dtype=np.float32).reshape(3, 4)
    turned = Explanation(PLANTED.T, (PATCHES, WORDS), "logit", errors=errors.T)
    for one in (result(errors=errors), turned):
        matrix = InteractionMatrix(one)
        assert matrix.result.kinds == ("word", "patch")
        assert np.array_equal(sent(matrix._values).reshape(3, 4), PLANTED)
        assert np.array_equal(sent(matrix._errors).reshape(3, 4), errors)
    assert InteractionMatrix(result())._errors == b""


def test_main_effects_go_into_the_margins() -> None:
    rows, row_errors, columns, column_errors = InteractionMatrix(with_effects())._margins
    assert sent(rows) == pytest.approx([0.1, -0.5, 1.2])
    assert sent(row_errors) == pytest.approx([0.1, 0.2, 0.3])
    assert sent(columns) == pytest.approx([0.0, 0.3, -0.2, 0.1])
    assert column_errors == b""
    assert InteractionMatrix(result())._margins == [b""] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        Explanation([1.0, 2.0], (Axis("word", ("a", "b")),), "logit"),
        Explanation([1.0, 2.0, 3.0], (WORDS,), "probability"),
        Explanation(np.ones((3, 3)), (WORDS, WORDS), "logit"),
    ],
)
def test_main_effects_that_do_not_fit_are_refused(wrong: Explanation) -> None:
    with pytest.raises(InputError, match=r"wanted main effects over \(word,\), 3 in logit"):
        InteractionMatrix(result(companions={"word": wrong}))


def test_orders() -> None:
    orders = InteractionMatrix(with_effects())._about["orders"]
    assert orders["as given"] == {"rows": [0, 1, 2], "columns": [0, 1, 2, 3]}
    assert orders["by strength"] == {"rows": [2, 1, 0], "columns": [0, 3, 2, 1]}
    assert orders["by main effect"] == {"rows": [2, 0, 1], "columns": [1, 3, 0, 2]}
    of_words_only = result(companions={"word": with_effects().companions["word"]})
    assert InteractionMatrix(of_words_only)._about["orders"]["by main effect"] == {
        "rows": [2, 0, 1],
        "columns": [0, 1, 2, 3],
    }
    assert "by main effect" not in InteractionMatrix(result())._about["orders"]


def test_within_one_modality() -> None:
    values = np.array([[0, 2, -1], [2, 0, 0.5], [-1, 0.5, 0]], np.float32)
    words = InteractionMatrix(Explanation(values, (WORDS, WORDS), "logit"))
    assert words._about["square"]
    assert words._about["no_self"]
    assert (words.selected_word, words.selected_patch, words.value) == (0, -1, None)
    assert words._about["orders"]["by strength"]["rows"] == words._about["orders"]["by strength"]["columns"]
    with pytest.raises(WidgetError, match="selected_patch as no place"):
        words.selected_patch = 0
    own = InteractionMatrix(Explanation(values + np.eye(3), (WORDS, WORDS), "logit"))
    assert not own._about["no_self"]
    patches = InteractionMatrix(Explanation(np.eye(4)[::-1], (PATCHES, PATCHES)), selected_patch=2)
    assert patches._about["picture"]["shape"] == patches._about["grid"] == [2, 2]
    assert (patches.selected_word, patches.selected_patch) == (-1, 2)
    others = InteractionMatrix(Explanation(values, (WORDS, Axis("word", ("x", "y", "z")))), selected_patch=2)
    assert not others._about["square"]
    assert others.value == -1


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("patch",), r"over \(patch\)\. Pass interactions"),
        (("image", "caption", "word", "patch"), r"select\(image=0, caption=0\)"),
        (("image", "patch"), r"a result over two axes"),
        (("layer", "word", "patch"), r"select\(layer=0\)"),
        (("image", "caption"), r"PairMatrix"),
    ],
)
def test_other_axes_are_refused_with_the_way_out(kinds: tuple[str, ...], message: str) -> None:
    axes = tuple(Axis.patches(1, 2) if kind == "patch" else Axis(kind, ("one", "two")) for kind in kinds)
    with pytest.raises(InputError, match=message):
        InteractionMatrix(Explanation(np.ones([2] * len(kinds)), axes))


def test_patches_of_two_pictures_are_refused() -> None:
    with pytest.raises(InputError, match="the same patches on both axes"):
        InteractionMatrix(Explanation(np.ones((4, 6)), (PATCHES, Axis.patches(2, 3))))


def test_many_pairs_are_taken_once_one_is_chosen() -> None:
    axes = (Axis.images(["one", "two"]), Axis.captions(["a", "b"]), Axis("word", ("red", "truck")), PATCHES)
    pairs = Explanation(np.arange(32.0).reshape(2, 2, 2, 4), axes, "logit")
    chosen = pairs.select(image=1, caption=0)
    assert isinstance(chosen, Explanation)
    matrix = InteractionMatrix(chosen, selected_word=1, selected_patch=3)
    assert matrix.value == pairs.values[1, 0, 1, 3]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("selected_word", 3, "a place from 0 to 2 on the word axis"),
        ("selected_patch", 4, "a place from 0 to 3 on the patch axis"),
        ("selected_word", -2, "a whole number from -1"),
        ("order", "by main effect", "main effects to sort by"),
        ("order", "by chance", "'as given', 'by strength', 'by main effect'"),
        ("least_z", 2.0, "standard errors to filter by"),
        ("least_z", 5.5, "from 0 to 5"),
        ("poles", ["one"], "two words, for negative and for positive"),
    ],
)
def test_wrong_traits_say_what_to_do(name: str, value: Any, message: str) -> None:
    matrix = InteractionMatrix(result())
    before = getattr(matrix, name)
    with pytest.raises(WidgetError, match=message):
        setattr(matrix, name, value)
    matrix.set_state({name: value})
    assert matrix.error
    assert getattr(matrix, name) == before


def test_a_better_result_keeps_what_was_chosen() -> None:
    matrix = InteractionMatrix(
        replace(with_effects(), errors=np.ones((3, 4))),
        selected_word=1, selected_patch=3, order="by main effect", least_z=1.5,
    )  # fmt: skip
    better = replace(with_effects(), values=2 * PLANTED, errors=np.full((3, 4), 0.1))
    changes: list[str] = []
    matrix.observe(lambda change: changes.append(change["name"]))
    matrix.show(better)
    kept = (matrix.selected_word, matrix.selected_patch, matrix.order, matrix.least_z)
    assert kept == (1, 3, "by main effect", 1.5)
    assert matrix.value == pytest.approx(-0.2)
    assert np.array_equal(sent(matrix._values).reshape(3, 4), 2 * PLANTED)
    assert "_pictures" not in changes  # what stays is not sent again
    assert "selected_word" not in changes


def test_another_result_keeps_only_what_it_has() -> None:
    matrix = InteractionMatrix(with_effects(), selected_word=2, selected_patch=3, order="by main effect")
    other = Axis.words(Caption.parse("a red bus"))
    matrix.show(Explanation(PLANTED, (other, PATCHES), "logit"))
    assert (matrix.selected_word, matrix.selected_patch, matrix.order) == (-1, 3, "as given")
    matrix.show(Explanation(np.ones((3, 3)), (other, other), "logit"))
    assert (matrix.selected_word, matrix.selected_patch) == (-1, -1)
    with pytest.raises(InputError, match="two axes"):
        matrix.show(Explanation.from_array(np.ones(4), kinds="patch"))
    assert matrix.result.kinds == ("word", "word")


def test_a_planted_game_is_found_by_eye() -> None:
    """Worth of a coalition: 1 for "truck" with patch 0, 2 for "red" with patch 3, 0.5 for "truck" alone."""
    n, m = 3, 4

    def worth(words: tuple[int, ...], patches: tuple[int, ...]) -> float:
        return (2 in words and 0 in patches) + 2.0 * (1 in words and 3 in patches) + 0.5 * (2 in words)

    values = [[worth((i,), (j,)) - worth((i,), ()) - worth((), (j,)) for j in range(m)] for i in range(n)]
    effects = Explanation([worth((i,), ()) for i in range(n)], (WORDS,), "worth")
    game = Explanation(values, (WORDS, PATCHES), "worth", companions={"word": effects})
    matrix = InteractionMatrix(game)
    assert matrix.selected_word == 1
    assert matrix._about["orders"]["by strength"]["rows"][:2] == [1, 2]
    assert matrix._about["orders"]["by main effect"]["rows"][0] == 2
    matrix.selected_patch = 3
    assert matrix.value == 2


def test_relevance_of_each_word_alone() -> None:
    """Captions of one word each, explained in one call, and stacked into words by patches."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    from saii_widgets import Relevance, load_model
    from saii_widgets.data.scenes import draw

    scene = draw(1)
    words = ["red", "truck", "fence"]
    maps = Relevance(load_model())([scene.image], words)
    alone = Explanation(
        maps.values[0], (Axis("word", tuple(words)), maps.axis("patch")), maps.unit, images=(scene.image,)
    )
    matrix = InteractionMatrix(alone, poles=["against", "for"], selected_word=1)
    assert np.array_equal(sent(matrix._values).reshape(3, -1)[1], maps.map(0, 1).ravel())
    assert matrix._about["picture"]["shape"] == list(maps.axis("patch").grid or ())
    assert matrix.poles == ["against", "for"]


def test_patches_of_any_shape_become_a_raster() -> None:
    left = np.zeros((300, 200), bool)
    left[:, :100] = True
    corner = np.zeros_like(left)
    corner[270:, 150:] = True
    axis = Axis("patch", ("left", "corner"), masks=np.stack([left, corner]))
    matrix = InteractionMatrix(Explanation(np.ones((3, 2)), (WORDS, axis)))
    rows, columns = matrix._about["picture"]["shape"]
    assert max(rows, columns) <= RASTER
    raster = sent(matrix._regions).reshape(rows, columns)
    assert (raster[:, : columns // 2 - 1] == 0).all()
    assert (raster[-2:, -2:] == 1).all()
    assert (raster[: rows // 2, columns // 2 + 1 :] == -1).all()
    some = PATCHES.take([3, 0])  # no longer a grid, but they keep their boxes
    raster = InteractionTable(Explanation(np.ones((3, 2)), (WORDS, some))).regions()
    assert raster is not None
    assert [raster[0, 0], raster[0, -1], raster[-1, 0], raster[-1, -1]] == [1, -1, -1, 0]
    assert InteractionTable(result()).regions() is None
    nowhere = InteractionTable(Explanation(np.ones((3, 2)), (WORDS, Axis("patch", ("x", "y")))))
    assert not nowhere.pictured
    assert nowhere.regions() is None


def test_it_is_linked_with_maps() -> None:
    import traitlets

    pictures = InteractionMatrix(result())
    view = HeatmapView(result())
    for name in ("selected_word", "selected_patch"):
        traitlets.link((pictures, name), (view, name))
    pictures.set_state({"selected_word": 1, "selected_patch": 3})
    assert (view.selected_word, view.selected_patch) == (1, 3)


def test_it_stands_in_for_itself_without_a_script() -> None:
    of_words = Explanation([[0.0, 0.25], [0.25, 0.0]], (Axis("word", ("<b>", "truck")),) * 2, "logit")
    html = InteractionMatrix(of_words).fallback_html()
    assert "&lt;b&gt;" in html
    assert "−0.25" in html  # the scale lies around zero
    assert "<img" in InteractionMatrix(result()).fallback_html()


def test_table_knows_its_names() -> None:
    about = InteractionTable(result()).about()
    assert about["rows"]["roles"] == [str(word.role) for word in CAPTION.words]
    assert about["has_function_words"]
    assert not InteractionTable(Explanation(PLANTED, (Axis("word", ("x", "y", "z")), PATCHES))).about()[
        "has_function_words"
    ]
