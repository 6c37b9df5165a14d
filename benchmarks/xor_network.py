"""XOR hidden in two modalities of many dimensions, and a small network that learns it (MATH.md 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Setting = Literal["uniqueness", "synergy", "redundancy"]
SETTINGS: Final[tuple[Setting, ...]] = ("uniqueness", "synergy", "redundancy")
DIMENSIONS: Final = (200, 100)
LATENT: Final = 200
_HALF: Final = LATENT // 2


@dataclass(frozen=True)
class XorData:
    """Samples of two modalities whose label is the XOR of two hidden bits.

    Attributes
    ----------
    bits : bool array, (n, 2)
    modalities : two float32 arrays, (n, 200) and (n, 100)
    labels : int array, (n,)
    """

    bits: NDArray[np.bool_]
    modalities: tuple[NDArray[np.float32], NDArray[np.float32]]
    labels: NDArray[np.int64]

    def rows(self, chosen: slice) -> list[NDArray[np.float32]]:
        """Some samples of both modalities."""
        return [part[chosen] for part in self.modalities]


def xor_data(setting: Setting, n: int, seed: int) -> XorData:
    """Draw samples.

    Parameters
    ----------
    setting : {"uniqueness", "synergy", "redundancy"}
        Where the bits are: both in the first modality (and noise in the second), one in each, or both in each. A bit
        shifts its latent dimensions by +-0.35 (by +-0.25 in redundancy, as the published generator does); the latents
        are projected at random.
    n, seed : int
    """
    rng = np.random.default_rng(seed)
    bits = rng.random((n, 2)) < 0.5
    shift = np.where(bits, 1, -1) * (0.25 if setting == "redundancy" else 0.35)  # (n, 2)
    if setting == "synergy":
        latents = [shift[:, [k]] + 2 * rng.normal(size=(n, LATENT)) for k in range(2)]
    else:
        both = shift.repeat(_HALF, 1) + rng.normal(size=(n, LATENT))
        latents = [both, rng.normal(size=(n, LATENT)) if setting == "uniqueness" else both]
    projections = [rng.uniform(-0.5, 0.5, (LATENT, d)) for d in DIMENSIONS]
    first, second = (x @ p for x, p in zip(latents, projections, strict=True))
    return XorData(
        bits,
        (first.astype(np.float32), second.astype(np.float32)),
        (bits[:, 0] != bits[:, 1]).astype(np.int64),
    )


class EarlyFusion(nn.Module):
    """Both modalities side by side, two hidden layers of half and a quarter of their width."""

    def __init__(self) -> None:
        super().__init__()
        width = sum(DIMENSIONS)
        self.layers = nn.Sequential(
            nn.Linear(width, width // 2),
            nn.ReLU(),
            nn.Linear(width // 2, width // 4),
            nn.ReLU(),
            nn.Linear(width // 4, 2),
        )

    def forward(self, modalities: list[Tensor]) -> Tensor:
        return self.layers(torch.cat(modalities, 1))


def train(data: XorData, n_epochs: int, seed: int) -> tuple[EarlyFusion, float]:
    """Train on the first 70 % of the samples to the last epoch; the model and its accuracy on the last 15 %."""
    torch.manual_seed(seed)
    model = EarlyFusion()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, weight_decay=1e-4)
    n = len(data.labels)
    x, y = [torch.from_numpy(part) for part in data.modalities], torch.from_numpy(data.labels)
    for _ in range(n_epochs):
        for rows in torch.randperm(int(0.7 * n)).split(400):
            loss = nn.functional.cross_entropy(model([part[rows] for part in x]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    held = slice(int(0.85 * n), None)
    with torch.no_grad():
        right = model([part[held] for part in x]).argmax(1) == y[held]
    return model, right.float().mean().item()


def predictor(model: EarlyFusion) -> Callable[[list[Any]], NDArray[np.float32]]:
    """Probabilities (n, 2) of numpy inputs."""

    def predict(modalities: list[Any]) -> NDArray[np.float32]:
        with torch.no_grad():
            return model([torch.from_numpy(np.asarray(part)) for part in modalities]).softmax(1).numpy()

    return predict


def xor_function(modalities: list[Any]) -> NDArray[np.float64]:
    """The XOR of two bits itself, as probabilities (n, 2); bits that a modality lacks are -1."""
    first, second = modalities
    a, b = (np.maximum(first[:, k], second[:, k]) for k in range(2))
    label = (a != b).astype(float)
    return np.stack([1 - label, label], 1)
