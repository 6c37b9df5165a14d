"""Every number that decides what the embedded classifier becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transformers import ResNetConfig

from saii_widgets.data.vehicles import VEHICLE_KINDS

#: Training draws its vehicles from this seed on; whatever a user, a notebook or a benchmark draws has a smaller one.
FIRST_TRAINING_SEED: Final = 5_000_000
#: The pictures that a run is measured on, plain and hard; nothing else draws them.
FIRST_TEST_SEED: Final = 4_000_000


@dataclass(frozen=True)
class ClassifierRecipe:
    """Settings of a training run; the defaults are those of the shipped weights.

    Parameters
    ----------
    n_pictures : int
        Drawn vehicles; seeds from :data:`FIRST_TRAINING_SEED` on.
    hard_share : float
        Of them that are hard.
    n_seen : int
        Pictures seen in all.
    sizes : tuple of int
        Pictures are drawn at these sizes by turns, and then prepared as a user's are.
    side : int
        Width and height that the model reads.
    embedding, widths, depths
        Of the network.
    batch, learning_rate, weight_decay, smoothing
        Of the optimizer and the loss.
    shift : int
        Most pixels that a picture is moved by.
    grey : float
        Share of pictures in which a rectangle is painted grey, as explanations do later on.
    n_tested : int
        Pictures of either test.
    seed : int
    """

    n_pictures: int = 6_000
    hard_share: float = 0.1
    n_seen: int = 42_000
    sizes: tuple[int, ...] = (96, 144)
    side: int = 128
    embedding: int = 16
    widths: tuple[int, ...] = (16, 48, 96)
    depths: tuple[int, ...] = (1, 2, 1)
    batch: int = 48
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    warm_up: int = 2_000  # pictures
    final_rate: float = 0.02  # of the learning rate
    smoothing: float = 0.05
    shift: int = 8
    grey: float = 0.4
    n_tested: int = 1_000
    seed: int = 0

    def config(self) -> ResNetConfig:
        """The `transformers` configuration of the model."""
        return ResNetConfig(
            embedding_size=self.embedding,
            hidden_sizes=list(self.widths),
            depths=list(self.depths),
            layer_type="basic",
            id2label=dict(enumerate(VEHICLE_KINDS)),
            label2id={kind: k for k, kind in enumerate(VEHICLE_KINDS)},
        )
