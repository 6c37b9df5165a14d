"""The stress test: bounds that hold, queries that are counted, steps that go where the formula says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.measures.feedback_modal_mutual_search import FeedbackModalMutualSearch
from saii_widgets.engine.measures.plain_transfer import PlainTransfer
from saii_widgets.engine.measures.retried_transfer import RetriedTransfer
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.surrogate_steps import Bounds, SurrogateSteps
from tests.engine.tiny_models import pictures, tiny_model

CAPTIONS = ["a red truck near a metal fence", "the blue bus", "a tree under the sky", "the road and a sign"]
NEAR = {"red": ["blue"], "truck": ["bus"], "tree": ["fence"], "fence": ["tree"]}
SIZE = (40, 30)


class Stubborn:
    """A model of pairs that is never misled, and counts."""

    name, revision, n = "stubborn", "", 0

    def score(self, images: Sequence[Any], captions: Sequence[Any], **_: Any) -> np.ndarray:
        assert len(images) == len(captions)
        self.n += len(images)
        return np.arange(len(images), 0, -1.0)


def apart(one: Image.Image, other: Image.Image) -> int:
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


def words_apart(before: Caption | None, after: Caption | None) -> int:
    assert before is not None
    assert after is not None
    return sum(a.text != b.text for a, b in zip(before.words, after.words, strict=True))


@pytest.mark.parametrize("epsilon", [2 / 255, 4.6 / 255])
@pytest.mark.parametrize("model_type", ["clip", "siglip"])
def test_epsilon_is_never_exceeded_and_one_word_changes_at_most(model_type: str, epsilon: float) -> None:
    bounds = Bounds(epsilon=epsilon, step=epsilon / 2, n_steps=6, near=NEAR)
    target, surrogate = Stubborn(), tiny_model(model_type)
    attack = FeedbackModalMutualSearch(target, surrogate, n_rounds=2, bounds=bounds)
    levels = int(epsilon * 255)
    for one in attack(pictures(4, SIZE), CAPTIONS):
        assert one.after.image.size == SIZE
        assert one.largest_change == apart(one.before.image, one.after.image) == levels, "all of it is used"
        size = (24, 32)[::-1] if model_type == "clip" else (24, 24)
        resized = (scene.image.resize(size, Image.Resampling.BICUBIC) for scene in (one.before, one.after))
        assert apart(*resized) <= levels
        assert words_apart(one.before.caption, one.after.caption) <= 1


def test_queries_are_counted_and_rounds_end_with_the_budget() -> None:
    for budget, rounds in ((None, 3), (100, 3), (12, 2), (11, 1), (4, 0)):
        target = Stubborn()
        attack = FeedbackModalMutualSearch(
            target, tiny_model("clip"), n_rounds=3, budget=budget, bounds=Bounds(n_steps=1)
        )
        (one,) = attack(pictures(4, SIZE), CAPTIONS, pairs=[2])
        assert one.n_queries == target.n == 4 * (1 + rounds)
        assert one.n_steps == rounds
        assert one.similarities.shape == (1 + rounds, 4)
        assert (one.held, one.success) == (True, False)
    with pytest.raises(ModelError, match="a budget for 4 more queries; got 0 of 3 spent"):
        FeedbackModalMutualSearch(Stubborn(), tiny_model("clip"), budget=3)(pictures(4), CAPTIONS)


def test_a_closed_model_is_asked_and_its_calls_agree_with_the_count() -> None:
    model = tiny_model("clip", seed=1)
    asked: list[int] = []

    def score(images: list[Image.Image], texts: list[str]) -> np.ndarray:
        asked.append(len(images))
        return (model.embed_images(images) * model.embed_captions(texts)).sum(1).numpy()

    closed = BlackBox(score)
    bounds = Bounds(n_steps=2, near=NEAR)
    attack = FeedbackModalMutualSearch(closed, tiny_model("clip"), n_rounds=2, bounds=bounds)
    found = attack(pictures(4, SIZE), CAPTIONS)
    assert sum(asked) <= sum(one.n_queries for one in found) + 1, "the black box asks its first pair twice"
    open_attack = FeedbackModalMutualSearch(model, tiny_model("clip"), n_rounds=2, bounds=bounds)
    for one, other in zip(found, open_attack(pictures(4, SIZE), CAPTIONS), strict=True):
        assert (one.success, one.n_queries) == (other.success, other.n_queries)
        assert apart(one.after.image, other.after.image) == 0


def test_it_stops_when_the_target_is_misled_and_leaves_pairs_that_it_never_ranked_right() -> None:
    class Easy(Stubborn):
        """Right at first, wrong from the second ranking on; the last pair is wrong from the start."""

        def score(self, images: Sequence[Any], captions: Sequence[Any], **_: Any) -> np.ndarray:
            first = self.n % 8 == 0 and str(captions[0]) != CAPTIONS[3]
            return super().score(images, captions) * (1 if first else -1)

    found = FeedbackModalMutualSearch(Easy(), tiny_model("clip"), n_rounds=5, bounds=Bounds(n_steps=2))(
        pictures(4, SIZE), CAPTIONS
    )
    assert [(one.held, one.success, one.n_queries, one.n_steps) for one in found[:3]] == [(True, True, 8, 2)] * 3
    last = found[3]
    assert (last.held, last.success, last.n_queries, last.n_steps, last.largest_change) == (False, False, 4, 0, 0)
    assert last.to_dict()["caption after"] == CAPTIONS[3]


def test_steps_lower_the_objective_and_the_first_is_the_sign_of_its_gradient() -> None:
    surrogate, (image,) = tiny_model("clip"), pictures(1, (24, 24))
    bounds = Bounds(n_steps=1, scales=(1.0,), near={})
    steps = SurrogateSteps(surrogate, image, Caption.parse(CAPTIONS[0]), bounds)
    own, other = surrogate.embed_captions(CAPTIONS[:2])

    def objective(picture: Image.Image) -> float:
        v = surrogate.embed_images([picture])[0]
        return float(v @ own - v @ other)

    before = objective(image)
    steps.move_picture(other)
    moved = (steps._now - steps._clean)[0]
    inside = ((steps._clean > 0.01) & (steps._clean < 0.99))[0]
    assert torch.allclose(moved[inside].abs(), torch.tensor(0.5 / 255, dtype=torch.float64))
    row, column = map(int, torch.nonzero(inside[0])[0])
    slopes = []
    for sign in (1, -1):
        pixels = np.asarray(image, float).transpose(2, 0, 1)[None].copy() / 255
        pixels[0, 0, row, column] += sign * 1e-4
        v = steps._embed(torch.from_numpy(pixels))[0]
        slopes.append(float((v @ (own - other)).detach()))
    assert np.sign(slopes[0] - slopes[1]) == -np.sign(float(moved[0, row, column]))
    for _ in range(9):
        steps.move_picture(other)
    assert objective(steps.picture()) < before


def test_the_caption_step_takes_the_best_of_all_swaps() -> None:
    surrogate, (image,) = tiny_model("clip"), pictures(1, (24, 24))
    steps = SurrogateSteps(surrogate, image, Caption.parse(CAPTIONS[0]), Bounds(near=NEAR))
    assert {str(one) for one in steps.captions} == {
        CAPTIONS[0],
        "a blue truck near a metal fence",
        "a red bus near a metal fence",
    }, "'metal fence' is one word of the lexicon"
    v, w = surrogate.embed_images(pictures(2, (24, 24)))
    steps.move_caption(w)
    slow = min(steps.captions, key=lambda one: float(surrogate.embed_captions([one])[0] @ (v - w)))
    assert steps.changed_caption == slow


@pytest.mark.parametrize("attack", [FeedbackModalMutualSearch, PlainTransfer, RetriedTransfer])
def test_the_same_seed_gives_the_same_attack(attack: Any) -> None:
    made = [
        attack(tiny_model("clip", seed=1), tiny_model("clip"), n_rounds=2, bounds=Bounds(n_steps=2), seed=3)(
            pictures(4, SIZE), CAPTIONS
        )
        for _ in range(2)
    ]
    for one, other in zip(*made, strict=True):
        assert one.to_dict() == other.to_dict()
        assert apart(one.after.image, other.after.image) == 0


def test_plain_transfer_asks_twice_and_takes_as_many_steps() -> None:
    target = Stubborn()
    (one,) = PlainTransfer(target, tiny_model("clip"), n_rounds=3, bounds=Bounds(n_steps=2))(
        pictures(4, SIZE), CAPTIONS, pairs=[0]
    )
    assert (one.n_queries, target.n, one.n_steps, one.largest_change) == (8, 8, 6, 2)
    assert one.similarities.axis("round").labels == ("before", "after round 3")


def test_retried_transfer_asks_after_each_round_and_begins_anew() -> None:
    target, bounds = Stubborn(), Bounds(n_steps=1, near={})
    (one,) = RetriedTransfer(target, tiny_model("clip"), n_rounds=3, bounds=bounds)(
        pictures(4, SIZE), CAPTIONS, pairs=[0]
    )
    assert (one.n_queries, target.n, one.n_steps) == (16, 16, 3)
    assert one.largest_change == 2, "one step of half a level, so from a random start"
    (first,) = RetriedTransfer(Stubborn(), tiny_model("clip"), n_rounds=1, bounds=bounds)(
        pictures(4, SIZE), CAPTIONS, pairs=[0]
    )
    (plain,) = PlainTransfer(Stubborn(), tiny_model("clip"), n_rounds=1, bounds=bounds)(
        pictures(4, SIZE), CAPTIONS, pairs=[0]
    )
    assert apart(first.after.image, plain.after.image) == 0, "the first round is plain transfer"


def test_a_restart_is_anywhere_within_epsilon() -> None:
    (image,) = pictures(1, (24, 24))
    steps = SurrogateSteps(tiny_model("clip"), image, Caption.parse(CAPTIONS[0]), Bounds(near=NEAR))
    steps.move_caption(tiny_model("clip").embed_images(pictures(2, (24, 24)))[1])
    steps.restart(np.random.default_rng(0))
    change = 255 * (steps._now - steps._clean)
    assert steps.changed_caption.text == CAPTIONS[0]
    assert float(change.abs().max()) <= 2 + 1e-9
    assert float(change.std()) == pytest.approx(2 / np.sqrt(3), rel=0.1)
    assert float(steps._now.min()) >= 0
    assert float(steps._now.max()) <= 1


def test_the_embedded_model_is_misled_through_itself() -> None:
    """With the target as its own surrogate the search must find what it looks for."""
    from saii_widgets.data.scenes import draw

    model = load_model("embedded", device="cpu")
    scenes = [draw(k) for k in (3, 5, 8, 11)]
    captions = [scene.caption(1) for scene in scenes]
    attack = FeedbackModalMutualSearch(model, model, n_rounds=4)
    found = attack([scene.image for scene in scenes], captions, pairs=[0, 1])
    assert all(one.success for one in found if one.held)
    assert max(one.largest_change for one in found) == 2
    own, *others = found[0].similarities.values[-1]
    assert max(others) > own


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FeedbackModalMutualSearch(Stubborn(), Stubborn()), "a dual encoder whose gradients"),  # pyright: ignore[reportArgumentType]
        (lambda: FeedbackModalMutualSearch(7, tiny_model("clip")), "a model that scores pictures"),  # pyright: ignore[reportArgumentType]
        (lambda: FeedbackModalMutualSearch(Stubborn(), tiny_model("clip"), n_rounds=0), "1 or more rounds"),
        (lambda: FeedbackModalMutualSearch(Stubborn(), tiny_model("clip"), top=0), "1 or more captions"),
        (lambda: FeedbackModalMutualSearch(Stubborn(), tiny_model("clip"), budget=0), "a budget of 1 or more"),
        (lambda: Bounds(epsilon=0.1 / 255), "an epsilon from 1/255"),
        (lambda: Bounds(step=3 / 255), "a step up to epsilon"),
        (lambda: Bounds(push=-1), "a weight of 0 or more"),
        (lambda: FeedbackModalMutualSearch(Stubborn(), tiny_model("siglip2"))(pictures(2), CAPTIONS[:2]), "one size"),
        (lambda: PlainTransfer(Stubborn(), tiny_model("clip"))(pictures(2), CAPTIONS), "two or more pictures with"),
        (lambda: PlainTransfer(Stubborn(), tiny_model("clip"))(pictures(2), CAPTIONS[:2], pairs=[2]), "pairs from 0"),
    ],
)
def test_wrong_input_says_what_to_do(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
