"""From pixels to embeddings with a graph: what an image processor does, in torch."""

from __future__ import annotations

from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.attention import reading
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pairing import unit

_MODES: Final = {Image.Resampling.BILINEAR: "bilinear", Image.Resampling.BICUBIC: "bicubic"}


class PixelEmbedding:
    """Embeds pictures given as pixels, so that a gradient reaches each pixel of the picture as it was before resizing.

    Parameters
    ----------
    model : TwoTowers
        Its processor resizes (bilinear or bicubic), may cut out the centre, and normalises.

    Raises
    ------
    ModelError
        A processor that does something else, such as cutting the picture into patches.

    Source
    ------
    Agreement with `model.embed_images` 1e-5 where nothing is resized, and .02 of the cosine where it is: Pillow rounds
    to 8 bits in between (`tests/engine/test_pixel_embedding.py`).
    """

    def __init__(self, model: TwoTowers) -> None:
        processor: Any = model.image_processor
        size = dict(getattr(processor, "size", None) or {})
        mode = _MODES.get(getattr(processor, "resample", None))  # pyright: ignore[reportArgumentType]
        if mode is None or not ("shortest_edge" in size or {"height", "width"} <= set(size)):
            raise ModelError(
                "a model whose pictures are resized, bilinear or bicubic, to one size",
                f"{getattr(model, 'name', type(model).__name__)}, with {type(processor).__name__}",
                "Take a CLIP, or a SigLIP with a fixed grid, as the surrogate.",
            )
        self.model, self._mode, self._size = model, mode, size
        cropped = getattr(processor, "do_center_crop", False)
        self._crop = (int(processor.crop_size["height"]), int(processor.crop_size["width"])) if cropped else None
        self._mean, self._std = (
            torch.tensor(values, dtype=model.dtype, device=model.device).view(1, 3, 1, 1)
            for values in (processor.image_mean, processor.image_std)
        )

    def __call__(self, pixels: Tensor) -> Tensor:
        """Unit embeddings (n, d) of pixels (n, 3, height, width) from 0 to 1."""
        inputs = (self.resized(pixels) - self._mean) / self._std
        with torch.enable_grad(), reading(self.model.model, {}):
            return unit(self.model.image_tower.encode({"pixel_values": inputs}))

    def size_of(self, high: int, wide: int) -> tuple[int, int]:
        """Rows and columns that a picture is resized to, before its centre is cut out."""
        edge = self._size.get("shortest_edge")
        if not edge:
            return int(self._size["height"]), int(self._size["width"])
        return (edge, int(edge * wide / high)) if high <= wide else (int(edge * high / wide), edge)

    def resized(self, pixels: Tensor) -> Tensor:
        """What the tower sees of pixels (n, 3, height, width), from 0 to 1 still."""
        size = self.size_of(*pixels.shape[2:])
        if size != tuple(pixels.shape[2:]):
            pixels = nn.functional.interpolate(pixels, size, mode=self._mode, antialias=True, align_corners=False)
            pixels = pixels.clamp(0, 1)  # bicubic goes beyond the ends
        if self._crop is None:
            return pixels
        top, left = ((have - want) // 2 for have, want in zip(size, self._crop, strict=True))
        return pixels[:, :, top : top + self._crop[0], left : left + self._crop[1]]
