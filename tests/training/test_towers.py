"""The training-time towers say what the saved model says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import torch
from torch.nn.functional import normalize
from transformers import CLIPModel

from saii_widgets.data.scenes.captions import compose, vocabulary
from saii_widgets.data.scenes.facts import FACTS
from saii_widgets.training.embedded_clip import export
from saii_widgets.training.recipe import Recipe
from saii_widgets.training.tokenizer import MAX_TOKENS, UNKNOWN, build_tokenizer
from saii_widgets.training.towers import Towers, Words, cosine_rate, new_model

TINY = Recipe(
    size=24, patch=12, vision_width=16, vision_layers=1, vision_heads=2, text_width=16, text_layers=1, text_heads=2
)


def some_captions(n: int) -> list[str]:
    rng = Random(0)
    return [compose([FACTS[i] for i in rng.sample(range(len(FACTS)), rng.randint(1, 6))], rng) for _ in range(n)]


def test_words_equal_the_full_tokenizer() -> None:
    captions = [*some_captions(100), "Ein Wort, das niemand kennt"]
    ours = Words()(captions)
    theirs = build_tokenizer()(captions, padding=True, return_tensors="pt").input_ids
    assert torch.equal(ours, theirs)


def test_the_grammar_is_in_the_vocabulary_and_fits() -> None:
    tokens = Words()(some_captions(400))
    assert not (tokens == UNKNOWN).any()
    assert tokens.shape[1] <= MAX_TOKENS
    assert len(build_tokenizer()) == len(vocabulary()) + 5


def test_towers_agree_with_the_saved_model(tmp_path: Path) -> None:
    torch.manual_seed(0)
    towers = Towers(new_model(TINY))
    pixels = torch.randn(2, 3, 24, 24)
    tokens = Words()(some_captions(3))
    export(towers.model, TINY, tmp_path)
    model = CLIPModel.from_pretrained(tmp_path)
    with torch.no_grad():
        vision = model.vision_model(pixel_values=pixels)
        pictures = normalize(model.visual_projection(vision.pooler_output), dim=-1)
        text = model.text_model(input_ids=tokens, attention_mask=(tokens != 0).long())
        captions = normalize(model.text_projection(text.pooler_output), dim=-1)
    assert torch.allclose(towers.encode_pictures(pixels)[:, 0], pictures, atol=0.02)  # bfloat16 arithmetic
    assert torch.allclose(towers.encode_captions(tokens), captions, atol=0.02)


def test_dropped_patches_are_gone() -> None:
    torch.manual_seed(0)
    towers = Towers(new_model(TINY))
    pixels = torch.randn(1, 3, 24, 24)
    other = pixels.clone()
    other[:, :, 12:, 12:] = 5  # the last patch
    kept = torch.tensor([[0, 1, 2]])
    assert torch.equal(towers.encode_pictures(pixels, kept), towers.encode_pictures(other, kept))
    assert not torch.equal(towers.encode_pictures(pixels), towers.encode_pictures(other))


def test_learning_rate_warms_up_and_falls() -> None:
    rates = [cosine_rate(p / 100, p * 1000, 8000, 0.02) for p in range(100)]
    assert rates[0] < 0.001
    assert max(rates) == max(rates[7:10])
    assert rates[-1] == pytest.approx(0.02, abs=0.001)
