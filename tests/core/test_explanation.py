from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.text import Caption

CAPTIONS = [Caption.parse(t) for t in ("a red truck near a red logo", "a blue car", "trees at night")]
N, M, PATCHES = 4, 3, 6


def maps() -> Explanation:
    """4 pictures, 3 captions, 2 x 3 patches, with words, logits and an unrelated companion."""
    rng = np.random.default_rng(0)
    pictures = Axis.images([f"camera {n}" for n in range(N)])
    captions, words, patches = Axis.captions(CAPTIONS), Axis.words(CAPTIONS), Axis.patches(2, 3)
    images = tuple(Image.new("RGB", (32, 24), (60 * n, 0, 0)) for n in range(N))
    shown = {"images": images, "captions": CAPTIONS, "origin": Origin(model="tiny", method="none")}
    return Explanation(
        rng.random((N, M, PATCHES)),
        (pictures, captions, patches),
        title="Maps",
        companions={
            "words": Explanation(rng.random((N, len(words))), (pictures, words), **shown),
            "logits": Explanation(rng.random((N, M)), (pictures, captions), "logit", **shown),
            "curve": Explanation([1, 2, 3], Axis("step", ("1", "2", "3"))),
        },
        **shown,
    )


class TestMaking:
    def test_values_are_frozen_float32_copies(self) -> None:
        given = np.ones((2, 2))
        explanation = Explanation.from_array(given, kinds=("image", "caption"))
        given[:] = 5
        assert explanation.values.dtype == np.float32
        assert explanation.values.max() == 1
        with pytest.raises(ValueError, match="read-only"):
            explanation.values[0, 0] = 3
        with pytest.raises(AttributeError):
            explanation.unit = "x"  # type: ignore[misc]

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39])
    def test_only_finite_numbers(self, bad: float) -> None:
        values = np.zeros((2, 4))
        values[1, 2] = bad
        with pytest.raises(InputError, match=r"finite values.*caption 'caption 2'.*row 2, column 1"):
            Explanation.from_array(values, kinds=("caption", "patch"))
        with pytest.raises(InputError, match="finite errors"):
            Explanation.from_array(np.zeros((2, 4)), kinds=("caption", "patch"), errors=values)

    @pytest.mark.parametrize("bad", ["text", [[1], [1, 2]], np.array([1j]), [object()]])
    def test_only_numbers(self, bad: object) -> None:
        with pytest.raises(InputError):
            Explanation(bad, Axis("step", ("1",)))  # type: ignore[arg-type]

    def test_values_and_axes_agree(self) -> None:
        with pytest.raises(InputError, match=r"word 2.*shape \(3,\)"):
            Explanation(np.zeros(3), Axis("word", ("a", "b")))
        with pytest.raises(InputError, match="at least one axis"):
            Explanation(np.float32(3), ())

    def test_pictures_and_captions_agree_with_their_axes(self) -> None:
        with pytest.raises(InputError, match="2 images"):
            Explanation(np.zeros(2), Axis.images(["a", "b"]), images=(Image.new("RGB", (2, 2)),))
        with pytest.raises(InputError, match="1 captions"):
            Explanation(np.zeros(1), Axis.captions(CAPTIONS[:1]), captions=tuple(CAPTIONS))

    def test_pictures_are_kept_small(self) -> None:
        large = Image.new("L", (2048, 512), 128)
        first = Explanation.from_array([[1.0]], kinds="patch", image=large)
        again = Explanation.from_array([[1.0]], kinds="patch", image=large)
        assert (first.images[0].size, first.images[0].mode) == ((512, 128), "RGB")
        assert first.images[0] is again.images[0], "thumbnails of one picture are shared"
        large.paste(0, (0, 0, 2048, 512))
        assert Explanation.from_array([[1.0]], kinds="patch", image=large).images[0].getpixel((0, 0)) == (0, 0, 0)

    def test_from_array(self) -> None:
        by_word = Explanation.from_array([0.1, 0.2, 0.3], kinds="word", caption="a red truck", unit="share")
        assert by_word["red"] == pytest.approx(0.2)
        assert by_word.axis("word").roles is not None
        assert by_word.captions[0].text == "a red truck"
        assert Explanation.from_array(np.zeros((2, 3)), kinds="patch").axis("patch").grid == (2, 3)
        assert Explanation.from_array(np.zeros((5, 49)), kinds=("layer", "patch")).axis("patch").grid == (7, 7)
        assert Explanation.from_array(np.zeros(6), kinds="patch", grid=(3, 2)).axis("patch").grid == (3, 2)
        named = Explanation.from_array([1, 2], kinds="concept", labels={"concept": ["road", "sky"]})
        assert named["sky"] == 2
        for wrong in (
            {"kinds": "patch", "grid": (4, 2)},
            {"kinds": "patch"},
            {"kinds": ("image", "patch")},
            {"kinds": "word", "caption": "a red truck"},
            {"kinds": "word", "labels": {"image": ["x"]}},
        ):
            with pytest.raises(InputError):
                Explanation.from_array(np.zeros(6), **wrong)  # type: ignore[arg-type]

    def test_residual(self) -> None:
        one = Explanation.from_array([1, 2, 3], kinds="step", baseline=0.5, total=10)
        assert one.residual == 3.5
        assert one[:2].residual == 6.5, "what is not chosen is left over"  # type: ignore[union-attr]
        assert Explanation.from_array([1], kinds="step", total=2).residual is None
        rows = Explanation.from_array([[1, 2], [3, 4]], kinds=("image", "word"), baseline=0, total=[5, 8])
        assert np.array_equal(rows.residual, [2, 1])  # type: ignore[arg-type]
        assert rows[1].residual == 1  # type: ignore[union-attr]
        with pytest.raises(InputError, match="total"):
            replace(rows, total=[1, 2, 3])
        with pytest.raises(InputError, match="NaN"):
            replace(rows, baseline=float("nan"))


class TestChoosing:
    def test_numbers_labels_slices_and_masks(self) -> None:
        e = maps()
        v = e.values
        assert e[1, 2, 3] == v[1, 2, 3]
        assert isinstance(e[1, 2, 3], float)
        assert e["camera 1", "a blue car", "row 2, column 3"] == v[1, 1, 5]
        assert e[-1, ..., np.int64(0)].shape == (3,)
        assert np.array_equal(e[1:3].values, v[1:3])
        assert np.array_equal(e[::-1].values, v[::-1])
        assert np.array_equal(e[[3, "camera 0"], :, 2].values, v[[3, 0], :, 2])
        mask = np.array([True, False, True, False])
        assert np.array_equal(e[mask].values, v[mask])
        assert np.array_equal(e[mask, [0, 1]].values, v[np.ix_([0, 2], [0, 1])]), "axes are chosen one by one"
        assert e[..., 1:3].axis("patch").grid is None
        assert e[...] == e == e[:]

    @pytest.mark.parametrize("key", [4, -5, "camera 9", slice("a", "b"), [True, False], [], True, [[0, 1]], (0,) * 4])
    def test_what_can_not_be_chosen(self, key: object) -> None:
        with pytest.raises(LabelError):
            maps()[key]  # type: ignore[index]

    def test_choosing_a_caption_keeps_its_words(self) -> None:
        e = maps()
        start = len(CAPTIONS[0].words)
        chosen = e[:, 1]
        assert chosen.kinds == ("image", "patch")
        assert chosen.captions == (CAPTIONS[1],)
        words = chosen.companions["words"]
        assert words.axis("word").labels == ("a", "blue", "car")
        assert words.axis("word").groups == (0, 0, 0)
        assert words.captions == (CAPTIONS[1],)
        assert np.array_equal(words.values, e.companions["words"].values[:, start : start + 3])
        assert chosen.companions["logits"].shape == (N,)
        assert chosen.companions["curve"] == e.companions["curve"]

    def test_captions_in_another_order_bring_their_words_along(self) -> None:
        words = maps()[:, [2, 0]].companions["words"]
        assert words.axis("word").labels == ("trees", "at", "night", *(w.text for w in CAPTIONS[0].words))
        assert words.axis("word").groups == (0,) * 3 + (1,) * len(CAPTIONS[0].words)
        assert words.captions == (CAPTIONS[2], CAPTIONS[0])

    def test_choosing_pictures_brings_them_along(self) -> None:
        e = maps()
        chosen = e[["camera 2", 0]]
        assert chosen.images == (e.images[2], e.images[0])
        assert chosen.companions["words"].images == (e.images[2], e.images[0])
        one = e[3, 1]
        assert one.images == (e.images[3],)
        assert one.companions["words"].shape == (3,)
        assert one.companions["logits"].shape == (1,), "a companion stays an explanation"
        assert float(one.companions["logits"].values[0]) == e.companions["logits"][3, 1]
        assert one[2] == e[3, 1, 2]

    def test_by_kind(self) -> None:
        e = maps()
        assert e.select(caption=1, image="camera 2") == e[2, 1]
        words = e.companions["words"].select(caption="a blue car")
        assert words == e[:, 1].companions["words"]
        assert e.companions["words"].select(caption=[1, 2]).captions == (CAPTIONS[1], CAPTIONS[2])
        with pytest.raises(LabelError, match="image, caption, patch"):
            e.select(layer=0)

    def test_ambiguous_labels_list_the_choices(self) -> None:
        words = maps().companions["words"]
        with pytest.raises(LabelError, match=r"'a#0', 'a#4', 'a#6'"):
            words[0, "a"]
        assert words[0, "a#4"] == words.values[0, 4]
        for wrong in ("a#1", "a#99", "#", "red#x"):
            with pytest.raises(LabelError):
                words[0, wrong]
        with pytest.raises(LabelError, match=r"Did you mean 'truck'\?"):
            words[0, "truk"]

    def test_errors_are_narrowed(self) -> None:
        e = Explanation.from_array(np.arange(6).reshape(2, 3), kinds=("image", "word"), errors=np.ones((2, 3)))
        assert np.array_equal(e[0, :2].errors, [1, 1])  # type: ignore[union-attr,arg-type]

    def test_maps(self) -> None:
        e = maps()
        assert np.array_equal(e.map(2, 1), e.values[2, 1].reshape(2, 3))
        assert np.array_equal(e.map("camera 2", "a blue car"), e.map(2, 1))
        assert np.array_equal(e[2, 1].map(), e.map(2, 1))
        layers = Explanation.from_array(np.arange(8).reshape(2, 4), kinds=("layer", "patch"))
        assert layers.map(layer=1).tolist() == [[4, 5], [6, 7]]
        with pytest.raises(InputError, match=r"map\(layer=0\)"):
            layers.map()
        with pytest.raises(InputError, match="grid"):
            e[..., :3].map()
        with pytest.raises(LabelError, match="'patch'"):
            e.companions["logits"].map()


class TestComparing:
    def test_equality(self) -> None:
        e = maps()
        assert e == maps()
        for other in (
            e[::-1],
            replace(e, title="x"),
            replace(e, unit="x"),
            replace(e, values=e.values + 1),
            replace(e, errors=e.values),
            replace(e, total=1.0),
            replace(e, origin=None),
            replace(e, companions={}),
            replace(e, captions=()),
            replace(e, images=e.images[::-1]),
        ):
            assert e != other
        assert e != 3
        with pytest.raises(TypeError, match="hash"):
            hash(e)

    def test_repr_is_one_line(self) -> None:
        assert repr(maps()) == (
            "Explanation(image 4 x caption 3 x patch 6, relevance, 'Maps', with words, logits, curve)"
        )

    def test_renamed(self) -> None:
        assert maps().renamed("Other").title == "Other"

    def test_draws_itself(self) -> None:
        html = replace(maps(), title="<b>Maps</b>")._repr_html_()
        assert "&lt;b&gt;Maps" in html
        assert "a red truck" in html
        assert html.count("data:image/") >= N
        assert "<script" not in html
        assert "http" not in html
