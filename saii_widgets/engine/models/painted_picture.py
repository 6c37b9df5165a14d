"""A picture of which players are painted over, or out of focus."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.models.masked_pair import PictureParts

ImageMasking = Literal["mean", "blur"]
IMAGE_MASKINGS: Final = ("mean", "blur")


class PaintedPicture:
    """Called with a coalition, gives the picture as it is shown to a model that takes pixels.

    Parameters
    ----------
    image : PIL.Image
    patches : Axis
        The grid of patches.
    players : optional
        By default every patch.
    masking : {"mean", "blur"}
        Painted over with the picture's mean colour, or out of focus by one patch.

    Raises
    ------
    InputError
        Another masking.
    """

    def __init__(self, image: Image.Image, patches: Axis, players: PictureParts | None, masking: str) -> None:
        if masking not in IMAGE_MASKINGS:
            raise InputError(
                "a masking of pictures that a service can be shown",
                repr(masking),
                f"Choose one of {', '.join(IMAGE_MASKINGS)}.",
            )
        picture = image.convert("RGB")
        self._pixels = np.asarray(picture)
        self._regions = _regions(players, patches, picture.size)
        if masking == "mean":
            self._gone = np.broadcast_to(self._pixels.mean((0, 1)).round().astype(np.uint8), self._pixels.shape)
        else:
            rows, columns = patches.grid or (1, 1)
            radius = max(picture.width / columns, picture.height / rows)
            self._gone = np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)))

    def __len__(self) -> int:
        return len(self._regions)

    def __call__(self, keep: NDArray[np.bool_]) -> Image.Image:
        """The picture with the players (n,) that are kept."""
        gone = np.logical_or.reduce(self._regions[~keep], axis=0)
        return Image.fromarray(np.where(gone[..., None], self._gone, self._pixels))


def _regions(players: PictureParts | None, patches: Axis, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Where each player is, (n, height, width)."""
    if players is not None and players.regions is not None:
        return np.asarray(players.regions, bool)
    wide, high = size
    y, x = (np.arange(high)[:, None] + 0.5) / high, (np.arange(wide) + 0.5) / wide
    cells = [(x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3]) for box in np.asarray(patches.boxes)]
    whole = np.stack(cells)
    if players is None:
        return whole
    assert players.patches is not None
    return np.stack([whole[row].any(0) for row in players.patches])
