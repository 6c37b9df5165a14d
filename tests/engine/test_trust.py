"""`trust`: one call, a table over all measures, on models of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.engine.coalitions import all_coalitions
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.faithfulness import faithfulness
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.runtime import Cancelled
from saii_widgets.engine.trust import MEASURES, measured, trust
from tests.engine.models.tiny_fusion import tiny_fusion
from tests.engine.tiny_models import pictures, tiny_model

CAPTION = "red truck near fence"
QUANTITIES = (
    "R2",
    "rank correlation",
    "insertion less deletion",
    "agreement after small changes",
    "unified stability",
)


def test_a_map_of_a_dual_encoder() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    seen: list[tuple[int, int, str]] = []
    table = trust(Relevance(model)([image], [CAPTION]), model, image, progress=lambda *args: seen.append(args))
    assert set(QUANTITIES) <= {one.quantity for one in table}
    assert {one.measure for one in table} == set(MEASURES)
    assert all(one.says for one in table)
    assert table["influence of the caption on the picture"].value is not None
    assert table["synergy of what is ranked first"].value is not None
    assert table["encoder passes"].value == 2
    assert table.passes > 100
    done = [entry[0] for entry in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1]
    assert {entry[2] for entry in seen} >= set(MEASURES)


@pytest.mark.parametrize("settings", [{}, {"order": 2, "p": 0.3}, {"index": "shapley", "players": "blocks 2"}])
def test_interactions_of_a_dual_encoder(settings: dict[str, Any]) -> None:
    model, image = tiny_model("siglip"), pictures(1)[0]
    told = Interactions(model, budget=120, **settings)(image, CAPTION)
    table = trust(told, model, image)
    assert [one.quantity for one in table if one.value is None] == []
    assert table["R2"].value is not None
    assert table["R2"].value > 0.3


@pytest.mark.parametrize("model", [tiny_fusion("vilt"), BlackBox(lambda i, c: np.array([len(x) for x in c]) * 1.0)])  # noqa: ARG005
def test_interactions_of_a_model_of_pairs(model: Any) -> None:
    image = pictures(1)[0]
    told = Interactions(model, budget=100, players="blocks 3")(image, CAPTION)
    table = trust(told, model, image)
    assert table["R2"].value is not None
    assert table["R2"].value > 0.3
    if isinstance(model, BlackBox):
        row = table["agreement with random weights"]
        assert row.value is None
        assert "A service has none" in row.says


def test_r2_agrees_with_that_over_all_coalitions() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    told = Interactions(model)(image, CAPTION)
    pair = ExplainedPair.of(told, model, image)
    r2 = faithfulness(pair, n_coalitions=400)[0]
    assert pair.game.passes <= 400 + 16  # each coalition of a side is encoded once
    every = all_coalitions(13)
    error = pair.game(every) - pair.reading.predict(every)
    assert r2.value == pytest.approx(1 - error.var() / pair.game(every).var(), abs=0.03)
    assert r2.value == pytest.approx(told.origin.settings["r2"], abs=0.15)  # of 128 by 16 of them


def test_the_scene_says_which_pair_of_many() -> None:
    model, images = tiny_model("clip"), pictures(2)
    texts = [CAPTION, "blue bus near tree"]
    scenes = [
        Scene(image.convert("RGB"), text, name=f"picture {k}")
        for k, (image, text) in enumerate(zip(images, texts, strict=True))
    ]
    told = Relevance(model)(scenes, texts)
    one = trust(told, model, scenes[1], measures=["faithfulness"])
    other = trust(told.select(image=1, caption=1), model, scenes[1], measures="faithfulness")
    assert one["R2"].value == other["R2"].value
    with pytest.raises(InputError, match=r"an explanation of one pair; got 2 images, .* result.select\(image=0\)"):
        trust(told, model, images[0])


def test_what_does_not_fit_is_said() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    told = Relevance(model)([image], [CAPTION])
    with pytest.raises(InputError, match="an explanation of tiny siglip; got one of tiny clip"):
        trust(told, tiny_model("siglip"), image)
    with pytest.raises(InputError, match="names of measures; got 'beauty'"):
        trust(told, model, image, measures=["beauty"])
    with pytest.raises(InputError, match="of one pair, over"):
        trust(told.companions["logits"], model, image)
    foreign = Explanation.from_array(np.arange(9.0), kinds="patch", grid=(3, 3))
    with pytest.raises(InputError, match="the caption that was explained"):
        trust(foreign, model, image)
    table = trust(foreign, model, Scene(image.convert("RGB"), CAPTION))
    assert table["R2"].value is not None
    assert "Pass make=" in table["stability"].says
    assert table["cost"].says == "The explanation does not say what it cost."


def test_masks_are_players_again() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    masks = np.zeros((2, image.height, image.width), bool)
    masks[0, : image.height // 2], masks[1, image.height // 2 :] = True, True
    told = Interactions(model, players={"upper": masks[0], "lower": masks[1]})(image, CAPTION)
    table = trust(told, model, image, measures=["faithfulness", "insertion and deletion", "stability"])
    assert table["R2"].value == pytest.approx(told.origin.settings["r2"], abs=0.2)
    assert table["insertion less deletion"].value is not None
    assert "compute the explanation anew" in table["stability"].says


def test_it_can_be_cancelled_within_a_measure() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    told = Relevance(model)([image], [CAPTION])
    calls: list[int] = []

    def stop(done: int, total: int, label: str) -> None:  # noqa: ARG001
        calls.append(done)
        if len(calls) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        trust(told, model, image, progress=stop)
    assert len(calls) == 3


def test_a_measure_of_ones_own_and_its_cost() -> None:
    model, image = tiny_model("clip"), pictures(1)[0]
    told = Relevance(model)([image], [CAPTION])
    table = trust(told, model, image, measures={"mine": faithfulness})
    assert 40 < table["R2"].passes <= 65  # 64 coalitions of the picture, some of them alike, and one caption
    assert table["rank correlation"].passes == 0
    row = measured("broken", MEASURES["stability"], ExplainedPair.of(told, model, image, make=lambda _: _refuse))
    assert row[0].value is None
    assert "not today" in row[0].says


def _refuse(*_: Any) -> Explanation:
    raise InputError("another day", "not today", "Wait.")
