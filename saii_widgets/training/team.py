"""Processes of one machine that train one model together, and get the bits that one alone would get."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn


@dataclass(frozen=True)
class Team:
    """One process among those that train; each takes its own shards of every step.

    Parameters
    ----------
    rank, size : int
        Which of how many. Alone by default.
    """

    rank: int = 0
    size: int = 1

    @classmethod
    @contextmanager
    def joined(cls, rank: int, size: int, port: int) -> Iterator[Team]:
        """Meet the others at a port of this machine, one thread each; part when the block ends."""
        torch.set_num_threads(1)
        if size > 1:
            dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size)
        yield cls(rank, size)
        if size > 1:
            dist.destroy_process_group()

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes logs and models."""
        return self.rank == 0

    def wait(self) -> None:
        """Until all have come here."""
        if self.size > 1:
            dist.barrier()

    def shards(self, n_shards: int) -> range:
        """Those of n shards that are this process's."""
        return range(self.rank, n_shards, self.size)

    def step(
        self, optimizer: torch.optim.Optimizer, weights: Sequence[Tensor], losses: Iterable[Tensor], n_shards: int
    ) -> None:
        """One step along the mean gradient of all shards, its norm at most 1.

        Parameters
        ----------
        optimizer : Optimizer
            Of these weights.
        weights : sequence of Tensor
        losses : iterable of Tensor
            One a shard of this process, computed as it is asked for, so that one graph is in memory at a time.
        n_shards : int
            Of the whole team: gradients are added in float32, then divided, in the same order for any team.
        """
        sizes = [p.numel() for p in weights]
        total = torch.zeros(sum(sizes))
        for loss in losses:
            optimizer.zero_grad()
            loss.backward()
            total += torch.cat([torch.zeros(p.numel()) if p.grad is None else p.grad.flatten() for p in weights])
        if self.size > 1:
            dist.all_reduce(total)
        total /= n_shards
        for p, grad in zip(weights, total.split(sizes), strict=True):
            p.grad = grad.view_as(p)
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()


def run_team(run: Callable[..., None], size: int, *arguments: Any) -> None:
    """Call `run(rank, size, port, *arguments)` in each of `size` new processes, and wait for them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    spawn(run, (size, port, *arguments), nprocs=size)
