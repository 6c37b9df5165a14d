"""ViLT and BLIP: scores as transformers gives them, and players that are really taken away."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from saii_widgets.core.errors import CaptionError, InputError, ModelError
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.fusion_game import FusionGame
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.load_matcher import load_matcher
from saii_widgets.engine.models.model import DualEncoder, PairScorer
from tests.engine.models.tiny_fusion import FUSION_MODELS, save_tiny_fusion, tiny_fusion
from tests.engine.tiny_models import BEGIN, END, pictures, save_tiny

CAPTION = Caption.parse("a red truck near a metal fence")
TEXTS = ["a red truck near a metal fence", "the blue bus", "a tree"]


@pytest.fixture(scope="module", params=FUSION_MODELS)
def model(request: pytest.FixtureRequest) -> FusionModel:
    torch.set_num_threads(1)
    return tiny_fusion(request.param)


def theirs(model: FusionModel, image: Image.Image, text: str) -> float:
    """The score through the model's own forward, one pair at a time."""
    pixels = model.image_processor([image], return_tensors="pt")["pixel_values"].to(model.dtype)
    words = model.tokenizer(text, return_tensors="pt")
    inputs: dict[str, Any] = {"input_ids": words["input_ids"], "attention_mask": words["attention_mask"]}
    with torch.no_grad():
        if model.name == "tiny blip answers":
            own = model.tokenizer("a fence", add_special_tokens=False)["input_ids"]
            given = torch.tensor([[BEGIN, *own]])
            states = model.model.text_encoder(
                **inputs, encoder_hidden_states=model.model.vision_model(pixels).last_hidden_state
            ).last_hidden_state
            logits = model.model.text_decoder(input_ids=given, encoder_hidden_states=states).logits
            return sum(logits[0, k].log_softmax(0)[token].item() for k, token in enumerate([*own, END]))
        out = model.model(pixel_values=pixels, **inputs)
    if model.name == "tiny blip":
        return (out.itm_score[0, 1] - out.itm_score[0, 0]).item()
    return out.logits.max().item()


def test_scores_are_those_of_transformers(model: FusionModel) -> None:
    images = [*pictures(2), *pictures(1, (60, 24), seed=3)]  # the last of another shape
    assert isinstance(model, PairScorer)
    assert not isinstance(model, DualEncoder)
    torch.manual_seed(0)
    expected = [theirs(model, image, text) for image, text in zip(images, TEXTS, strict=True)]
    np.testing.assert_allclose(model.score(images, TEXTS), expected, rtol=1e-6)
    probability = model.score(images, TEXTS, value="probability")
    assert ((probability > 0) & (probability < 1)).all()


def test_logits_are_an_explanation(model: FusionModel) -> None:
    images = pictures(2)
    result = model.logits(images, TEXTS)
    assert result.shape == (2, 3)
    np.testing.assert_allclose(result.values[1, 2], model.score(images[1:], TEXTS[2:])[0], rtol=1e-5)
    assert result.origin is not None
    assert result.origin.encoder_passes == 6
    assert (result.companions["probabilities"].values < 1).all()


@pytest.mark.parametrize("image_masking", ["mean", "drop", "blur"])
@pytest.mark.parametrize("caption_masking", ["attention", "delete"])
def test_everyone_kept_is_the_whole_pair(model: FusionModel, image_masking: Any, caption_masking: Any) -> None:
    (image,) = pictures(1)
    pair = model.mask_pair(image, CAPTION, image_masking=image_masking, caption_masking=caption_masking)
    whole = pair(np.ones((1, pair.n_image), bool), np.ones((1, pair.n_words), bool))
    np.testing.assert_allclose(whole, model.score([image], [CAPTION]), rtol=1e-6)


def test_mean_paints_patches_over(model: FusionModel) -> None:
    """The tokens are mixed; the same comes of painting the picture that the model is given."""
    (image,) = pictures(1, (24, 24))
    pair = model.mask_pair(image, CAPTION)
    keep = np.ones((1, 9), bool)
    keep[0, [1, 5]] = False  # rows of three
    pixels = model.pixels(image).clone()
    pixels[..., :8, 8:16] = 0
    pixels[..., 8:16, 16:] = 0
    ids = torch.tensor([model.token_ids(CAPTION.text)])
    out = model.outputs(model.image_tokens(pixels)[None], ids, torch.ones_like(ids))
    whole = model.outputs(model.image_tokens(model.pixels(image))[None], ids, torch.ones_like(ids))
    words = np.ones((1, len(CAPTION.words)), bool)
    np.testing.assert_allclose(pair(keep, words), model.read(out, whole, "logit"), rtol=1e-6)


def test_dropped_patches_and_hidden_words_reach_nothing(model: FusionModel) -> None:
    (image,) = pictures(1, (24, 24))
    changed = np.asarray(image).copy()
    changed[16:, 16:] = 255 - changed[16:, 16:]  # the last patch
    images = [image, Image.fromarray(changed)]
    texts = [CAPTION, Caption.parse("a blue truck near a metal fence")]
    keep, words = np.ones((2, 9), bool), np.ones((2, 6), bool)
    keep[0, 8] = False
    words[0, 1] = False
    found = [model.mask_pair(i, t, image_masking="drop")(keep, words) for i in images for t in texts]
    if "vilt answers" not in model.name:  # its answer is that of the whole pair
        np.testing.assert_allclose([f[0] for f in found], found[0][0], rtol=1e-6)
    assert abs(found[0][1] - found[1][1]) > 1e-9
    assert abs(found[0][1] - found[2][1]) > 1e-9


def test_deleted_words_are_another_text(model: FusionModel) -> None:
    (image,) = pictures(1)
    pair = model.mask_pair(image, CAPTION, caption_masking="delete")
    words = np.ones((1, 6), bool)
    words[0, [1, 5]] = False
    came = pair(np.ones((1, pair.n_image), bool), words)
    if "answers" not in model.name:
        np.testing.assert_allclose(came, model.score([image], ["a truck near a"]), rtol=1e-6)


def test_players_of_several_patches_and_words(model: FusionModel) -> None:
    (image,) = pictures(1, (24, 24))
    blocks = np.zeros((2, 9), bool)
    blocks[0, :3], blocks[1, 3:] = True, True
    patches = SimpleNamespace(patches=blocks, regions=None)
    phrases = SimpleNamespace(spans=[((0, 11),), ((12, 30),)])
    pair = model.mask_pair(image, CAPTION, patches, phrases)
    assert (pair.n_image, pair.n_words) == (2, 2)
    keep = np.array([[True, False], [True, True]])
    fine = np.concatenate([blocks[:1], np.ones((1, 9), bool)])
    words = np.array([[1, 1, 1, 0, 0, 0], [1] * 6], bool)
    np.testing.assert_allclose(pair(keep, keep), model.mask_pair(image, CAPTION)(fine, words), rtol=1e-9)
    regions = np.zeros((2, 24, 24), bool)
    regions[0, :8], regions[1, 8:] = True, True
    mixed = model.mask_pair(image, CAPTION, SimpleNamespace(patches=None, regions=regions), phrases)
    np.testing.assert_allclose(mixed(keep, keep), pair(keep, keep), rtol=1e-6)
    drop = [
        model.mask_pair(image, CAPTION, players, phrases, image_masking="drop")(keep, keep)
        for players in (patches, SimpleNamespace(patches=None, regions=regions))
    ]
    np.testing.assert_allclose(drop[0], drop[1], rtol=1e-9)


def test_a_scene_is_scored_under_coalitions(model: FusionModel) -> None:
    (image,) = pictures(1)
    keep = np.random.default_rng(0).random((4, 9)) < 0.5
    words = np.random.default_rng(1).random((4, 6)) < 0.5
    grid = model.patch_axis(image).grid
    assert grid is not None
    keep = np.resize(keep, (4, grid[0] * grid[1]))
    came = model.score_coalitions(Scene(image, CAPTION), keep, words)
    np.testing.assert_allclose(came, model.mask_pair(image, CAPTION)(keep, words))
    with pytest.raises(InputError, match="with a caption"):
        model.score_coalitions(Scene(image), keep, words)


def test_a_fusion_game_of_a_model_equals_brute_force(model: FusionModel) -> None:
    (image,) = pictures(1, (24, 24))
    quarters = np.zeros((4, 9), bool)
    for k in range(9):
        quarters[min(k // 2, 3), k] = True
    phrases = SimpleNamespace(spans=[((0, 5),), ((6, 16),), ((17, 30),)])
    pair = model.mask_pair(image, CAPTION, SimpleNamespace(patches=quarters, regions=None), phrases)
    found = FusionGame(pair, 4, 3).estimate(128)
    keep = (np.arange(128)[:, None] >> np.arange(7) & 1).astype(bool)
    values, signs = pair(keep[:, :4], keep[:, 4:]), 2.0 * keep - 1
    cross = (signs[:, :4] * values[:, None]).T @ signs[:, 4:] / 128 * 4  # mean of D_i D_j
    np.testing.assert_allclose(found.cross.values, cross, atol=1e-9)


def test_training_mode_is_given_back_and_changes_nothing() -> None:
    model = tiny_fusion("vilt")
    for module in model.model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
    calm = model.score(pictures(1), TEXTS[:1])
    model.model.train()
    np.testing.assert_array_equal(model.score(pictures(1), TEXTS[:1]), calm)
    assert model.model.training


def test_an_answer_is_chosen_by_name() -> None:
    both = [tiny_fusion("vilt answers", answer=answer).score(pictures(1), TEXTS[:1])[0] for answer in ("yes", "no")]
    assert tiny_fusion("vilt answers").score(pictures(1), TEXTS[:1])[0] >= max(both)
    assert both[0] != both[1]
    with pytest.raises(ModelError, match="an answer that the model can give"):
        tiny_fusion("vilt answers", answer="perhaps")
    for kind in ("vilt", "blip"):
        with pytest.raises(ModelError, match="a matcher"):
            tiny_fusion(kind, answer="yes")


def test_wrong_inputs(model: FusionModel) -> None:
    (image,) = pictures(1)
    with pytest.raises(InputError, match="as many captions"):
        model.score([image], TEXTS)
    with pytest.raises(CaptionError, match="at most 16 tokens"):
        model.score([image], ["a red truck " * 9])
    with pytest.raises(InputError, match="masking of pictures"):
        model.mask_pair(image, CAPTION, image_masking="noise")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="masking of captions"):
        model.mask_pair(image, CAPTION, caption_masking="swap")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="players of"):
        model.mask_pair(image, CAPTION, SimpleNamespace(patches=np.eye(4, dtype=bool), regions=None))
    pair = model.mask_pair(image, CAPTION)
    with pytest.raises(InputError, match="coalitions"):
        pair(np.ones((2, 3), bool), np.ones((2, 6), bool))


@pytest.mark.parametrize("kind", FUSION_MODELS)
def test_a_checkpoint_loads_as_it_was_saved(kind: str, tmp_path: Path) -> None:
    answer = "a fence" if "blip answers" in kind else None
    loaded = load_matcher(save_tiny_fusion(kind, tmp_path / "tiny"), device="cpu", answer=answer)
    made = tiny_fusion(kind, torch.float32)
    np.testing.assert_allclose(loaded.score(pictures(1), TEXTS[:1]), made.score(pictures(1), TEXTS[:1]), rtol=1e-5)
    assert not loaded.model.training


def test_what_is_no_fusion_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"ViltForQuestionAnswering.*load_model"):
        load_matcher(save_tiny("clip", tmp_path / "clip"))
    folder = save_tiny_fusion("vilt", tmp_path / "vilt")
    config = json.loads((folder / "config.json").read_text()) | {"architectures": ["ViltForMaskedLM"]}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="ViltForMaskedLM"):
        load_matcher(folder)
    with pytest.raises(ModelError, match="precision"):
        load_matcher(folder, precision="float8")
