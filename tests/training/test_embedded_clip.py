"""A tiny run from drawing to a model that loads: the same bits with one process and with two."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from transformers import CLIPModel

from saii_widgets.engine.models import load_model
from saii_widgets.training.dataset import draw_scenes
from saii_widgets.training.embedded_clip import train_embedded_clip
from saii_widgets.training.finish import finish
from saii_widgets.training.recipe import Recipe

TINY = Recipe(
    n_scenes=48,
    n_seen=288,
    second_act=96,
    shard=24,
    warm_up=48,
    joint=0.4,
    n_phrases=8,
    text_steps=2,
    text_batch=8,
    size=48,
    vision_width=16,
    vision_layers=2,
    vision_heads=2,
    text_width=16,
    text_layers=1,
    text_heads=2,
)


@pytest.mark.slow
def test_one_process_and_two_give_the_same_bits(tmp_path: Path) -> None:
    folders = [train_embedded_clip(tmp_path / str(n), TINY, n_processes=n) for n in (1, 2)]
    weights = [(folder / "model.safetensors").read_bytes() for folder in folders]
    assert weights[0] == weights[1]
    lines = [json.loads(line) for line in (folders[0] / "training.jsonl").read_text().splitlines()]
    assert lines[0]["recipe"]["n_seen"] == 288
    assert [line["seen"] for line in lines if "seen" in line] == [96, 288]
    assert "offers" in lines[-1]
    model = CLIPModel.from_pretrained(folders[0])
    assert model.config.vision_config.image_size == 48
    finish(folders[0], n_pictures=150)
    finished = load_model(folders[0], device="cpu")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    assert "far from what" in finished.warnings([noise])[0]


@pytest.mark.slow
def test_a_run_goes_on_after_its_first_act(tmp_path: Path) -> None:
    whole = train_embedded_clip(tmp_path / "whole", TINY, n_processes=1)
    expected = (whole / "model.safetensors").read_bytes()
    (whole / "model.safetensors").unlink()
    assert (train_embedded_clip(whole, TINY, n_processes=1) / "model.safetensors").read_bytes() == expected


def test_scenes_do_not_depend_on_the_workers(tmp_path: Path) -> None:
    one = draw_scenes(tmp_path / "a", 6, 50, size=48, grid=4, n_workers=1)
    two = draw_scenes(tmp_path / "b", 6, 50, size=48, grid=4, n_workers=2)
    for name in ("images", "truth", "coverage", "vehicles"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.coverage.max() == 255
    assert len(one.kinds(0)) == (one.vehicles[0] >= 0).sum()
