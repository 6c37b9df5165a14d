"""What all dual encoders of transformers have in common; a family file adds what is its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.image_players import ImagePlayers
from saii_widgets.engine.models.caption_reader import CaptionReader
from saii_widgets.engine.models.familiarity import Familiarity
from saii_widgets.engine.models.masked_caption import MaskedCaption
from saii_widgets.engine.models.masked_image import MaskedImage
from saii_widgets.engine.models.model import CaptionMasking, ImageMasking
from saii_widgets.engine.models.seen_part import seen_part
from saii_widgets.engine.models.trace import Tower, Trace
from saii_widgets.engine.pairing import as_captions, logits_of, pairing, unit
from saii_widgets.engine.runtime import Progress, in_batches

T = TypeVar("T")


class TwoTowers(CaptionReader, ABC):
    """A dual encoder over an unmodified transformers model.

    Parameters
    ----------
    model : PreTrainedModel
        On its device, in its precision.
    image_processor, tokenizer
        The checkpoint's own.
    name, revision : str
        What results say they come from.
    familiarity : Familiarity, optional
        Tells pictures that are far from what the model has seen.
    """

    probability: Literal["softmax", "sigmoid"]
    first_patch: int

    model: Any

    def __init__(
        self,
        model: PreTrainedModel,
        image_processor: Callable[..., Mapping[str, Tensor]],
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        revision: str = "",
        familiarity: Familiarity | None = None,
    ) -> None:
        super().__init__(tokenizer, int(model.config.text_config.max_position_embeddings), name)
        self.model, self.image_processor = model, image_processor
        self.revision, self.familiarity = revision, familiarity
        self.device, self.dtype = model.device, model.dtype
        self.image_tower, self.text_tower = self._image_tower(), self._text_tower()
        self.n_image_layers, self.n_text_layers = len(self.image_tower.layers), len(self.text_tower.layers)

    @abstractmethod
    def _image_tower(self) -> Tower: ...

    @abstractmethod
    def _text_tower(self) -> Tower: ...

    @abstractmethod
    def _pad(self, rows: Sequence[Sequence[int]]) -> Mapping[str, Tensor]:
        """Inputs of the text tower for token ids of several lengths."""

    @property
    def scale(self) -> float:
        """What the cosine is multiplied with."""
        return float(self.model.logit_scale.detach().double().exp())

    @property
    @abstractmethod
    def bias(self) -> float:
        """What is added to the scaled cosine."""

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Rows and columns of patches."""
        vision = self.model.config.vision_config
        return (vision.image_size // vision.patch_size,) * 2

    def patch_axis(self, image: Image.Image) -> Axis:
        """The patches of a picture, with their boxes as shares of the whole picture."""
        return self._axis(self.patch_grid, self._seen(image.size))

    @staticmethod
    def _axis(grid: tuple[int, int], seen: tuple[float, float, float, float]) -> Axis:
        (rows, columns), (left, top, right, bottom) = grid, seen
        x, y = np.linspace(left, right, columns + 1), np.linspace(top, bottom, rows + 1)
        boxes = [(x[c], y[r], x[c + 1], y[r + 1]) for r in range(rows) for c in range(columns)]
        return Axis.patches(rows, columns, boxes)

    def _seen(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what the processor leaves of a picture, as shares of it."""
        return seen_part(self.image_processor, size)

    def prepare_images(self, images: Sequence[Image.Image]) -> dict[str, Tensor]:
        """Inputs of the image tower, on the model's device and in its precision."""
        inputs = self.image_processor([image.convert("RGB") for image in images], return_tensors="pt")
        return {
            key: value.to(self.device, self.dtype if value.is_floating_point() else None)
            for key, value in inputs.items()
        }

    def lay_regions(self, image: Image.Image, regions: NDArray[np.bool_]) -> Tensor:
        """Shares of pixels (n, 1, height, width) of regions over the whole picture, laid as the tower's inputs are."""
        vision = self.model.config.vision_config
        return self.resized(image, regions, (vision.image_size, vision.image_size))[:, None]

    def resized(self, image: Image.Image, regions: NDArray[np.bool_], size: tuple[int, int]) -> Tensor:
        """Regions (n, high, wide) of what the model sees of the picture, at another size, each pixel one region's."""
        high, wide = regions.shape[1:]
        left, top, right, bottom = self._seen(image.size)
        rows = ((top + (bottom - top) * (np.arange(size[0]) + 0.5) / size[0]) * high).astype(int).clip(0, high - 1)
        columns = ((left + (right - left) * (np.arange(size[1]) + 0.5) / size[1]) * wide).astype(int).clip(0, wide - 1)
        laid = torch.from_numpy(regions[:, rows[:, None], columns])
        return laid.to(self.device, self.dtype)

    def mask_image(self, image: Image.Image, players: ImagePlayers, masking: ImageMasking) -> MaskedImage:
        """The picture ready to be embedded with some of its players only."""
        return MaskedImage(self, image, players, masking)

    def mask_caption(self, caption: Caption, players: CaptionPlayers, masking: CaptionMasking) -> MaskedCaption:
        """The caption ready to be embedded with some of its players only.

        Raises
        ------
        CaptionError
            It is longer than the model reads.
        """
        self.check(caption)
        return MaskedCaption(self, caption, players, masking)

    def prepare_captions(self, captions: Sequence[Caption]) -> dict[str, Tensor]:
        """Inputs of the text tower.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        for caption in captions:
            self.check(caption)
        return self.pad([self.token_ids(caption.text) for caption in captions])

    def embed_images(self, images: Sequence[Image.Image], *, progress: Progress | None = None) -> Tensor:
        """Unit embeddings (N, d), float32 or better, on the model's device."""
        return self._embed(self.image_tower, self.prepare_images, list(images), "pictures", progress)

    def embed_captions(self, captions: Sequence[Caption | str], *, progress: Progress | None = None) -> Tensor:
        """Unit embeddings (M, d), float32 or better, on the model's device.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        return self._embed(self.text_tower, self.prepare_captions, as_captions(captions), "captions", progress)

    def _embed(
        self,
        tower: Tower,
        prepare: Callable[[Sequence[T]], Mapping[str, Tensor]],
        items: Sequence[T],
        label: str,
        progress: Progress | None,
    ) -> Tensor:
        def work(batch: range) -> Tensor:
            return unit(tower.embed(prepare(items[batch.start : batch.stop])))

        if not items:
            raise ModelError(f"at least one of the {label}", "none", f"Give a list of {label}.")
        side: Literal["image", "text"] = "image" if tower is self.image_tower else "text"
        bytes_each = self.trace_bytes(len(tower.layers) - 1, side=side)[0]
        parts = in_batches(len(items), work, device=self.device, bytes_each=bytes_each, progress=progress, label=label)
        return torch.cat(list(parts))

    def logits(self, images: Sequence[Image.Image], captions: Sequence[Caption | str]) -> Explanation:
        """Logits over (image, caption) with the companion "probabilities": N + M forward passes (MATH.md 1)."""
        read = as_captions(captions)
        u = self.embed_captions(read)
        v = self.embed_images(images)
        return pairing(self, logits_of(self, v, u), images, read, len(images) + len(read))

    def pad(self, rows: Sequence[Sequence[int]]) -> dict[str, Tensor]:
        """Inputs of the text tower, on the model's device, for rows of tokens."""
        return {key: value.to(self.device) for key, value in self._pad(rows).items()}

    def warnings(self, images: Sequence[Image.Image]) -> list[str]:
        """For each picture what speaks against trusting the model on it, or an empty string."""
        if self.familiarity is None:
            return [""] * len(images)
        return self.familiarity.warnings(self, images)

    def trace_images(self, images: Sequence[Image.Image], start: int) -> Trace:
        """One forward pass over pictures, with the attention of layer `start` and up."""
        return self.image_tower.trace(self.prepare_images(images), start)

    def trace_captions(self, captions: Sequence[Caption], start: int) -> Trace:
        """One forward pass over captions, with the attention of layer `start` and up."""
        return self.text_tower.trace(self.prepare_captions(captions), start)

    def trace_bytes(self, start: int, *, side: Literal["image", "text"]) -> tuple[int, int]:
        """Expected memory of one input's trace, and of one cell on its way back through it."""
        config: Any = self.model.config.vision_config if side == "image" else self.model.config.text_config
        tokens = self.patch_grid[0] * self.patch_grid[1] + 1 if side == "image" else self.max_tokens
        size = torch.finfo(self.dtype).bits // 8
        attention = config.num_attention_heads * tokens**2
        layer = size * (tokens * (8 * config.hidden_size + 3 * config.intermediate_size) + 3 * attention)
        tower = self.image_tower if side == "image" else self.text_tower
        alone = tower.readout is not None and start == len(tower.layers) - 1
        one_token = size * (8 * config.hidden_size + 3 * config.intermediate_size)
        return layer * (1 + len(tower.layers) - start), one_token if alone else layer
