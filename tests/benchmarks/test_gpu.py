"""The pieces of the benchmark for cards, on a processor."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import gpu
from benchmarks.random_clip import random_captions, random_pictures, small_random_clip

CPU = torch.device("cpu")


def test_operations_are_those_that_are_done() -> None:
    clip = small_random_clip(rows=3)
    pixels = torch.zeros(2, 3, 48, 48)
    # the fused attention of a processor is not counted by torch
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        clip.image_tower.embed({"pixel_values": pixels})
    assert 2 * gpu.image_flops(clip) == counter.get_total_flops()


def test_another_precision_is_a_copy() -> None:
    clip = small_random_clip(rows=3)
    half = gpu.on_device(clip, CPU, torch.bfloat16)
    assert (half.dtype, clip.dtype) == (torch.bfloat16, torch.float32)
    assert next(clip.model.parameters()).dtype == torch.float32


def test_errors_of_half_precision_are_small_and_not_nothing() -> None:
    clip = small_random_clip(rows=3)
    pictures, captions = random_pictures(2, side=48), random_captions(2, words=4)
    wanted = gpu.interactions_time(clip, pictures, captions, 24)[1]
    found = gpu.interactions_time(gpu.on_device(clip, CPU, torch.bfloat16), pictures, captions, 24)[1]
    off, largest, noise = (figure.value for figure in gpu.precision_errors(found, wanted))
    assert 0 < off < largest
    assert off < 25
    assert noise > 0
    assert [figure.value for figure in gpu.precision_errors(wanted, wanted)][:2] == [0, 0]
    assert found.shape == wanted.shape
    assert np.isfinite(found.values).all()


def test_nothing_is_judged_without_a_card(capsys: pytest.CaptureFixture[str]) -> None:
    torch.set_num_threads(1)
    gpu.main(["--quick", "--device", "cpu"])
    said = capsys.readouterr().out
    assert "No card here" in said
    assert json.loads(said.strip().splitlines()[-1]) == []
