"""The matcher that ships: whole, small, and better than chance on scenes that it has not seen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import ModelError
from saii_widgets.core.text import Caption
from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.facts import FACTS, FALSE
from saii_widgets.engine.explainers.inter_shap import InterShap
from saii_widgets.engine.models import load_matcher as loading
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.load_matcher import EMBEDDED_MATCHER, load_matcher

UNSEEN = 40_000_000  # apart from training and from benchmarks


@pytest.fixture(scope="module")
def matcher() -> FusionModel:
    torch.set_num_threads(1)
    return load_matcher(device="cpu")


def test_it_is_small_and_whole(matcher: FusionModel) -> None:
    assert sum(file.stat().st_size for file in EMBEDDED_MATCHER.iterdir()) < 6e6
    assert (matcher.name, len(matcher.revision)) == ("embedded matcher", 12)
    assert matcher.patch_grid == (12, 12)
    log = [json.loads(line) for line in (EMBEDDED_MATCHER / "training.jsonl").read_text().splitlines()]
    assert 0.9 < log[-1]["seen"] / log[0]["recipe"]["parts"][-1][0] <= 1


def test_it_tells_true_captions_from_false_ones(matcher: FusionModel) -> None:
    images, captions, known = [], [], []
    scenes = [draw(UNSEEN + k) for k in range(24)]
    for k, scene in enumerate(scenes):
        other = next(s for s in scenes[k + 1 :] + scenes[:k] if _is_false(s.caption(k), scene.truth))
        images += [scene.image] * 2
        captions += [scene.caption(k), other.caption(k)]
        known += [True, False]
    probability = matcher.score(images, captions, value="probability")
    assert np.mean((probability > 0.5) == np.array(known)) > 0.75


def _is_false(text: str, truth: np.ndarray) -> bool:
    from saii_widgets.training.fact_words import FactWords

    said = FactWords()(text.lower().replace(",", " ,").split())
    return any(truth[fact] == FALSE and FACTS[fact] for _, fact in said)


def test_the_named_thing_matters_and_the_rest_does_not(matcher: FusionModel) -> None:
    """Taking the vehicle away lowers the score of its caption more than taking away as much elsewhere."""
    rng = np.random.default_rng(0)
    falls = []
    for seed in range(UNSEEN + 100, UNSEEN + 200):
        scene = draw(seed)
        if len(scene.vehicles) != 1 or scene.vehicles[0][0] is None or scene.vehicle_masks[0].mean() < 0.03:
            continue
        caption = Caption.parse("a {} {}".format(*scene.vehicles[0]))
        on = scene.vehicle_masks[0].reshape(12, 12, 12, 12).mean((1, 3)).ravel() > 0.05
        keep = np.ones((6, 144), bool)
        keep[1, on] = False
        for row in keep[2:]:
            row[rng.choice(np.flatnonzero(~on), on.sum(), replace=False)] = False
        scores = matcher.mask_pair(scene.image, caption)(keep, np.ones((6, len(caption.words)), bool))
        falls.append((scores[0] - scores[1], scores[0] - scores[2:].mean()))
        if len(falls) == 8:
            break
    own, elsewhere = np.array(falls).T
    assert (own > elsewhere).mean() >= 0.75
    assert own.mean() > 1 > abs(elsewhere.mean())


def test_inter_shap_takes_it(matcher: FusionModel) -> None:
    scenes = [draw(UNSEEN + 200 + k) for k in range(3)]
    result = InterShap(matcher)([scene.image for scene in scenes], [scene.caption(0) for scene in scenes])
    assert result.origin is not None
    assert (result.origin.model, result.origin.encoder_passes) == ("embedded matcher", 9)
    local = result.companions["local"]
    np.testing.assert_allclose(local.residual, 0, atol=1e-5)


def test_it_is_no_dual_encoder() -> None:
    with pytest.raises(ModelError, match="load_matcher"):
        load_model(EMBEDDED_MATCHER)


def test_a_package_without_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "EMBEDDED_MATCHER", tmp_path / "none")
    with pytest.raises(ModelError, match="the embedded matcher"):
        load_matcher()
