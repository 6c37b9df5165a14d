"""`Interactions` of models that are asked for whole pairs: matchers, services and plain callables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import CaptionError, InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine import fusion_call
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import all_coalitions
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder
from saii_widgets.engine.runtime import Cancelled
from tests.engine.models.tiny_fusion import FUSION_MODELS, tiny_fusion
from tests.engine.test_interactions import Weight, banzhaf, expected, shapley
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck near the fence"
WORDS = len(CAPTION.split())


@pytest.fixture(scope="module")
def matcher() -> FusionModel:
    torch.set_num_threads(1)
    return tiny_fusion("vilt")


class Service:
    """Red of the left half for the word "red", dark of the right half for "truck", and more for both together."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.fails_at, self.asked = fails_at, 0

    def __call__(self, images: list[Image.Image], captions: list[str]) -> list[float]:
        self.asked += len(images)
        if self.fails_at is not None and self.asked >= self.fails_at:
            raise ConnectionError("gone away")
        return [self.one(np.asarray(image) / 255, text.split()) for image, text in zip(images, captions, strict=True)]

    @staticmethod
    def one(pixels: np.ndarray, words: list[str]) -> float:
        half = pixels.shape[1] // 2
        left, right = pixels[:, :half, 0].mean(), 1 - pixels[:, half:].mean()
        red, truck = "red" in words, "truck" in words
        return 3 * left * red + 2 * right * truck + np.sin(4 * left * right * red * truck) + 0.1 * len(words)


def boxed(service: Any, **settings: Any) -> BlackBox:
    return BlackBox(service, **({"pause": 0.0, "tries": 1, "name": "service", "grid": (2, 2)} | settings))


def said_of(result: Explanation) -> dict[str, Any]:
    assert result.origin is not None
    return dict(result.origin.settings)


def table_of(model: Any, picture: Image.Image, players: str, masking: tuple[str, str]) -> tuple[np.ndarray, int, int]:
    """Scores of all 2^(n + m) coalitions, players of the picture first, through `mask_pair` alone."""
    read = Caption.parse(CAPTION)
    of_image, of_caption = image_players(model, picture, players), caption_players(model, read)
    n, m = len(of_image), len(of_caption)
    keep = all_coalitions(n + m)
    pair = model.mask_pair(picture, read, of_image, of_caption, image_masking=masking[0], caption_masking=masking[1])
    return pair(keep[:, :n], keep[:, n:]), n, m


INDICES: list[tuple[dict[str, Any], Weight]] = [
    ({"index": "banzhaf", "p": 0.3}, banzhaf(0.3)),
    ({"index": "banzhaf"}, banzhaf(0.5)),
    ({"index": "banzhaf", "p": 0.7}, banzhaf(0.7)),
    ({"index": "shapley"}, shapley),
]


def check_against_definition(result: Explanation, wanted: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(result.values, wanted["cross"], atol=1e-6)
    assert result.errors is not None
    assert not result.errors.any()
    for name in ("word", "patch", "words", "patches"):
        np.testing.assert_allclose(result.companions[name].values, wanted[name], atol=1e-6, err_msg=name)


@pytest.mark.parametrize(("settings", "weight"), INDICES)
@pytest.mark.parametrize("masking", [("mean", "attention"), ("drop", "delete")])
def test_equals_brute_force(matcher: FusionModel, masking: Any, settings: dict[str, Any], weight: Weight) -> None:
    (picture,) = pictures(1)
    table, n, m = table_of(matcher, picture, "blocks 2", masking)
    explainer = Interactions(matcher, order=2, players="blocks 2", masking=masking, budget=2 ** (n + m), **settings)
    result = explainer(picture, CAPTION)
    assert (result.kinds, result.shape, result.unit) == (("word", "patch"), (m, n), "logit")
    check_against_definition(result, expected(table, n, m, weight))
    assert said_of(result)["every_coalition"]


@pytest.mark.parametrize(("settings", "weight"), INDICES)
def test_a_callable_equals_brute_force(settings: dict[str, Any], weight: Weight) -> None:
    (picture,) = pictures(1)
    service = Service()
    model = boxed(service)
    result = Interactions(model, order=2, budget=2 ** (4 + WORDS), **settings)(picture, CAPTION)
    asked = service.asked
    table, n, m = table_of(model, picture, "patches", ("mean", "delete"))
    check_against_definition(result, expected(table, n, m, weight))
    assert service.asked == asked, "each pair of picture and text was paid for once"
    assert result.unit == "score"
    assert np.abs(result.values[[1, 2]]).max(1).min() > 0.02
    np.testing.assert_allclose(result.values[[0, 3, 4, 5]], 0, atol=1e-6)


@pytest.mark.parametrize("kind", FUSION_MODELS)
def test_every_family_of_matchers_is_explained(kind: str) -> None:
    model = tiny_fusion(kind)
    assert isinstance(model, CoalitionScorer)
    assert not isinstance(model, DualEncoder)
    result = Interactions(model, budget=100)(pictures(1)[0], CAPTION)
    assert result.shape == (6, len(result.axis("patch")))
    assert said_of(result).get("answer") == (model.answer or None)
    assert 0 < np.median(result.errors) < np.abs(result.values).max()  # pyright: ignore


def test_players_are_those_of_dual_encoders(matcher: FusionModel) -> None:
    dual, (picture,) = tiny_model("clip"), pictures(1, (24, 24))
    masks = {"left": np.zeros((24, 24), bool), "right": np.zeros((24, 24), bool)}
    masks["left"][:, :12], masks["right"][:, 12:] = True, True
    for players in ("blocks 2", "phrases", (masks, [[0, 1], [4]]), ("slic 4", "words"), "tokens"):
        one = Interactions(matcher, players=players, budget=300)(picture, CAPTION)
        other = Interactions(dual, players=players, budget=300)(picture, CAPTION)
        for kind in ("word", "patch"):
            assert one.axis(kind).labels == other.axis(kind).labels
        assert one.axis("word").roles == other.axis("word").roles
        assert said_of(one)["players"] == said_of(other)["players"]
        service = Interactions(boxed(Service(), grid=(3, 3)), players=players, budget=300)(picture, CAPTION)
        assert service.axis("word").labels == one.axis("word").labels
        assert service.axis("patch").labels == one.axis("patch").labels


def test_many_pairs_in_one_call(matcher: FusionModel) -> None:
    first, second = pictures(2)
    scenes = [Scene(first, CAPTION, name="north"), Scene(second, "the blue bus", name="south")]  # pyright: ignore
    settings: dict[str, Any] = {"players": "blocks 2", "budget": 60, "order": 2}
    many = Interactions(matcher, **settings)(scenes)
    n = len(many.axis("patch"))
    assert (many.kinds, many.shape) == (("image", "word", "patch"), (2, 9, n))
    assert many.axis("image").labels == ("north", "south")
    assert many.companions["r2"].shape == (2, 2)
    shapes = {name: part.shape for name, part in many.companions.items()}
    assert (shapes["words"], shapes["patches"], shapes["patch"]) == ((2, 9, 9), (2, 2, n, n), (2, 2, n))
    alone = Interactions(matcher, **settings)(second, CAPTION)
    np.testing.assert_array_equal(many.values[1, :6], alone.values)
    np.testing.assert_array_equal(many.companions["word"].values[1, :6], alone.companions["word"].values)
    np.testing.assert_array_equal(many.companions["patches"].values[1, 0], alone.companions["patches"].values)
    assert many.companions["r2"].values[1, 0] == pytest.approx(said_of(alone)["r2"], abs=1e-4)
    np.testing.assert_array_equal(many.companions["words"].values[:, :6, 6:], 0)


def test_results_say_how_they_came_about(matcher: FusionModel) -> None:
    result = Interactions(matcher, p=0.3, budget=100, seed=7, masking=("drop", "delete"))(pictures(1)[0], CAPTION)
    assert result.origin is not None
    assert (result.origin.masking, result.origin.seed) == ("picture: drop, caption: delete", 7)
    said = said_of(result)
    assert (said["p"], said["coalitions_each"], said["every_coalition"]) == (0.3, 100, False)
    assert said["calls"] == result.origin.encoder_passes
    assert 90 <= said["calls"] <= 102  # the whole pair is asked twice more
    assert -1 < said["r2"] < 1
    default = Interactions(boxed(Service()), budget=60)(pictures(1)[0], CAPTION)
    assert default.origin is not None
    assert default.origin.masking == "picture: mean, caption: delete"


def test_a_plain_callable_is_taken_as_a_service() -> None:
    (picture,) = pictures(1)
    explainer = Interactions(Service(), budget=60, players=("blocks 4", "words"))
    assert isinstance(explainer.model, BlackBox)
    result = explainer(picture, CAPTION)
    assert result.origin is not None
    assert result.origin.model == "Service"
    by_name = Interactions(boxed(Service(), grid=(7, 7)), budget=60, players=("blocks 4", "words"))(picture, CAPTION)
    np.testing.assert_array_equal(result.values, by_name.values)
    shown = Interactions(boxed(Service(), unit="probability"), budget=60)(picture, CAPTION)
    assert shown.unit == shown.companions["word"].unit == "probability"


def test_a_failure_at_call_700_of_1000_can_be_resumed() -> None:
    (picture,) = pictures(1)
    service = Service(fails_at=700)
    explainer = Interactions(boxed(service, batch=10, grid=(4, 4)), budget=1000)
    with pytest.raises(ModelError, match=r"gone away.*scores are kept"):
        explainer(picture, CAPTION)
    service.fails_at, paid = None, service.asked
    found = explainer(picture, CAPTION)
    assert service.asked <= 1001 + 10  # one pair twice, and the batch that failed
    assert service.asked - paid < 320
    untroubled = Interactions(boxed(Service(), grid=(4, 4)), budget=1000)(picture, CAPTION)
    np.testing.assert_array_equal(found.values, untroubled.values)
    asked = service.asked
    np.testing.assert_array_equal(explainer(picture, CAPTION).values, found.values)
    assert service.asked == asked


def test_scores_are_kept_in_a_study(matcher: FusionModel, tmp_path: Path) -> None:
    (picture,), study = pictures(1), Study()
    first = Interactions(matcher, budget=100, study=study)(picture, CAPTION)
    study.save(tmp_path / "kept.saii")
    reopened = Study.load(tmp_path / "kept.saii")
    again = Interactions(matcher, budget=100, study=reopened)(picture, CAPTION)
    np.testing.assert_array_equal(again.values, first.values)
    assert said_of(again)["calls"] == 2, "only the whole pair, to see that the model is the same"
    more = Interactions(matcher, budget=150, study=reopened)(picture, CAPTION)
    assert said_of(more)["calls"] <= 52
    other = Interactions(tiny_fusion("vilt", seed=1), budget=100, study=reopened)(picture, CAPTION)
    assert said_of(other)["calls"] > 90
    assert (other.values != first.values).any()


def test_refinement_begins_coarse_and_ends_with_the_budget(matcher: FusionModel) -> None:
    (picture,) = pictures(1)
    steps = list(Interactions(matcher, budget=500).refine(picture, CAPTION))
    calls = [said_of(step)["coalitions_each"] for step in steps]
    assert calls == sorted(calls)
    assert (calls[0] < 50, calls[-1]) == (True, 500)
    assert [said_of(step)["r2"] is not None for step in steps] == [False] * (len(steps) - 1) + [True]
    errors = [np.mean(step.errors) for step in steps if step.errors is not None]
    assert errors[-1] < errors[0] / 2
    np.testing.assert_array_equal(steps[-1].values, Interactions(matcher, budget=500)(picture, CAPTION).values)
    assert said_of(steps[-1])["calls"] <= 502


def test_auto_stops_when_errors_are_small_or_at_what_is_allowed(
    matcher: FusionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (picture,) = pictures(1)
    said = said_of(Interactions(matcher, players="blocks 2")(picture, CAPTION))
    assert said["every_coalition"] or said["error_over_spread"] <= 0.1
    assert not said["notes"]
    service = Service()
    allowed = said_of(Interactions(boxed(service, budget=200, grid=(4, 4)))([picture], [CAPTION, "the blue bus"]))
    assert service.asked <= 200
    assert allowed["coalitions_each"] <= 100
    assert "before the errors were small" in allowed["notes"][0]
    with pytest.raises(InputError, match=r"may still be asked for 42 pairs.* 28 left"):
        Interactions(boxed(Service(), budget=30, grid=(4, 4)))(picture, CAPTION)
    monkeypatch.setattr(fusion_call, "MOST", 60)
    assert said_of(Interactions(matcher)(picture, CAPTION))["coalitions_each"] == 60


def test_progress_counts_and_cancels(matcher: FusionModel) -> None:
    (picture,) = pictures(1)
    seen: list[tuple[int, int]] = []
    Interactions(matcher, budget=400, progress=lambda done, total, _: seen.append((done, total)))(picture, CAPTION)
    assert seen == sorted(seen)
    assert all(done <= total <= 400 for done, total in seen)
    assert seen[-1][0] > 350

    def stop(done: int, total: int, label: str) -> None:
        del total, label
        if done > 200:
            raise Cancelled

    explainer = Interactions(matcher, budget=400, progress=stop)
    with pytest.raises(Cancelled):
        explainer(picture, CAPTION)
    explainer.progress = None
    assert said_of(explainer(picture, CAPTION))["calls"] < 300, "what was scored before is kept"


def test_r2_of_all_coalitions_is_that_of_least_squares(matcher: FusionModel) -> None:
    (picture,) = pictures(1)
    table, n, m = table_of(matcher, picture, "blocks 2", ("mean", "attention"))
    said = said_of(Interactions(matcher, players="blocks 2", budget=2 ** (n + m))(picture, CAPTION))
    x = all_coalitions(n + m).astype(float)
    pairs = [x[:, i] * x[:, j] for i in range(n + m) for j in range(i)]
    design = np.stack([np.ones(len(x)), *x.T, *pairs], 1)
    left = table - design @ np.linalg.lstsq(design, table, rcond=None)[0]
    assert said["r2"] == pytest.approx(1 - left.var() / table.var(), abs=1e-4)
    sampled = said_of(Interactions(matcher, players="blocks 2", budget=2 ** (n + m) - 1)(picture, CAPTION))
    assert sampled["r2"] == pytest.approx(said["r2"], abs=0.1)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"prediction": "product"}, "no two sides to multiply"),
    ({"nodes": 3}, "leave nodes out"),
    ({"masking": "grey"}, "a masking"),
    ({"masking": "drop"}, "Pictures: mean, blur; captions: delete"),
    ({"masking": ("mean", "attention")}, "Pictures: mean, blur; captions: delete"),
    ({"p": 1.0}, "between 0 and 1"),
    ({"budget": 0}, "a budget"),
]


@pytest.mark.parametrize(("settings", "says"), WRONG, ids=str)
def test_wrong_settings(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Interactions(boxed(Service()), **settings)


def test_wrong_models(matcher: FusionModel) -> None:
    for model in ("clip", BlackBox, 3):
        with pytest.raises(ModelError, match="a callable score"):
            Interactions(model)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ModelError, match=r"a network, Vilt.*load_matcher"):
        Interactions(matcher.model)
    with pytest.raises(ModelError, match="a dual encoder for a surrogate"):
        Interactions(matcher).surrogate(pictures(1)[0], CAPTION)
    with pytest.raises(ModelError, match=r"scores from <lambda>.*TypeError"):
        Interactions(BlackBox(lambda modalities: modalities, tries=1))(pictures(1)[0], CAPTION)  # pyright: ignore


def test_wrong_input(matcher: FusionModel, monkeypatch: pytest.MonkeyPatch) -> None:
    (picture,) = pictures(1)
    for images, captions in (([], [CAPTION]), ([picture], [])):
        with pytest.raises(InputError, match="at least one picture and one caption"):
            Interactions(matcher)(images, captions)
    with pytest.raises(InputError, match=r"at least 38 coalitions .* got 20"):
        Interactions(matcher, budget=20)(picture, CAPTION)
    with pytest.raises(InputError, match="one picture at a time"):
        Interactions(matcher, players="slic 5")(pictures(2), [CAPTION])
    with pytest.raises(CaptionError, match="fall off"):
        Interactions(matcher)(picture, "red bus " * 9)
    monkeypatch.setattr(fusion_call, "free_memory", lambda _: 3000)
    with pytest.raises(InputError, match="players='blocks 2'"):
        Interactions(matcher)(picture, CAPTION)


def test_a_single_player_and_equal_words(matcher: FusionModel) -> None:
    (picture,) = pictures(1, (40, 30))
    whole = np.ones((1, 30, 40), bool)
    assert Interactions(matcher, players=(whole, [[2]]))(picture, CAPTION).shape == (1, 1)
    twice = Interactions(boxed(Service()), budget=70)(picture, "red and red truck")
    assert twice.axis("word").labels == ("red", "and", "red", "truck")


def test_chance_in_the_model_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher, read = tiny_fusion("vilt"), FusionModel.read
    monkeypatch.setattr(
        matcher, "read", lambda out, *rest: read(matcher, out + torch.randn_like(out), *rest), raising=False
    )
    with pytest.raises(ModelError, match="the same score for the same input"):
        Interactions(matcher, budget=60)(pictures(1)[0], CAPTION)
    rng = np.random.default_rng(0)
    with pytest.raises(ModelError, match="the same score for the same picture"):
        Interactions(lambda images, _: rng.normal(size=len(images)), budget=100)(pictures(1)[0], CAPTION)
    allowed = boxed(lambda images, _: rng.normal(size=len(images)), noise=9.0)
    result = Interactions(allowed, budget=200)(pictures(1)[0], CAPTION)
    assert said_of(result)["difference_of_two_answers"] > 0
    assert result.errors is not None
    assert (np.abs(result.values) < 4 * result.errors).all()


def test_training_mode_is_left_as_it_was(matcher: FusionModel) -> None:
    (picture,) = pictures(1)
    calm = Interactions(matcher, budget=60)(picture, CAPTION)
    matcher.model.train()
    try:
        trained = Interactions(matcher, budget=60)(picture, CAPTION)
        assert matcher.model.training
    finally:
        matcher.model.eval()
    np.testing.assert_array_equal(calm.values, trained.values)
