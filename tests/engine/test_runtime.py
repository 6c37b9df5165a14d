"""Devices, batches that fit, out of memory, cancelling."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from saii_widgets.core.errors import ModelError
from saii_widgets.engine import runtime
from saii_widgets.engine.runtime import Cancelled, Precision, TooLarge, free_memory, in_batches, pick_device

CPU = torch.device("cpu")
FAILURES = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried 8 GB"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes"),
    RuntimeError("MPS backend out of memory"),
    TooLarge("room", "none", "Try less."),
]


def batches(count: int, **settings: Any) -> list[list[int]]:
    return list(in_batches(count, list, device=CPU, **settings))


def test_batches_cover_everything_in_order_and_fit_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "memory_budget", lambda _: 35)
    assert batches(8, bytes_each=10) == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert batches(2, bytes_each=100) == [[0], [1]]
    assert batches(0, bytes_each=10) == []


@pytest.mark.parametrize("failure", FAILURES, ids=lambda e: type(e).__name__)
def test_out_of_memory_halves_the_batch_and_goes_on(failure: Exception) -> None:
    tried, noted = [], []

    def work(batch: range) -> range:
        tried.append(len(batch))
        if len(batch) > 3:
            raise failure
        return batch

    def progress(*note: Any) -> None:
        noted.append(note)

    done = list(in_batches(7, work, device=CPU, bytes_each=1, progress=progress, label="pictures"))
    assert [k for batch in done for k in batch] == list(range(7))
    assert tried == [7, 3, 3, 1]
    assert noted == [(3, 7, "pictures"), (6, 7, "pictures"), (7, 7, "pictures")]


def test_one_item_that_does_not_fit_is_an_error_with_what_to_do() -> None:
    def work(_: range) -> None:
        raise MemoryError

    with pytest.raises(TooLarge, match="precision='bfloat16'"):
        list(in_batches(2, work, device=CPU, bytes_each=1, label="pictures"))


def test_other_errors_are_not_swallowed() -> None:
    def work(_: range) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        list(in_batches(2, work, device=CPU, bytes_each=1))


def test_progress_cancels() -> None:
    def stop(*_: Any) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(in_batches(2, list, device=CPU, bytes_each=1, progress=stop))


def test_devices() -> None:
    assert pick_device("cpu") == CPU
    assert pick_device().type in ("cpu", "cuda", "mps")
    for unknown in ("tpu", "cuda:99", "cpu:x"):
        with pytest.raises(ModelError, match="'cpu'"):
            pick_device(unknown)


def test_precisions() -> None:
    assert [p.dtype for p in Precision] == [torch.float32, torch.bfloat16, torch.float16]


def test_free_memory_is_that_of_the_container_where_it_is_less(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 2**20 < free_memory(CPU) < 2**50
    monkeypatch.setattr(runtime, "_container_memory", lambda: 12345)
    assert free_memory(CPU) == 12345
    assert runtime.memory_budget(CPU) == 12345 // 4
