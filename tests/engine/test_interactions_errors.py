"""Standard errors: as large as the estimates' real errors, neither smaller nor larger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.engine import interaction_call
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "a red truck near"
LONG = "a red truck near the blue bus under sky and tree"  # 11 words
DRAWN: list[dict[str, Any]] = [
    {"budget": 60},
    {"p": 0.3, "budget": 60},
    {"index": "shapley", "budget": 400},
]
NAMES = ["p=.5", "p=.3", "shapley"]


@pytest.fixture(scope="module")
def model() -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model("clip")


def z_scores(model: TwoTowers, caption: str, n_seeds: int, settings: dict[str, Any]) -> dict[str, np.ndarray]:
    """(estimate - truth) / standard error: over seeds and cells, of 9 patches and the caption's words."""
    (picture,) = pictures(1)
    exact = Interactions(model, **{k: v for k, v in settings.items() if k != "budget"})(picture, caption)
    found: dict[str, list[np.ndarray]] = {"cross": [], "word": [], "patch": []}
    for seed in range(n_seeds):
        drawn = Interactions(model, seed=seed, **settings)(picture, caption)
        assert drawn.origin is not None
        assert drawn.origin.settings["masked_pictures_each"] <= settings["budget"]
        for name, scores in found.items():
            ours, truth = (x if name == "cross" else x.companions[name] for x in (drawn, exact))
            assert ours.errors is not None
            assert (ours.errors > 0).all()
            scores.append((ours.values - truth.values) / ours.errors)
    return {name: np.array(scores) for name, scores in found.items()}


@pytest.mark.parametrize("settings", DRAWN, ids=NAMES)
def test_errors_are_about_right(model: TwoTowers, settings: dict[str, Any]) -> None:
    """The fast one: 20 seeds."""
    z = z_scores(model, CAPTION, 20, settings)["cross"]
    assert 0.88 <= (np.abs(z) <= 2).mean() <= 0.99
    assert 0.65 <= (z**2).mean() <= 1.5


@pytest.mark.slow
@pytest.mark.parametrize("settings", DRAWN, ids=NAMES)
def test_errors_are_calibrated(model: TwoTowers, settings: dict[str, Any]) -> None:
    for name, z in z_scores(model, CAPTION, 200, settings).items():
        assert 0.92 <= (np.abs(z) <= 2).mean() <= 0.98, name
        assert 0.8 <= (z**2).mean() <= 1.25, name


@pytest.mark.slow
@pytest.mark.parametrize("settings", DRAWN[:2], ids=NAMES[:2])
def test_errors_are_calibrated_where_both_sides_are_drawn(
    model: TwoTowers, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (picture,) = pictures(1)
    exact = Interactions(model, **{k: v for k, v in settings.items() if k != "budget"})(picture, LONG)
    monkeypatch.setattr(interaction_call, "MOST_ENUMERATED", 8)
    scores = []
    for seed in range(200):
        drawn = Interactions(model, seed=seed, **settings)(picture, LONG)
        assert drawn.origin is not None
        assert drawn.origin.settings["masked_captions_each"] == settings["budget"]
        assert drawn.errors is not None
        scores.append((drawn.values - exact.values) / drawn.errors)
    z = np.array(scores)
    assert 0.92 <= (np.abs(z) <= 2).mean() <= 0.98
    assert 0.8 <= (z**2).mean() <= 1.25


def test_more_coalitions_give_smaller_errors(model: TwoTowers) -> None:
    (picture,) = pictures(1)
    sizes = []
    for budget in (40, 160, 480):
        errors = Interactions(model, budget=budget)(picture, CAPTION).errors
        assert errors is not None
        sizes.append(np.sqrt((errors**2).mean()))
    assert sizes[0] > 1.5 * sizes[1] > 2 * sizes[2]
