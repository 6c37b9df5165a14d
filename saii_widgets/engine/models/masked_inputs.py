"""A picture and a caption of which players are taken away in pixels and letters, as a closed service is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.masked_pair import CaptionParts, PictureParts
from saii_widgets.engine.models.word_tokens import cut_out

ImageMasking = Literal["mean", "blur"]
CaptionMasking = Literal["delete"]
IMAGE_MASKINGS: Final = ("mean", "blur")
CAPTION_MASKINGS: Final = ("delete",)


class Service(Protocol):
    """What is asked of the model here."""

    batch: int
    patch_grid: tuple[int, int]

    def patch_axis(self, image: Image.Image) -> Axis: ...

    def score(self, images: Sequence[Image.Image], captions: Sequence[Caption | str]) -> NDArray[np.float64]: ...


class MaskedInputs:
    """One pair and its players; called with coalitions, gives scores.

    Parameters
    ----------
    model : Service
    image : PIL.Image
    caption : Caption
    image_players, caption_players : optional
        By default every patch, and every word.
    image_masking : {"mean", "blur"}
        Painted over with the picture's mean colour, or out of focus by one patch.
    caption_masking : {"delete"}
        The player's characters are cut out of the text.
    """

    def __init__(
        self,
        model: Service,
        image: Image.Image,
        caption: Caption,
        image_players: PictureParts | None,
        caption_players: CaptionParts | None,
        image_masking: ImageMasking,
        caption_masking: CaptionMasking,
    ) -> None:
        if image_masking not in IMAGE_MASKINGS:
            raise InputError(
                "a masking of pictures that a service can be shown",
                repr(image_masking),
                f"Choose one of {', '.join(IMAGE_MASKINGS)}.",
            )
        if caption_masking != "delete":
            raise InputError(
                "caption_masking='delete'", repr(caption_masking), "A service reads texts, not attention masks."
            )
        self.model, self.caption = model, caption
        picture = image.convert("RGB")
        self._pixels = np.asarray(picture)
        self._regions = _regions(image_players, model.patch_axis(image), picture.size)
        if image_masking == "mean":
            self._gone = np.broadcast_to(self._pixels.mean((0, 1)).round().astype(np.uint8), self._pixels.shape)
        else:
            radius = max(picture.width / model.patch_grid[1], picture.height / model.patch_grid[0])
            self._gone = np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)))
        words = [((word.start, word.end),) for word in caption.words]
        self._spans = words if caption_players is None else list(caption_players.spans)
        self.n_image, self.n_words = len(self._regions), len(self._spans)

    def __call__(self, keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Scores (K,) of coalitions (K, n) of the picture's players with (K, m) of the caption's, row by row."""
        found = []
        for start in range(0, len(keep_image), self.model.batch):  # pictures are painted a batch at a time
            rows = slice(start, start + self.model.batch)
            pictures = [self._painted(row) for row in keep_image[rows]]
            found.append(self.model.score(pictures, [self._without(~row) for row in keep_words[rows]]))
        return np.concatenate(found)

    def _painted(self, keep: NDArray[np.bool_]) -> Image.Image:
        gone = np.logical_or.reduce(self._regions[~keep], axis=0)
        return Image.fromarray(np.where(gone[..., None], self._gone, self._pixels))

    def _without(self, gone: NDArray[np.bool_]) -> str:
        return cut_out(self.caption.text, [span for k in np.flatnonzero(gone) for span in self._spans[k]])


def _regions(players: Any, patches: Axis, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where each player is, (n, height, width)."""
    if players is not None and players.regions is not None:
        return np.asarray(players.regions, bool)
    wide, high = size
    y, x = (np.arange(high)[:, None] + 0.5) / high, (np.arange(wide) + 0.5) / wide
    cells = [(x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3]) for box in np.asarray(patches.boxes)]
    whole = np.stack(cells)
    if players is None:
        return whole
    members: NDArray[np.bool_] = players.patches  # (n, patches)
    return np.stack([whole[row].any(0) for row in members])
