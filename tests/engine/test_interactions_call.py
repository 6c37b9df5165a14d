"""How `Interactions` is called: arguments, budgets, what is kept, progress, refinement, surrogates, wrong input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import CaptionError, InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine import interaction_call
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import all_coalitions, draw_coalitions
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.runtime import Cancelled
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck near the fence"


@pytest.fixture(scope="module")
def model() -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model("clip")


def passes(result: Explanation) -> int:
    assert result.origin is not None
    assert result.origin.encoder_passes is not None
    return result.origin.encoder_passes


def settings_of(result: Explanation) -> dict[str, Any]:
    assert result.origin is not None
    return dict(result.origin.settings)


def test_a_scene_brings_its_caption_and_name(model: TwoTowers) -> None:
    first, second = pictures(2)
    scenes = [Scene(first, CAPTION, name="north"), Scene(second, "the blue bus", name="south")]  # pyright: ignore
    alone = Interactions(model)(scenes[0])
    assert (alone.kinds, alone.shape) == (("word", "patch"), (6, 9))
    assert (len(alone.images), alone.captions[0].text) == (1, CAPTION)
    together = Interactions(model)(scenes)
    assert together.axis("image").labels == ("north", "south")
    assert [caption.text for caption in together.captions] == [CAPTION, "the blue bus"]
    assert Interactions(model)([first], CAPTION).kinds == ("image", "word", "patch")
    with pytest.raises(CaptionError, match="caption for every picture"):
        Interactions(model)([scenes[0], second])


def test_results_say_how_they_came_about(model: TwoTowers) -> None:
    result = Interactions(model, p=0.3, budget=60, seed=7, masking=("drop", "delete"))(pictures(1)[0], CAPTION)
    assert result.origin is not None
    assert result.origin.masking == "picture: drop, caption: delete"
    assert result.origin.seed == 7
    said = settings_of(result)
    assert (said["p"], said["masked_pictures_each"], said["masked_captions_each"]) == (0.3, 60, 64)
    assert -1 < said["r2"] <= 1
    assert passes(result) == 60 + 64 + 48 + 4  # drawn, all, fresh, and each side asked twice for its whole


def test_maskings_and_players_change_the_result(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    asked: list[dict[str, Any]] = [
        {},
        {"masking": "drop"},
        {"masking": "blur"},
        {"masking": "delete"},
        {"players": "blocks 2"},
        {"players": ("slic 5", "phrases")},
        {"p": 0.3},
    ]
    found = [Interactions(model, **settings)(picture, CAPTION) for settings in asked]
    assert len({result.values.tobytes() for result in found}) == len(found)
    assert found[5].axis("word").labels == ("a red truck", "near the fence")
    assert found[5].axis("patch").masks is not None


def test_seeds_repeat_and_differ(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    one, same, other = (Interactions(model, budget=60, seed=s)(picture, CAPTION) for s in (3, 3, 4))
    np.testing.assert_array_equal(one.values, same.values)
    assert (one.values != other.values).any()


def test_old_pictures_cost_nothing_for_new_captions(model: TwoTowers, tmp_path: Path) -> None:
    (picture,) = pictures(1)
    study = Study()
    first = Interactions(model, budget=60, study=study)(picture, CAPTION)
    study.save(tmp_path / "kept.saii")
    reopened = Study.load(tmp_path / "kept.saii")
    assert study == reopened
    again = Interactions(model, budget=60, study=reopened)(picture, CAPTION)
    assert passes(first) > passes(again) == 0
    np.testing.assert_array_equal(first.values, again.values)
    new = Interactions(model, budget=60, study=reopened)(picture, "the blue bus")
    assert passes(new) == 2**3 + 2  # of the caption alone
    more = Interactions(model, budget=100, study=reopened)(picture, CAPTION)
    assert passes(more) == 40 + 2
    other = Interactions(tiny_model("clip", seed=1), budget=60, study=reopened)(picture, CAPTION)
    assert passes(other) == passes(first)
    assert (other.values != first.values).any()


def test_auto_stops_when_errors_are_small(model: TwoTowers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interaction_call, "MOST_ENUMERATED", 6)
    (picture,) = pictures(1)
    said = settings_of(Interactions(model)(picture, CAPTION))
    assert said["error_over_spread"] <= 0.1
    assert not said["notes"]
    monkeypatch.setattr(interaction_call, "MOST", 40)
    stopped = settings_of(Interactions(model)(picture, CAPTION))
    assert stopped["masked_pictures_each"] <= 40
    assert "before the errors were small" in stopped["notes"][0]


def test_refinement_begins_coarse_and_ends_with_the_budget(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    steps = list(Interactions(model, budget=200).refine(picture, CAPTION))
    budgets = [settings_of(step)["masked_pictures_each"] for step in steps]
    assert budgets == sorted(budgets)
    assert (budgets[0] < 30, budgets[-1]) == (True, 200)
    assert [settings_of(step)["r2"] is not None for step in steps] == [False] * (len(steps) - 1) + [True]
    errors = [np.mean(step.errors) for step in steps if step.errors is not None]
    assert errors[-1] < errors[0] / 2
    np.testing.assert_array_equal(steps[-1].values, Interactions(model, budget=200)(picture, CAPTION).values)
    assert passes(steps[-1]) == passes(Interactions(model, budget=200)(picture, CAPTION))


def test_progress_counts_and_cancels(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    seen: list[tuple[int, int, str]] = []
    Interactions(model, budget=60, progress=lambda *done: seen.append(done))(picture, CAPTION)
    coalitions = [(done, total) for done, total, _ in seen]
    assert (60 + 64, 60 + 64) in coalitions
    assert all(done <= total for done, total in coalitions)

    def stop(done: int, total: int, label: str) -> None:
        del total, label
        if done > 64:
            raise Cancelled

    explainer = Interactions(model, budget=60, progress=stop)
    with pytest.raises(Cancelled):
        explainer(picture, CAPTION)
    explainer.progress = None
    assert passes(explainer(picture, CAPTION)) <= 60 + 48 + 2  # the caption's coalitions were kept
    assert not model.model.training


@pytest.mark.parametrize("prediction", ["expansion", "product"])
@pytest.mark.parametrize("index", ["banzhaf", "shapley"])
def test_a_surrogate_predicts_the_model(model: TwoTowers, index: Any, prediction: Any) -> None:
    (picture,) = pictures(1)
    caption = Caption.parse(CAPTION)
    players = image_players(model, picture), caption_players(model, caption)
    keep_image, keep_words = draw_coalitions(9, 200, 0.5, (5,)), draw_coalitions(6, 200, 0.5, (6,))
    v = model.mask_image(picture, players[0], "mean").encode(keep_image)
    u = model.mask_caption(caption, players[1], "attention").encode(keep_words)
    truth = (model.scale * (v * u).sum(1) + model.bias).numpy()
    surrogate = Interactions(model, index=index, order=2, prediction=prediction).surrogate(picture, caption)
    guess = surrogate.predict(keep_image, keep_words)
    if prediction == "product":
        np.testing.assert_allclose(guess, truth, atol=1e-6)  # every coalition was encoded
    else:
        assert 0.5 < 1 - ((guess - truth) ** 2).mean() / truth.var() < 1
    with pytest.raises(InputError, match="coalitions"):
        surrogate.predict(keep_image[:, :5], keep_words)
    with pytest.raises(InputError, match="as many"):
        surrogate.predict(keep_image[:5], keep_words)


def test_the_expansion_is_the_best_of_its_order(model: TwoTowers) -> None:
    """Its R2 is that of least squares on all coalitions, in plain variables and their products."""
    (picture,) = pictures(1)
    surrogate = Interactions(model, players="blocks 2", order=2).surrogate(picture, CAPTION)
    x = all_coalitions(10)
    truth = Interactions(model, players="blocks 2", prediction="product").surrogate(picture, CAPTION)
    y = truth.predict(x[:, :4], x[:, 4:])
    products = [x[:, i] * x[:, j] for i in range(10) for j in range(i)]
    design = np.hstack([np.ones((1024, 1)), x, np.stack(products, 1)]).astype(float)
    best = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    np.testing.assert_allclose(surrogate.predict(x[:, :4], x[:, 4:]), best, atol=1e-6)


def test_too_few_nodes_are_reported(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    exact = Interactions(model, index="shapley")(picture, CAPTION)
    assert settings_of(exact)["difference_from_one_node_more"] < 1e-9
    few = Interactions(model, index="shapley", nodes=2)(picture, CAPTION)
    error = np.abs(few.values - exact.values).max()
    assert settings_of(few)["difference_from_one_node_more"] == pytest.approx(error, rel=0.3)
    assert len(settings_of(few)["p"]) == 2


def test_a_single_player_on_either_side(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    result = Interactions(model, players=(np.ones((1, 30, 40), bool), [[2]]), order=2)(picture, CAPTION)
    assert result.shape == (1, 1)
    corners = [
        float(model.scale * a @ b)
        for a in model.mask_image(picture, image_players(model, picture, np.ones((1, 30, 40), bool)), "mean").encode(
            all_coalitions(1)
        )
        for b in model.mask_caption(
            Caption.parse(CAPTION), caption_players(model, Caption.parse(CAPTION), [[2]]), "attention"
        ).encode(all_coalitions(1))
    ]
    assert result.values[0, 0] == pytest.approx(corners[3] - corners[2] - corners[1] + corners[0], abs=1e-6)


def test_training_mode_is_left_as_it_was(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    calm = Interactions(model, budget=60)(picture, CAPTION)
    model.model.train()
    try:
        trained = Interactions(model, budget=60)(picture, CAPTION)
        assert model.model.training
    finally:
        model.model.eval()
    np.testing.assert_array_equal(calm.values, trained.values)


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"index": "owen"}, InputError, "an index"),
    ({"order": 3}, InputError, "an order"),
    ({"p": 1.0}, InputError, "between 0 and 1"),
    ({"prediction": "sum"}, InputError, "a prediction"),
    ({"budget": 0}, InputError, "a budget"),
    ({"budget": "much"}, InputError, "a budget"),
    ({"nodes": 0}, InputError, "node"),
    ({"masking": "grey"}, InputError, "a masking"),
    ({"masking": ("mean", "drop")}, InputError, "a masking"),
]


@pytest.mark.parametrize(("settings", "error", "says"), WRONG, ids=lambda x: str(x))
def test_wrong_settings(model: TwoTowers, settings: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Interactions(model, **settings)


def test_wrong_input(model: TwoTowers, monkeypatch: pytest.MonkeyPatch) -> None:
    (picture,) = pictures(1)
    with pytest.raises(ModelError, match="a dual encoder"):
        Interactions("clip")  # pyright: ignore[reportArgumentType]
    for images, captions in (([], [CAPTION]), ([picture], [])):
        with pytest.raises(InputError, match="at least one picture and one caption"):
            Interactions(model)(images, captions)
    with pytest.raises(InputError, match=r"at least 24 coalitions .* got 20"):
        Interactions(model, budget=20)(picture, CAPTION)
    with pytest.raises(InputError, match="one picture at a time"):
        Interactions(model, players="slic 5")(pictures(2), [CAPTION])
    with pytest.raises(CaptionError, match="fall off"):
        Interactions(model)(picture, "red bus " * 9)
    monkeypatch.setattr(interaction_call, "free_memory", lambda _: 3000)
    with pytest.raises(InputError, match="players='blocks 2'"):
        Interactions(model, order=2)(picture, CAPTION)


def test_chance_in_the_model_is_found(model: TwoTowers, monkeypatch: pytest.MonkeyPatch) -> None:
    embed = model.image_tower.encode_tokens
    assert embed is not None

    def noisy(tokens: torch.Tensor) -> torch.Tensor:
        embedding = embed(tokens)
        return embedding + torch.randn_like(embedding)

    monkeypatch.setattr(
        model, "image_tower", type(model.image_tower)(**vars(model.image_tower) | {"encode_tokens": noisy})
    )
    with pytest.raises(ModelError, match="same embedding for the same input"):
        Interactions(model, budget=60)(pictures(1)[0], CAPTION)


def test_overflow_is_named(model: TwoTowers, monkeypatch: pytest.MonkeyPatch) -> None:
    def overflowing(tokens: torch.Tensor) -> torch.Tensor:
        return torch.full((len(tokens), 12), float("nan"), dtype=tokens.dtype)

    monkeypatch.setattr(
        model, "image_tower", type(model.image_tower)(**vars(model.image_tower) | {"encode_tokens": overflowing})
    )
    with pytest.raises(ModelError, match="finite embeddings"):
        Interactions(model, budget=60)(pictures(1)[0], CAPTION)
