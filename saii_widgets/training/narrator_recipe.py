"""Settings of the embedded narrator's training."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NarratorRecipe:
    """How the joint space and the writer are trained; the defaults made the shipped weights.

    Parameters
    ----------
    seed : int
    n_pictures : int
        Drawn vehicles whose segments are named and told of.
    first_picture : int
        Seed of the first of them; no other recipe or benchmark draws from here on.
    width : int
        Of the joint space.
    space_steps, space_batch, space_rate : int, int, float
        Of the joint space's training.
    size : int
        Of the writer.
    writer_steps, writer_batch, writer_rate : int, int, float
        Of the writer's training.
    """

    seed: int = 0
    n_pictures: int = 1200
    first_picture: int = 500_000
    width: int = 96
    space_steps: int = 1500
    space_batch: int = 256
    space_rate: float = 1e-3
    size: int = 128
    writer_steps: int = 4000
    writer_batch: int = 32
    writer_rate: float = 2e-3
