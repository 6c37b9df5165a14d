"""The contest on a tiny model, with explainers whose answers are planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.compare import compare_explainers
from saii_widgets.compare.answer import Question, ask
from saii_widgets.compare.compare_explainers import BASELINES
from saii_widgets.compare.contest import Contest, common_players
from saii_widgets.compare.measures import MEASURES
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.measures.faithfulness import faithfulness
from saii_widgets.engine.measures.pointing import patch_shares, pointing
from saii_widgets.engine.models.masked_image import MaskedImage
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.runtime import Cancelled
from tests.engine.models.tiny_fusion import tiny_fusion
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CHEAP = ("pointing", "grid game")


@pytest.fixture(scope="module")
def model() -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model("clip")


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    """Each with a thing of its own, in a patch of its own."""
    names = ["a red truck", "the blue bus", "a tree", "a metal fence", "the road"]
    found = []
    for k, (image, name) in enumerate(zip(pictures(5, (24, 24)), names, strict=True)):
        mask = np.zeros((24, 24), bool)
        mask[8 * (k // 3) : 8 * (k // 3) + 8, 8 * (k % 3) : 8 * (k % 3) + 8] = True
        found.append(Scene(image, Caption.parse(name), name=f"scene {k}", masks={name: mask}))
    return found


class Planted:
    """Points at the mask of the scene whose caption is asked for, or away from it."""

    def __init__(self, model: TwoTowers, scenes: Sequence[Scene], sign: float) -> None:
        self.model, self.sign = model, sign
        self.masks = {name: mask for scene in scenes for name, mask in scene.masks.items()}

    def __call__(self, images: Sequence[Image.Image], captions: Sequence[Caption]) -> Explanation:
        found = Relevance(self.model)(images, captions)
        (image,), (caption,) = images, captions
        shares = patch_shares(self.masks[caption.text], self.model.patch_axis(image))
        return Explanation(
            self.sign * shares.reshape(1, 1, -1), found.axes, images=found.images, captions=found.captions,
            origin=found.origin,
        )  # fmt: skip


def test_a_planted_explainer_wins_and_its_opposite_loses(model: TwoTowers, scenes: list[Scene]) -> None:
    rivals = {
        "right": lambda made: Planted(made, scenes, 1.0),
        "wrong": lambda made: Planted(made, scenes, -1.0),
    }
    table = compare_explainers(scenes, model, explainers=rivals, measures="pointing")
    assert table["right", "hit rate"].value == table["right", "mass on the thing"].value == 1
    assert table["wrong", "hit rate"].value == table["wrong", "mass on the thing"].value == 0
    assert table.explainers[0] == "right"
    assert set(table.explainers) == {"right", "wrong", *BASELINES}


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_all_explainers_by_all_measures(model_type: str, scenes: list[Scene]) -> None:
    table = compare_explainers(scenes, tiny_model(model_type), n_asked=1, n_grids=2)
    assert set(table.explainers) >= {"Interactions", "Relevance", "GradEclip", "PlainAttention", *BASELINES}
    assert not table.left_out
    asked = {quantity.name for measure in MEASURES.values() for quantity in measure.quantities}
    assert {quantity.name for quantity in table.quantities} == asked
    known = [table.get(name, q) for name in table.explainers for q in ("hit rate", "grid game", "R2", "seconds")]
    assert all(known)
    assert table["CentreBaseline", "influence of the caption on the picture"].value == pytest.approx(0)
    assert table["AttentionRollout", "agreement with other captions"].value == pytest.approx(1)


def test_a_model_of_pairs_has_fewer_rivals(scenes: list[Scene]) -> None:
    table = compare_explainers(scenes, tiny_fusion("vilt"), measures=CHEAP, n_grids=1)
    assert set(table.explainers) == {"Interactions", "CentreBaseline", "RandomBaseline"}
    assert set(table.left_out) == {"AttentionRollout", "GradEclip", "PlainAttention", "Relevance"}


def test_pointing_equals_the_measure_by_itself(model: TwoTowers, scenes: list[Scene]) -> None:
    table = compare_explainers(scenes, model, explainers="Relevance", measures=["pointing"])
    maps = [Relevance(model)([scene.image], [scene.caption]).map() for scene in scenes if scene.caption]
    shares = [patch_shares(*scene.masks.values(), model.patch_axis(scene.image)) for scene in scenes]
    played = pointing(maps, shares)
    np.testing.assert_allclose(table.cases["Relevance", "hit rate"], played.hits)
    np.testing.assert_allclose(table.cases["Relevance", "mass on the thing"], played.masses, rtol=1e-6)


def test_interactions_are_read_as_the_effect_in_the_whole_caption(model: TwoTowers, scenes: list[Scene]) -> None:
    """Against the game: the caption whole, the other patches there with probability a half. One word, so exactly."""
    scene = replace(scenes[0], caption=Caption.parse("truck"), masks={})
    (question,) = Contest.of([scene], model, n_asked=1, n_grids=0, seed=0).questions
    found = ask(Interactions(model, budget=512), question)
    keep = (np.arange(2**9)[:, None] >> np.arange(9)) % 2 == 1
    masked = model.mask_image(scene.image, image_players(model, scene.image), "mean").encode(keep)
    scores = (masked @ model.embed_captions([question.caption]).T * model.scale).numpy()[:, 0]
    effects = [scores[keep[:, k]].mean() - scores[~keep[:, k]].mean() for k in range(9)]
    np.testing.assert_allclose(found.explanation.values, effects, rtol=1e-4, atol=1e-6)


def test_effects_of_small_parts_add_up_and_maps_are_averaged(scenes: list[Scene]) -> None:
    """Two rows of three parts of 8 x 12 pixels each, laid on three columns."""
    given, wanted = Axis.patches(2, 3), Axis.patches(1, 3)
    effects = np.arange(6, dtype=np.float32)
    origin = Origin.now(method="planted", settings={"p": 0.5})
    beside = Explanation(effects[None, None], (Axis.images(["picture"]), Axis.captions(["truck"]), given))
    axes = (Axis.images(["picture"]), Axis.words(Caption.parse("truck")), given)
    crossed = Explanation(np.zeros((1, 1, 6), np.float32), axes, companions={"patch": beside}, origin=origin)
    asked = Question(scenes[0], Caption.parse("truck"), given, wanted, "given")
    np.testing.assert_allclose(ask(lambda *_: crossed, asked).explanation.values, [3, 5, 7])
    np.testing.assert_allclose(ask(lambda *_: beside, asked).explanation.values, [1.5, 2.5, 3.5])


def test_masking_is_that_of_interactions_and_of_measures_alike(model: TwoTowers, scenes: list[Scene]) -> None:
    settings: dict[str, Any] = {"explainers": ["Interactions"], "measures": ["faithfulness"], "n_asked": 1}
    one = replace(scenes[0], masks={}, caption=Caption.parse("truck"))
    found = [compare_explainers([one], model, masking=masking, **settings) for masking in (None, "mean", "drop")]
    scores = [table.cases["Interactions", "R2"][0] for table in found]
    assert scores[0] == scores[1] != scores[2]
    alone = Interactions(model, masking="drop", budget=32)([one.image], [one.caption])
    (question,) = Contest.of([one], model, n_asked=1, n_grids=0, seed=0, masking="drop").questions
    told = ask(lambda *_: alone, question).explanation
    assert told.origin is not None
    assert told.origin.masking == alone.origin.masking
    assert scores[2] == pytest.approx(r2_of(told, model, one))
    with pytest.raises(InputError, match="a masking of the picture"):
        compare_explainers([one], model, masking="hide")


def r2_of(told: Explanation, model: TwoTowers, scene: Scene) -> float:
    (r2, _) = faithfulness(ExplainedPair.of(told, model, scene), n_draws=2)
    assert r2.value is not None
    return r2.value


def test_a_coalition_is_asked_for_once_whoever_is_measured(
    model: TwoTowers, scenes: list[Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    encode = MaskedImage.encode
    monkeypatch.setattr(
        MaskedImage, "encode", lambda self, keep, progress=None: asked.append(len(keep)) or encode(self, keep, progress)
    )
    compare_explainers(scenes, model, explainers=[], measures=["faithfulness"], n_asked=1)
    assert sum(asked) == len(np.unique(np.random.default_rng((0, 17)).random((64, 9)) < 0.5, axis=0))


def test_parts_are_the_words_that_name_something(model: TwoTowers, scenes: list[Scene]) -> None:
    (question,) = Contest.of(scenes[:1], model, n_asked=1, n_grids=0, seed=0).questions
    found = ask(Interactions(model, budget=512), question)
    words = Interactions(model, budget=512)([scenes[0].image], ["a red truck"])
    np.testing.assert_allclose(found.parts, words.values[0][1:], rtol=1e-6)
    np.testing.assert_allclose(found.map, words.values[0][1:].sum(0), rtol=1e-5)


def test_scenes_without_masks_are_asked_for_their_captions(model: TwoTowers, scenes: list[Scene]) -> None:
    study = Study()
    study.scenes = {scene.name: Scene(scene.image, scene.caption, name=scene.name) for scene in scenes}
    table = compare_explainers(study, model, explainers=["GradEclip"], n_asked=1)
    assert set(table.left_out) == {"pointing", "grid game"}
    assert table.get("GradEclip", "R2") is not None
    assert "hit rate" not in {quantity.name for quantity in table.quantities}


def test_pictures_of_several_shapes_are_asked_one_by_one(scenes: list[Scene]) -> None:
    wide = np.zeros((12, 36), bool)
    wide[:, :12] = True
    image = pictures(1, (36, 12))[0]
    mixed = [*scenes[:2], Scene(image, Caption.parse("a tree"), name="wide", masks={"a tree": wide})]
    table = compare_explainers(mixed, tiny_model("siglip2"), explainers=["GradEclip"], measures="pointing")
    assert table["GradEclip", "hit rate"].n == 3


def test_the_same_seed_gives_the_same_table(model: TwoTowers, scenes: list[Scene]) -> None:
    first, again = (compare_explainers(scenes, model, measures=CHEAP, n_grids=3, seed=4) for _ in range(2))
    for key, values in first.cases.items():
        np.testing.assert_array_equal(values, again.cases[key])


def test_grids_show_the_thing_once(model: TwoTowers, scenes: list[Scene]) -> None:
    contest = Contest.of(scenes, model, n_asked=1, n_grids=5, seed=0)
    assert len(contest.grids) == 5
    for grid in contest.grids:
        assert grid.shares is not None
        np.testing.assert_allclose(grid.shares.sum() * 64, 12 * 12, atol=64)  # a quarter of 24 x 24 pixels


def test_players_are_few(model: TwoTowers, scenes: list[Scene]) -> None:
    assert common_players(model, scenes[0]) == "patches"

    class Fine:
        @staticmethod
        def patch_axis(image: Any) -> Any:
            del image
            return type("Axis", (), {"grid": (16, 15)})

    assert common_players(Fine, scenes[0]) == "blocks 3"


def test_progress_counts_to_the_end_and_may_stop(model: TwoTowers, scenes: list[Scene]) -> None:
    seen: list[tuple[int, int, str]] = []
    compare_explainers(scenes, model, explainers=[], measures=CHEAP, progress=lambda *work: seen.append(work))
    assert [done for done, *_ in seen] == [1, 2, 3, 4, 5, 6]
    assert {(total, label) for _, total, label in seen} == {(6, "explainers and measures")}

    def stop(*_: Any) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        compare_explainers(scenes, model, explainers=[], measures=CHEAP, progress=stop)


def test_an_explainer_that_cannot_read_the_model_is_named(model: TwoTowers, scenes: list[Scene]) -> None:
    def refuse(_: Any) -> Any:
        raise ModelError("another model", "this one", "Take that one")

    table = compare_explainers(scenes, model, explainers={"choosy": refuse}, measures="pointing")
    assert "another model" in table.left_out["choosy"]
    assert "choosy" not in table.explainers


def test_refusals(model: TwoTowers, scenes: list[Scene]) -> None:
    with pytest.raises(InputError, match="There are: AttentionRollout"):
        compare_explainers(scenes, model, explainers="Guess")
    with pytest.raises(InputError, match="There are: pointing"):
        compare_explainers(scenes, model, measures="taste")
    with pytest.raises(InputError, match="at least one scene"):
        compare_explainers([], model)
    with pytest.raises(InputError, match="Add captions"):
        compare_explainers([Scene(scenes[0].image)], model)
    with pytest.raises(ModelError):
        compare_explainers(scenes, 7)
    words_only = Explanation.from_array([0.5], kinds="word", caption="truck")
    with pytest.raises(InputError, match="explainers of patches"):
        compare_explainers(scenes, model, explainers={"odd": lambda _: lambda *_: words_only}, measures="pointing")
