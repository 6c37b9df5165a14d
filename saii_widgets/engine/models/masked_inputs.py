"""A picture and a caption of which players are taken away in pixels and letters, as a closed service is shown them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.masked_pair import CaptionParts, PictureParts
from saii_widgets.engine.models.painted_picture import ImageMasking, PaintedPicture
from saii_widgets.engine.models.word_tokens import cut_out

CaptionMasking = Literal["delete"]
CAPTION_MASKINGS: Final = ("delete",)


class Service(Protocol):
    """What is asked of the model here."""

    batch: int

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
        if caption_masking != "delete":
            raise InputError(
                "caption_masking='delete'", repr(caption_masking), "A service reads texts, not attention masks."
            )
        self.model, self.caption = model, caption
        self._picture = PaintedPicture(image, model.patch_axis(image), image_players, image_masking)
        words = [((word.start, word.end),) for word in caption.words]
        self._spans = words if caption_players is None else list(caption_players.spans)
        self.n_image, self.n_words = len(self._picture), len(self._spans)

    def __call__(self, keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Scores (K,) of coalitions (K, n) of the picture's players with (K, m) of the caption's, row by row."""
        found = []
        for start in range(0, len(keep_image), self.model.batch):  # pictures are painted a batch at a time
            rows = slice(start, start + self.model.batch)
            pictures = [self._picture(row) for row in keep_image[rows]]
            texts = [shortened(self.caption.text, self._spans, row) for row in keep_words[rows]]
            found.append(self.model.score(pictures, texts))
        return np.concatenate(found)


def shortened(text: str, spans: Sequence[Sequence[tuple[int, int]]], keep: NDArray[np.bool_]) -> str:
    """The text without the characters, spans (n) of players, that are not kept (n,)."""
    return cut_out(text, [span for k in np.flatnonzero(~keep).tolist() for span in spans[k]])
