"""A classifier of coloured squares that is known in every detail, and pictures for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from saii_widgets.engine.concepts.picture_edits import GREY

SIZE = 48
SIDE = 14
COLOURS = {"red": (230, 40, 40), "blue": (40, 40, 230), "green": (40, 230, 40)}
LABELS = ("red first", "blue first", "green alone")


class PlantedClassifier:
    """Red left of blue, blue left of red, or green: the first two have the same parts and differ in layout alone."""

    name = "planted"
    revision = "1"
    labels = LABELS
    device = torch.device("cpu")
    layers = ("pixels", "colours", "edges", "logits")
    middle_layers = ("colours", "edges")
    attention_layer = "edges"
    part = (0.0, 0.0, 1.0, 1.0)

    def __init__(self) -> None:
        self.n_read = 0

    def class_logits(self, images: Sequence[Image.Image]) -> Tensor:
        self.n_read += len(images)
        amounts = self._colours(images)  # (N, 3, h, w)
        mass = amounts.sum((2, 3)) / (SIDE * SIDE)  # (N, 3), 1 for a whole square
        columns = torch.linspace(0, 1, amounts.shape[3])
        x = (amounts.sum(2) * columns).sum(2) / amounts.sum((2, 3)).clamp(min=1e-3)  # (N, 3)
        red, blue, green = mass.T
        order = 6 * (x[:, 1] - x[:, 0]) * torch.minimum(red, blue)
        return torch.stack([red + blue + order, red + blue - order, 4 * green], 1)

    def features(self, images: Sequence[Image.Image], layers: Sequence[str] | None = None) -> dict[str, Tensor]:
        colours = functional.avg_pool2d(self._colours(images), 4)  # (N, 3, 12, 12)
        every = {
            "pixels": functional.avg_pool2d(self._pixels(images), 4),
            "colours": colours,
            "edges": torch.cat([colours, 1 - colours.amax(1, keepdim=True)], 1),
            "logits": colours.mean((2, 3), keepdim=True),
        }
        return {name: every[name] for name in (layers or self.layers)}

    def attention(self, images: Sequence[Image.Image], classes: Sequence[int]) -> NDArray[np.float32]:
        seen = functional.avg_pool2d(self._colours(images).amax(1, keepdim=True), 4)
        return seen.repeat(1, len(classes), 1, 1).numpy()

    def seen(self, size: tuple[int, int]) -> tuple[float, float, float, float]:  # noqa: ARG002
        return self.part

    def _colours(self, images: Sequence[Image.Image]) -> Tensor:
        """How much red, blue and green each pixel is, 0 to 1."""
        rgb = self._pixels(images)
        others = torch.stack([rgb[:, [k for k in range(3) if k != c]].amax(1) for c in range(3)], 1)
        return ((rgb - others) / 0.7).clamp(0, 1)[:, [0, 2, 1]]

    def _pixels(self, images: Sequence[Image.Image]) -> Tensor:
        arrays = [np.asarray(image.convert("RGB").resize((SIZE, SIZE)), np.float32) / 255 for image in images]
        return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)


def squares(*colours: str, seed: int = 0) -> Image.Image:
    """A picture with squares of these colours from left to right."""
    rng = np.random.default_rng(seed)
    pixels = np.clip(GREY + rng.normal(0, 3, (SIZE, SIZE, 3)), 0, 255)
    width = SIZE // len(colours)
    for n, colour in enumerate(colours):
        left = n * width + int(rng.integers(0, width - SIDE + 1))
        top = int(rng.integers(0, SIZE - SIDE + 1))
        pixels[top : top + SIDE, left : left + SIDE] = COLOURS[colour]
    return Image.fromarray(pixels.astype(np.uint8))


def planted_pictures(n: int, first: int = 0) -> list[Image.Image]:
    """Pictures of the three classes in turn."""
    kinds = (("red", "blue"), ("blue", "red"), ("green",))
    return [squares(*kinds[k % 3], seed=first + k) for k in range(n)]
