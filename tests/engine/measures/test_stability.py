"""Stability under small changes: an explainer that stays, one that follows the picture, one that jumps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.measures.stability import stability
from saii_widgets.engine.small_changes import near_captions, small_changes, whole_score
from tests.engine.measures.planted_pair import planted
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = Caption.parse("red truck near fence")
N = 9


def _pair(explain: Any, game: Any = lambda keep: keep.sum(1) * 100, **more: Any) -> Any:
    image = pictures(1)[0]

    def make(_: Any) -> Any:
        return lambda images, captions: Explanation.from_array(
            explain(images[0], captions[0]), kinds="patch", grid=(3, 3), image=images[0], caption=captions[0]
        )

    told = make(None)([image], [CAPTION])
    model = tiny_model("clip")
    return planted(told, game, N, 4, model=model, image=image, caption=CAPTION, make=make, **more)


def test_an_explanation_that_stays_agrees_with_itself() -> None:
    alike, unified = stability(_pair(lambda *_: np.arange(9.0)))
    assert (alike.value, alike.low, alike.high) == pytest.approx((1, 1, 1))
    assert unified.value == 0
    assert "It stays as it is" in alike.says


def test_an_explanation_that_jumps_is_told() -> None:
    rng = np.random.default_rng(0)
    alike, unified = stability(_pair(lambda *_: rng.normal(size=9)))
    assert alike.value is not None
    assert alike.value < 0.6
    assert "do not rely" in alike.says
    assert unified.value is not None
    assert unified.value > 1


def test_unified_stability_equals_a_plain_maximum() -> None:
    def explain(image: Image.Image, caption: Caption) -> np.ndarray:
        pixels = np.asarray(image, float).mean()
        return np.arange(9.0) + pixels / 50 * np.ones(9) + (caption.text != CAPTION.text) * np.eye(9)[0]

    pair = _pair(explain)
    _, unified = stability(pair)
    before = np.float32(explain(pair.image, pair.caption))
    plain = [
        np.linalg.norm(np.float32(explain(one.image, one.caption)) - before) / np.linalg.norm(before) / one.size
        for one in small_changes(pair.model, pair.image, pair.caption)
        if one.size
    ]
    assert unified.value == pytest.approx(max(plain), rel=1e-5)


def test_changes_that_move_the_score_do_not_count() -> None:
    (_, unified) = stability(_pair(lambda *_: np.arange(9.0), game=lambda keep: np.zeros(len(keep))))
    assert unified.value is None
    assert "No small change leaves the score" in unified.says


def test_without_a_way_to_compute_it_anew_it_says_so() -> None:
    told = Explanation.from_array(np.arange(9.0), kinds="patch", grid=(3, 3))
    pair = planted(told, lambda keep: keep.sum(1), N, 4, image=pictures(1)[0], caption=CAPTION)
    with pytest.raises(InputError, match="compute the explanation anew; got an explanation by an unnamed method"):
        stability(pair)


def test_small_changes_are_small_and_their_sizes_are_right() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    found = {one.name: one for one in small_changes(model, image, CAPTION)}
    noise = found["noise"]
    a, b = (np.asarray(one, float) / 255 for one in (image, noise.image))
    assert noise.size == pytest.approx(np.sqrt(((a - b) ** 2).mean()))
    assert 0 < noise.size < 0.02
    assert noise.caption == CAPTION
    shifted = np.asarray(found["a shift by one pixel"].image)
    assert np.array_equal(shifted[:, 1:], np.asarray(image)[:, :-1])
    swaps = [one for one in found.values() if one.image is image]
    assert [one.size for one in swaps] == [0.25] * len(swaps)
    assert len(swaps) == 2  # red and truck; the vocabulary has no lone "fence"
    joint = [one for one in found.values() if one.image is not image and one.caption != CAPTION]
    assert joint[0].size == pytest.approx(np.hypot(noise.size, 0.25))


def test_near_captions_are_the_nearest() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    (name, swapped), _ = near_captions(model, image, CAPTION)
    colours = ("orange", "yellow", "green", "blue", "white", "black", "grey")
    u = model.embed_captions([CAPTION, *(CAPTION.swapped(0, one) for one in colours)]).numpy()
    best = colours[int(np.argmax(u[1:] @ u[0]))]
    assert name == f"“red” as “{best}”"
    assert swapped.text == f"{best} truck near fence"
    logits = model.logits([image], [CAPTION]).values[0, 0]
    assert whole_score(model, image, CAPTION) == pytest.approx(float(logits), rel=1e-5)
