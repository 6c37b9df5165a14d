"""Segments of pictures that lie on what a classifier looks at, and what its middle layers say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.superpixels import superpixels

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

LEAST_SIDE: Final = 24  # pixels; below, superpixels are single pixels
MOST_SIDE: Final = 128  # larger pictures are segmented at this size: SLIC's time grows with the pixels
_COMPACTNESS: Final = 20  # rounder superpixels run less along shadows and leave fewer parts mixed
_FEWEST_PIXELS: Final = 6


@dataclass(frozen=True, eq=False)
class Segments:
    """The segments of one picture.

    Parameters
    ----------
    maps : uint8 or int array, (resolutions, height, width)
        Superpixels at each resolution, numbered from 0.
    kept : int array, (n, 2)
        Resolution and number of each segment that lies on the foreground.
    features : float32 array, (n, d)
        Means of the layers over each segment.
    logits : float32 array, (classes,)
        What the classifier says of the picture.
    hypothesis : int
        The class whose attention gave the foreground.
    foreground : float
        Share of the picture that is foreground.
    """

    maps: NDArray[np.integer]
    kept: NDArray[np.intp]
    features: NDArray[np.float32]
    logits: NDArray[np.float32]
    hypothesis: int
    foreground: float

    def __len__(self) -> int:
        return len(self.kept)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width at which the picture was segmented."""
        return self.maps.shape[1], self.maps.shape[2]

    def mask(self, segment: int) -> NDArray[np.bool_]:
        """Where a segment is, (height, width)."""
        resolution, number = self.kept[segment]
        return self.maps[resolution] == number


class SegmentReader:
    """Reads segments off pictures, with the classifier's attention as the foreground.

    Parameters
    ----------
    classifier : Classifier
    layers : sequence of str, optional
        Of the classifier; by default its two middle layers. The last one, from which it takes its attention, is read
        after them.
    threshold : float
        The foreground is where the attention exceeds this share of its maximum.
    inside : float
        The share of a segment that must be foreground.
    segments : sequence of int
        About how many superpixels, at each resolution.

    Raises
    ------
    ModelError
        A classifier without feature layers. One that lacks a layer says so when it is read, and lists those it has.
    """

    def __init__(
        self,
        classifier: Classifier,
        layers: Sequence[str] | None,
        threshold: float,
        inside: float,
        segments: Sequence[int],
    ) -> None:
        self.classifier = classifier
        self.layers = tuple(classifier.middle_layers if layers is None else layers)
        if not self.layers:
            raise ModelError(
                "a classifier with a layer whose output is a map of features",
                f"{classifier.name}, which has none",
                "Wrapped as PredictionOnly it is explained by greying superpixels.",
            )
        self.threshold, self.inside, self.segments = threshold, inside, tuple(segments)

    @cached_property
    def read_layers(self) -> tuple[str, ...]:
        """The layers, and after them the one that the attention is taken from."""
        deepest = self.classifier.attention_layer  # found by running the classifier
        return self.layers if deepest in self.layers else (*self.layers, deepest)

    def read(self, images: Sequence[Image.Image], hypotheses: Sequence[int] | None = None) -> list[Segments]:
        """Segments of each picture.

        Parameters
        ----------
        images : sequence of PIL.Image
            One batch.
        hypotheses : sequence of int, optional
            The class whose attention gives the foreground, one a picture; by default the predicted one.

        Raises
        ------
        InputError
            A tiny picture.
        """
        small = [working_size(image) for image in images]
        logits = self.classifier.class_logits(images).detach().float().cpu()
        chosen = logits.argmax(1).tolist() if hypotheses is None else list(hypotheses)
        maps = self.classifier.features(images, self.read_layers)
        attention = self._attention(images, chosen)
        found = []
        for n, image in enumerate(small):
            layers = [maps[layer][n] for layer in self.read_layers]
            seen = self._seen(images[n], (image.height, image.width))
            found.append(self._segments(image, seen, layers, attention[n], logits[n].numpy(), chosen[n]))
        return found

    def describe(
        self, images: Sequence[Image.Image], regions: Sequence[NDArray[np.bool_]]
    ) -> list[NDArray[np.float32]]:
        """Features (n, d) of given regions (n, height, width) of each picture, as those of segments."""
        maps = self.classifier.features(images, self.read_layers)
        found = []
        for k, (image, masks) in enumerate(zip(images, regions, strict=True)):
            top, bottom, left, right = self._seen(image, masks.shape[1:])
            seen = masks[:, top:bottom, left:right]
            each = [masked_means(maps[layer][k].detach().float().cpu(), seen) for layer in self.read_layers]
            found.append(np.concatenate(each, 1))
        return found

    def _seen(self, image: Image.Image, size: tuple[int, ...]) -> tuple[int, int, int, int]:
        """Rows and columns of a mask that a classifier which crops sees; its maps cover that part."""
        box = self.classifier.seen(image.size)
        high, wide = size
        left, right = round(box[0] * wide), max(round(box[2] * wide), round(box[0] * wide) + 1)
        top, bottom = round(box[1] * high), max(round(box[3] * high), round(box[1] * high) + 1)
        return top, bottom, left, right

    def _attention(self, images: Sequence[Image.Image], chosen: Sequence[int]) -> list[NDArray[np.float32]]:
        found: dict[int, NDArray[np.float32]] = {}
        for label in sorted(set(chosen)):
            these = [n for n, other in enumerate(chosen) if other == label]
            seen = np.asarray(self.classifier.attention([images[n] for n in these], [label]), np.float32)[:, 0]
            found |= dict(zip(these, seen, strict=True))
        return [found[n] for n in range(len(images))]

    def _segments(
        self,
        image: Image.Image,
        seen: tuple[int, int, int, int],
        features: Sequence[Tensor],
        attention: NDArray[np.float32],
        logits: NDArray[np.float32],
        hypothesis: int,
    ) -> Segments:
        high, wide = image.height, image.width
        top, bottom, left, right = seen
        grid = torch.from_numpy(attention)[None, None]
        size = (bottom - top, right - left)
        shown = functional.interpolate(grid, size, mode="bilinear", align_corners=False)[0, 0].numpy()
        front = np.zeros((high, wide), bool)
        front[top:bottom, left:right] = shown > self.threshold * shown.max()
        numbered = np.stack([superpixels(image, n, _COMPACTNESS) for n in self.segments])
        kept: list[tuple[int, int]] = []
        for resolution, numbers in enumerate(numbered):
            area = np.bincount(numbers.ravel())
            share = np.bincount(numbers.ravel(), front.ravel()) / np.maximum(area, 1)
            chosen = np.flatnonzero((share >= self.inside) & (area >= _FEWEST_PIXELS))
            kept += [(resolution, int(number)) for number in chosen]
        places = np.array(kept, np.intp).reshape(-1, 2)
        masks = numbered[places[:, 0]] == places[:, 1, None, None]
        means = [masked_means(layer.detach().float().cpu(), masks[:, top:bottom, left:right]) for layer in features]
        smaller = numbered.astype(np.uint8) if numbered.max() < 256 else numbered
        return Segments(smaller, places, np.concatenate(means, 1), logits, hypothesis, float(front.mean()))


def masked_means(features: Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Means of a layer over regions of the picture.

    Parameters
    ----------
    features : Tensor, (d, h, w)
        The layer's map over the whole picture.
    masks : bool array, (n, height, width)

    Returns
    -------
    float32 array, (n, d)
        Each cell of the map counts as much as the region covers of it; not a number where a region is empty.

    Source
    ------
    Against a loop over cells: `test_segments.py::test_means_equal_a_loop_over_cells`.
    """
    if not len(masks):
        return np.zeros((0, features.shape[0]), np.float32)
    regions = torch.from_numpy(masks.astype(np.float32))
    grid = (features.shape[1], features.shape[2])
    covered = functional.adaptive_avg_pool2d(regions, grid).flatten(1)  # (n, hw)
    return ((covered @ features.flatten(1).T) / covered.sum(1, keepdim=True)).numpy()


def working_size(image: Image.Image) -> Image.Image:
    """The picture in RGB, no larger than it needs to be for segments.

    Raises
    ------
    InputError
        A tiny picture.
    """
    if min(image.size) < LEAST_SIDE:
        raise InputError(
            f"pictures of at least {LEAST_SIDE} x {LEAST_SIDE} pixels",
            f"one of {image.width} x {image.height}",
            "Segments of so small a picture mean nothing: give a larger one.",
        )
    longest = max(image.size)
    size = [max(LEAST_SIDE, round(n * MOST_SIDE / longest)) for n in image.size]
    small = image.convert("RGB")
    return small if longest <= MOST_SIDE else small.resize((size[0], size[1]), Image.Resampling.BOX)
