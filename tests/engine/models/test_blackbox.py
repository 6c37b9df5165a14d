"""A closed service: what is asked, what is kept, and what happens when it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.inter_shap import InterShap
from saii_widgets.engine.fusion_game import FusionGame
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.models.model import PairScorer
from tests.engine.tiny_models import pictures

CAPTION = Caption.parse("a red truck near a tree")


class Service:
    """Answers with the mean red of the picture times the letters of the caption, until something is to go wrong."""

    def __init__(self, fails_at: int | None = None, how: str = "raises", mended: bool = False) -> None:
        self.fails_at, self.how, self.mended, self.asked, self.calls = fails_at, how, mended, 0, 0

    def __call__(self, images: list[Image.Image], captions: list[str]) -> Any:
        self.asked += len(images)
        self.calls += 1
        scores = [np.asarray(i)[..., 0].mean() / 255 * len(t) for i, t in zip(images, captions, strict=True)]
        if self.fails_at is None or self.asked < self.fails_at:
            return scores
        if self.mended:
            self.fails_at = None
        if self.how == "raises":
            raise ConnectionError("gone away")
        return [np.nan] * len(scores) if self.how == "nan" else scores[1:]


def boxed(service: Any, **settings: Any) -> BlackBox:
    return BlackBox(service, **({"pause": 0.0, "tries": 1, "name": "service"} | settings))


def test_scores_are_those_of_the_callable_and_paid_for_once() -> None:
    service = Service()
    model = boxed(service, batch=2)
    images = pictures(3)
    assert isinstance(model, PairScorer)
    first = model.score(images, ["a tree"] * 3)
    np.testing.assert_allclose(first, Service()(images, ["a tree"] * 3))
    assert service.asked == 4  # the first pair twice
    copies = [image.copy() for image in images]
    np.testing.assert_array_equal(model.score([*copies, *copies], ["a tree"] * 6), np.tile(first, 2))
    assert service.asked == 4
    assert (model.n_asked, len(model.memory), model.difference) == (4, 3, 0.0)


@pytest.mark.parametrize(("how", "said"), [("raises", "gone away"), ("nan", "NaN"), ("shape", "shape")])
def test_a_failure_at_call_700_of_1000_keeps_what_was_paid_for(how: str, said: str) -> None:
    service = Service(fails_at=700, how=how)
    model = boxed(service, batch=10, grid=(4, 4))
    (image,) = pictures(1)
    game = FusionGame(model.mask_pair(image, CAPTION), 16, 6)
    with pytest.raises(ModelError, match=f"{said}.*scores are kept"):
        game.estimate(1000)
    kept = len(model.memory)
    assert 600 < kept < 700
    assert service.asked < 720
    service.fails_at, before = None, service.asked
    found = game.estimate(1000)
    assert service.asked - before <= 1000 - kept
    assert found.calls <= 1000
    whole = FusionGame(boxed(Service(), grid=(4, 4)).mask_pair(image, CAPTION), 16, 6).estimate(1000)
    np.testing.assert_allclose(found.cross.values, whole.cross.values, atol=1e-9)


def test_a_call_that_fails_once_is_tried_again() -> None:
    service = Service(fails_at=3, mended=True)
    model = boxed(service, tries=2, batch=1)
    np.testing.assert_allclose(model.score(pictures(3), ["a tree"] * 3), Service()(pictures(3), ["a tree"] * 3))
    assert service.calls == 5  # three pairs, one of them asked twice, one tried twice
    with pytest.raises(ModelError, match="gone away"):
        boxed(Service(fails_at=0), tries=3).score(pictures(1), ["a tree"])


def test_the_budget_is_never_overspent_and_can_be_raised() -> None:
    service = Service()
    model = boxed(service, budget=5, batch=2)
    with pytest.raises(ModelError, match="budget for 2 more pairs; got 5 of 5"):
        model.score(pictures(6), ["a tree"] * 6)
    assert service.asked == model.n_asked == 5
    model.budget = 100
    assert len(model.score(pictures(6), ["a tree"] * 6)) == 6
    assert service.asked == 7


def test_answers_that_contradict_each_other_are_found() -> None:
    rng = np.random.default_rng(0)
    noisy = boxed(lambda images, _: rng.normal(size=len(images)))
    with pytest.raises(ModelError, match=r"the same score.*noise="):
        noisy.score(pictures(2), ["a tree"] * 2)
    allowed = boxed(lambda images, _: rng.normal(size=len(images)), noise=100.0)
    assert len(allowed.score(pictures(2), ["a tree"] * 2)) == 2
    assert allowed.difference is not None
    assert allowed.difference > 0


def test_scores_are_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scores" / "service.jsonl"
    service = Service(fails_at=4)
    with pytest.raises(ModelError):
        boxed(service, batch=1, memory=file).score(pictures(5), ["a tree"] * 5)
    again = Service()
    model = boxed(again, memory=file)
    assert len(model.memory) == 2
    model.score(pictures(5), ["a tree"] * 5)
    assert again.asked == 4  # three more, one of them twice
    assert len(boxed(Service(), memory=file).memory) == 5
    with pytest.raises(ModelError, match="scores of 'other"):
        BlackBox(Service(), name="other", memory=file)
    file.write_text("nonsense\n")
    with pytest.raises(ModelError, match="damaged"):
        boxed(Service(), memory=file)


def test_players_are_painted_over_and_words_deleted() -> None:
    seen: list[tuple[Image.Image, str]] = []

    def service(images: list[Image.Image], captions: list[str]) -> list[float]:
        seen.extend(zip(images, captions, strict=True))
        return [0.0] * len(images)

    (image,) = pictures(1, (40, 20))
    pair = boxed(service, grid=(1, 2)).mask_pair(image, CAPTION)
    assert (pair.n_image, pair.n_words) == (2, 6)
    words = np.array([[True, False, True, True, True, True]])
    pair(np.array([[True, False]]), words)
    shown, text = seen[-1]
    pixels = np.asarray(shown)
    np.testing.assert_array_equal(pixels[:, :20], np.asarray(image)[:, :20])
    assert (pixels[:, 20:] == np.asarray(image).mean((0, 1)).round()).all()
    assert text == "a truck near a tree"
    blurred = boxed(service, grid=(1, 2)).mask_pair(image, CAPTION, image_masking="blur")
    blurred(np.array([[False, True]]), words)
    pixels = np.asarray(seen[-1][0])
    np.testing.assert_array_equal(pixels[:, 20:], np.asarray(image)[:, 20:])
    assert pixels[:, :20].std() < np.asarray(image)[:, :20].std()


def test_inter_shap_asks_each_pair_once() -> None:
    service = Service()
    model = boxed(service)
    images, captions = pictures(4), ["a tree", "the bus", "a red truck", "the sky"]
    result = InterShap(model)(images, captions)
    assert service.asked == 17
    f = np.array([[model.score([i], [c])[0] for c in captions] for i in images])
    phi = 0.5 * (f.diagonal() - f.mean(1) - f.mean(0) + f.diagonal().mean())
    np.testing.assert_allclose(result.companions["local"].values[:, 0, 1], phi, atol=1e-5)
    assert result.origin is not None
    assert (result.origin.model, result.origin.encoder_passes) == ("service", 16)


def test_wrong_settings_and_inputs() -> None:
    with pytest.raises(ModelError, match="callable"):
        BlackBox("https://example.org")  # pyright: ignore[reportArgumentType]
    for name in ("budget", "batch", "tries"):
        with pytest.raises(InputError, match=name):
            boxed(Service(), **{name: 0})
    with pytest.raises(InputError, match="as many captions"):
        boxed(Service()).score(pictures(2), ["a tree"])
    with pytest.raises(InputError, match="can be shown"):
        boxed(Service()).mask_pair(pictures(1)[0], CAPTION, image_masking="drop")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="delete"):
        boxed(Service()).mask_pair(pictures(1)[0], CAPTION, caption_masking="attention")  # pyright: ignore[reportArgumentType]
