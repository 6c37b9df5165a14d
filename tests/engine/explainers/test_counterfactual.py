"""Counterfactual against a plain loop: each shorter caption and each greyed picture asked by itself, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers import counterfactual
from saii_widgets.engine.explainers.counterfactual import Counterfactual
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.runtime import Cancelled
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTION = Caption.parse("a red truck near a metal fence", Lexicon.traffic())  # metal fence counts as one word
OTHERS = ["the blue bus", "a tree under the sky"]


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model(request: pytest.FixtureRequest) -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model(request.param)


def plain(model: TwoTowers, image: Image.Image, caption: Caption | str) -> tuple[NDArray, NDArray]:
    """Probabilities of a caption and of the others, and the caption's map, for one picture."""
    v, u = model.embed_images([image]), model.embed_captions([caption, *OTHERS])
    logits = (v @ u.T * model.scale + model.bias).numpy()[0]
    whole = np.exp(logits).sum() if model.probability == "softmax" else 1 + np.exp(logits)
    return np.exp(logits) / whole, Relevance(model)([image], [caption]).values[0, 0]


def close(result: Explanation, expected: list[tuple[NDArray, NDArray]]) -> None:
    shares, maps = zip(*expected, strict=True)
    np.testing.assert_allclose(result.values, np.stack(shares), rtol=1e-4)
    np.testing.assert_allclose(result.companions["maps"].values, np.stack(maps), rtol=1e-4, atol=1e-7)


def places(result: Explanation) -> list[int]:
    assert result.origin is not None
    return list(result.origin.settings["places"])


def test_words_by_importance_equal_a_plain_loop(model: TwoTowers) -> None:
    (image,) = pictures(1)
    result = Counterfactual(model)(image, CAPTION, OTHERS)
    relevance = Relevance(model)([image], [CAPTION]).companions["words"].values[0]
    first, second = (1, 2) if relevance[1] > relevance[2] else (2, 1)
    assert places(result) == [first, second]
    left = [CAPTION, CAPTION.without([first]), "a metal fence"]
    close(result, [plain(model, image, caption) for caption in left])
    words = [CAPTION.words[place].text for place in (first, second)]
    assert result.axis("step").labels == ("0: nothing", f"1: {words[0]}", f"2: {words[1]}")
    assert result.axis("caption").labels == (CAPTION.text, *OTHERS)


def test_words_in_my_order_equal_a_plain_loop(model: TwoTowers) -> None:
    (image,) = pictures(1)
    result = Counterfactual(model)(image, CAPTION, OTHERS, order=[5, 1])
    assert places(result) == [5, 1]
    close(result, [plain(model, image, text) for text in (CAPTION, "a red truck", "a truck")])


@pytest.mark.parametrize("at_once", [2, 32])
def test_patches_by_importance_equal_a_plain_loop(
    model: TwoTowers, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the picture is held in fewer copies at a time than there are steps."""
    monkeypatch.setattr(counterfactual, "_AT_ONCE", at_once)
    (image,) = pictures(1, (48, 48))
    result = Counterfactual(model, of="patches", n_steps=4)(image, CAPTION, OTHERS)
    relevance = Relevance(model)([image], [CAPTION]).values[0, 0]
    assert places(result) == np.argsort(-relevance, kind="stable")[:4].tolist()
    axis = model.patch_axis(image)
    assert axis.boxes is not None
    greyed = np.asarray(image).copy()
    expected = [plain(model, image, CAPTION)]
    for place in places(result):
        left, top, right, bottom = np.rint(axis.boxes[place] * 48).astype(int)
        greyed[top:bottom, left:right] = 128
        expected.append(plain(model, Image.fromarray(greyed), CAPTION))
    close(result, expected)


def test_all_patches_leave_a_grey_picture() -> None:
    model, (image,) = tiny_model("clip"), pictures(1, (24, 24))
    result = Counterfactual(model, of="patches")(image, CAPTION, OTHERS)
    assert result.shape == (10, 3)
    grey = plain(model, Image.new("RGB", (24, 24), (128, 128, 128)), CAPTION)[0]
    np.testing.assert_allclose(result.values[-1], grey, rtol=1e-4)


def test_which_words_go() -> None:
    model, (image,) = tiny_model("clip"), pictures(1)
    around = Counterfactual(model, role="non-principal")(image, CAPTION, OTHERS)
    assert places(around) == [5]
    everything = Counterfactual(model, role=None)(image, CAPTION, OTHERS)
    assert set(places(everything)) < {1, 2, 5}, "all that names something, as long as something stays"
    assert Counterfactual(model, n_steps=1)(image, CAPTION, OTHERS).shape == (2, 3)


def test_each_other_text_counts_once_and_the_caption_is_not_its_own_rival() -> None:
    model, (image,) = tiny_model("clip"), pictures(1)
    result = Counterfactual(model)(Scene(image, name="camera"), CAPTION, [OTHERS[0], CAPTION.text, *OTHERS])
    assert result.axis("caption").labels == (CAPTION.text, *OTHERS)
    np.testing.assert_array_equal(result.values, Counterfactual(model)(image, CAPTION, OTHERS).values)


def test_an_honest_count_of_passes() -> None:
    """One picture and one caption for the order; then the picture, three captions and two others."""
    model, (image,) = tiny_model("clip"), pictures(1)
    origin = Counterfactual(model)(image, CAPTION, OTHERS).origin
    assert origin is not None
    assert origin.encoder_passes == 2 + 1 + 3 + 2


@pytest.mark.parametrize(
    ("settings", "asked", "message"),
    [
        ({"of": "letters"}, {}, "'words' or 'patches'; got 'letters'"),
        ({"role": "verb"}, {}, "one of the roles 'principal'"),
        ({"n_steps": 0}, {}, "at least one step"),
        ({}, {"others": [CAPTION]}, "at least one other caption"),
        ({}, {"order": "size"}, "'importance' or places in order; got 'size'"),
        ({}, {"order": []}, "places of the 6 words"),
        ({}, {"order": [1, 1]}, "places of the 6 words"),
        ({}, {"order": [-1]}, "places of the 6 words"),
        ({"of": "patches"}, {"order": [9]}, "places of the 9 patches"),
    ],
)
def test_wrong_input_says_what_to_do(settings: Any, asked: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Counterfactual(tiny_model("clip"), **settings)(*pictures(1), CAPTION, **{"others": OTHERS, **asked})


def test_a_caption_that_would_be_gone_is_refused() -> None:
    explain = Counterfactual(tiny_model("clip"))
    (image,) = pictures(1)
    with pytest.raises(CaptionError, match=r"'a metal fence' and its principal words"):
        explain(image, Caption.parse("a metal fence", Lexicon.traffic()), OTHERS)
    with pytest.raises(CaptionError, match="of which something stays"):
        explain(image, CAPTION, OTHERS, order=[1, 2, 5])


def test_cancelling_reaches_the_caller() -> None:
    def stop(*_: Any) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Counterfactual(tiny_model("clip"), progress=stop)(*pictures(1), CAPTION, OTHERS)


def test_roles_are_as_named() -> None:
    assert Counterfactual(tiny_model("clip"), role="function").role is Role.FUNCTION
