"""The matcher begins as the CLIP, learns from phrases whose truth is known, and is saved as transformers reads it."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from transformers import CLIPModel, ViltForImageAndTextRetrieval

from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.captions import compose
from saii_widgets.data.scenes.facts import FACTS, Fact
from saii_widgets.engine.models.load_matcher import load_matcher
from saii_widgets.training.dataset import draw_scenes
from saii_widgets.training.embedded_clip import export as export_clip
from saii_widgets.training.embedded_vilt import export, train_embedded_vilt
from saii_widgets.training.fact_words import FactWords
from saii_widgets.training.matcher import Matcher, PairMaker
from saii_widgets.training.recipe import Recipe
from saii_widgets.training.tokenizer import BEGIN
from saii_widgets.training.towers import new_model
from saii_widgets.training.vilt_recipe import ViltRecipe
from saii_widgets.training.vilt_start import new_matcher

CLIP = Recipe(
    size=24, patch=12, vision_width=16, vision_layers=2, vision_heads=2, text_width=16, text_layers=1, text_heads=2
)
TINY = ViltRecipe(n_scenes=48, parts=((192, 400), (384, 384)), shard=24, warm_up=48, new_layers=1)


@pytest.fixture
def clip() -> CLIPModel:
    torch.manual_seed(0)
    return new_model(CLIP)


def test_facts_are_found_where_they_are_said() -> None:
    said = FactWords()
    words = ["a", "red", "police", "car", "and", "a", "grey", "automobile", "at", "night", "with", "traffic", "lights"]
    found = [(words[k], FACTS[i]) for k, i in said(words)]
    assert found == [
        ("car", Fact(type="police car")),
        ("automobile", Fact("grey", "car")),
        ("night", Fact(context="night")),
        ("lights", Fact(context="lights")),
    ]


def test_every_fact_of_a_composed_caption_is_found() -> None:
    said, rng = FactWords(), Random(0)
    for _ in range(500):
        facts = rng.sample(range(len(FACTS)), rng.randint(1, 5))
        text = compose([FACTS[i] for i in facts], rng)
        assert sorted(i for _, i in said(text.lower().replace(",", " ,").split())) == sorted(facts), text


def test_pairs_say_what_is_true_and_what_is_false() -> None:
    scenes = [draw(seed, 24) for seed in range(12)]
    truth = np.stack([scene.truth for scene in scenes])
    pairs = PairMaker(TINY)(truth, [list(scene.vehicles) for scene in scenes], Random(0))
    assert len(pairs.tokens) == 24
    assert (pairs.verdict[:12] == 1).all()
    assert (pairs.verdict[12:] == 0).float().mean() > 0.5
    assert torch.equal(pairs.rivals, pairs.verdict[12:] == 0)
    ids = pairs.tokens[pairs.rows, pairs.places]
    assert (ids > BEGIN + 1).all()
    for row in range(24):
        known = pairs.facts_true[pairs.rows == row]
        if pairs.verdict[row] == 1:
            assert (known == 1).all()
        if pairs.verdict[row] == 0:
            assert (known == 0).any()


def test_the_start_sees_what_the_clip_sees(clip: CLIPModel) -> None:
    """Without text, and with the layer norm that ViLT lacks folded in, the class token is nearly the CLIP's."""
    pixels = torch.randn(8, 3, 24, 24)
    model = new_matcher(clip, pixels, TINY).vilt
    parts = model.embeddings
    with torch.no_grad():
        theirs = clip.vision_model(pixels).last_hidden_state[:, 0]
        patches = parts.patch_embeddings(pixels).flatten(2).transpose(1, 2)
        hidden = torch.cat([parts.cls_token.expand(8, -1, -1), patches], 1) + parts.position_embeddings
        for layer in list(model.encoder.layer)[:2]:
            hidden = layer(hidden)[0]
    assert torch.cosine_similarity(hidden[:, 0], theirs).mean() > 0.95
    top = model.encoder.layer[-1].attention.attention
    assert torch.equal(top.query.weight, top.key.weight)  # pyright: ignore[reportAttributeAccessIssue]


def test_training_says_what_the_saved_model_says(clip: CLIPModel, tmp_path: Path) -> None:
    pixels = torch.randn(2, 3, 24, 24)
    matcher = Matcher(new_matcher(clip, pixels, TINY), TINY)
    tokens = PairMaker(TINY).words(["a red bus", "a night sky with trees"])
    export(matcher.model, tmp_path)
    model = ViltForImageAndTextRetrieval.from_pretrained(tmp_path)
    with torch.no_grad():
        saved = model(input_ids=tokens, attention_mask=(tokens != 0).long(), pixel_values=pixels).logits[:, 0]
        plain, _ = matcher(pixels, None, tokens)
        half, facts = matcher.in_half(pixels, None, tokens)
    torch.testing.assert_close(plain, saved, atol=0.01, rtol=0.01)  # half precision on disk
    torch.testing.assert_close(half, saved, atol=0.1, rtol=0.05)  # bfloat16 arithmetic
    assert facts.shape == tokens.shape


def test_dropped_patches_are_gone(clip: CLIPModel) -> None:
    pixels = torch.randn(1, 3, 24, 24)
    matcher = Matcher(new_matcher(clip, pixels, TINY), TINY)
    other = pixels.clone()
    other[:, :, 12:, 12:] = 5  # the last patch
    tokens = PairMaker(TINY).words(["a red bus"])
    kept = torch.tensor([[0, 1, 2]])
    assert torch.equal(matcher(pixels, kept, tokens)[0], matcher(other, kept, tokens)[0])
    assert not torch.equal(matcher(pixels, None, tokens)[0], matcher(other, None, tokens)[0])


@pytest.mark.slow
def test_one_process_and_two_give_the_same_bits(clip: CLIPModel, tmp_path: Path) -> None:
    export_clip(clip, CLIP, tmp_path / "clip")
    draw_scenes(tmp_path / "scenes", 48, TINY.first_scene, size=24, grid=2)
    folders = [
        train_embedded_vilt(tmp_path / str(n), TINY, clip=tmp_path / "clip", scenes=tmp_path / "scenes", n_processes=n)
        for n in (1, 2)
    ]
    weights = [(folder / "model.safetensors").read_bytes() for folder in folders]
    assert weights[0] == weights[1]
    lines = [json.loads(line) for line in (folders[0] / "training.jsonl").read_text().splitlines()]
    assert [line["seen"] for line in lines if "seen" in line] == [192, 384]
    (folders[0] / "model.safetensors").unlink()  # a run that stopped goes on after its first part
    train_embedded_vilt(folders[0], TINY, clip=tmp_path / "clip", scenes=tmp_path / "scenes", n_processes=1)
    assert (folders[0] / "model.safetensors").read_bytes() == weights[0]
    model = load_matcher(folders[0], device="cpu")
    assert np.isfinite(model.score([draw(1).image], ["a red bus"])).all()
