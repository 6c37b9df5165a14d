"""Device, precision, batches that fit the free memory, progress and cancelling."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar

import torch

from saii_widgets.core.errors import ModelError

T = TypeVar("T")

_LARGEST_CPU_BUDGET: Final = 256 * 2**20  # larger batches than this make a CPU no faster
_OUT_OF_MEMORY: Final = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


class Precision(StrEnum):
    """Number format of a model's weights and activations. Results are float32 in any case."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"

    @property
    def dtype(self) -> torch.dtype:
        """The torch dtype of this precision."""
        return getattr(torch, self.value)


class Cancelled(Exception):
    """Raised by a progress callable to stop the work; the model is left as it was."""


class TooLarge(ModelError):
    """A single item does not fit the memory."""


class Progress(Protocol):
    """Called after every batch; raises `Cancelled` to stop."""

    def __call__(self, done: int, total: int, label: str, /) -> None:
        """Take note of `done` of `total` items of the work named `label`."""


def pick_device(name: str = "auto") -> torch.device:
    """The device to compute on.

    Parameters
    ----------
    name : {"auto", "cpu", "cuda", "cuda:N", "mps"}
        "auto" takes CUDA, then MPS, then the CPU.

    Raises
    ------
    ModelError
        The device is unknown or this machine lacks it.
    """
    present = ["cpu"]
    if torch.backends.mps.is_available():
        present.insert(0, "mps")
    if torch.cuda.is_available():
        present.insert(0, "cuda")
    if name == "auto":
        return torch.device(present[0])
    kind, _, number = name.partition(":")
    numbered = not number or (kind == "cuda" and number.isdecimal() and int(number) < torch.cuda.device_count())
    if kind not in present or not numbered:
        raise ModelError(
            "a device of this machine", repr(name), f"Choose 'auto' or one of: {', '.join(repr(p) for p in present)}."
        )
    return torch.device(name)


def pick_precision(name: str) -> Precision:
    """The precision of this name.

    Raises
    ------
    ModelError
        There is none.
    """
    if name not in list(Precision):
        raise ModelError("a precision", repr(name), f"Choose one of: {', '.join(Precision)}.")
    return Precision(name)


def free_memory(device: torch.device) -> int:
    """Bytes that are free on the device (on a CPU: that the machine, or the container around it, still has)."""
    if device.type == "cuda":
        reserved = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + reserved
    if device.type == "mps":
        return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return min(_machine_memory(), _container_memory())


def _machine_memory() -> int:
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return 2 * 2**30


def _container_memory() -> int:
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.exists() and used.exists() and (text := limit.read_text().strip()).isdecimal():
        return max(0, int(text) - int(used.read_text()))
    return 2**62


def memory_budget(device: torch.device) -> int:
    """Bytes that one batch may take: a quarter of what is free, and on a CPU never more than helps."""
    budget = free_memory(device) // 4
    return min(budget, _LARGEST_CPU_BUDGET) if device.type == "cpu" else budget


def in_batches(
    count: int,
    work: Callable[[range], T],
    *,
    device: torch.device,
    bytes_each: int,
    progress: Progress | None = None,
    label: str = "",
) -> Iterator[T]:
    """Do `work` on `range(count)` in batches that fit the free memory.

    A batch that runs out of memory is done again in halves, and the rest goes on at that size.

    Parameters
    ----------
    count : int
        Number of items.
    work : callable
        Takes a `range` of items; must not keep state from a call that fails.
    device : torch.device
        Whose free memory sets the batch size.
    bytes_each : int
        Memory that one item is expected to take.
    progress : Progress, optional
        Called with (items done, count, label) after every batch.
    label : str
        Name of the work, in the plural: "pictures".

    Yields
    ------
    T
        What `work` returned, batch after batch, in order.

    Raises
    ------
    TooLarge
        A single item does not fit.
    Cancelled
        From `progress`.
    """
    size = max(1, memory_budget(device) // max(1, bytes_each))
    done = 0
    while done < count:
        batch = range(done, min(count, done + size))
        failure, outcome = "", []
        try:
            outcome.append(work(batch))
        except (MemoryError, RuntimeError, TooLarge) as error:
            if not _is_out_of_memory(error):
                raise
            failure = str(error) or type(error).__name__
        # outside of the handler, whose traceback would keep the failed batch's tensors alive
        if not outcome:
            _give_back(device)
            if len(batch) == 1:
                raise TooLarge(
                    f"enough memory for a batch of one ({label or 'item'}) on {device}",
                    failure,
                    "Use device='cpu', precision='bfloat16' or a smaller model, or close other programs.",
                )
            size = max(1, len(batch) // 2)
            continue
        done = batch.stop
        yield outcome.pop()
        if progress is not None:
            progress(done, count, label)


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError, TooLarge)):
        return True
    text = str(error).lower()
    return any(words in text for words in _OUT_OF_MEMORY)


def _give_back(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
