"""The model's own score of one pair for any coalition, asked once each and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.coalitions import Keep
from saii_widgets.engine.image_players import ImagePlayers
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder
from saii_widgets.engine.pair_players import PairPlayers
from saii_widgets.engine.runtime import Progress

Array = NDArray[np.float64]


class PairGame:
    """Called with coalitions (K, n + m), the picture's players first, gives scores (K,).

    Of a dual encoder each side is encoded once a coalition, so K coalitions of pictures and L of captions cost K + L
    passes for K x L scores.

    Parameters
    ----------
    model : DualEncoder or CoalitionScorer
    image, caption
        The whole pair.
    image_players, caption_players
        As :class:`PairPlayers` cut them.
    asked : PairPlayers
        With which masking.
    """

    def __init__(
        self,
        model: DualEncoder | CoalitionScorer,
        image: Image.Image,
        caption: Caption,
        image_players: ImagePlayers,
        caption_players: CaptionPlayers,
        asked: PairPlayers,
    ) -> None:
        self.n, self.m = len(image_players), len(caption_players)
        self.progress: Progress | None = None
        self.passes = 0
        self.factorised = isinstance(model, DualEncoder)
        self._known: dict[bytes, Any] = {}
        if isinstance(model, DualEncoder):
            self._scale, self._bias = model.scale, model.bias
            self._sides = (
                model.mask_image(image, image_players, asked.image_masking),
                model.mask_caption(caption, caption_players, asked.caption_masking),
            )
        else:
            self._scores = model.mask_pair(
                image,
                caption,
                image_players,
                caption_players,
                image_masking=asked.image_masking,
                caption_masking=asked.caption_masking,
            )
            self._batch = model.batch

    def __call__(self, keep: Keep) -> Array:
        if not self.factorised:
            return self._looked_up("pair", keep, self._ask)[:, 0]
        image, words = keep[:, : self.n], keep[:, self.n :]
        v = self._looked_up("image", image, lambda rows: self._encode(0, rows))
        u = self._looked_up("caption", words, lambda rows: self._encode(1, rows))
        return self._scale * np.einsum("kd,kd->k", v, u) + self._bias

    def _encode(self, side: int, keep: Keep) -> Array:
        return self._sides[side].encode(keep, self.progress).double().cpu().numpy()

    def _ask(self, keep: Keep) -> Array:
        found = []
        for start in range(0, len(keep), self._batch):
            rows = keep[start : start + self._batch]
            found.append(self._scores(rows[:, : self.n], rows[:, self.n :]))
            if self.progress is not None:
                self.progress(min(len(keep), start + self._batch), len(keep), "coalitions")
        return np.concatenate(found)[:, None]

    def _looked_up(self, side: str, keep: Keep, ask: Callable[[Keep], Array]) -> Array:
        """Rows (K, d), asked for where they are not known."""
        rows, back = np.unique(keep, axis=0, return_inverse=True)
        keys = [side.encode() + row.tobytes() for row in np.packbits(rows, axis=1)]
        missing = [k for k, key in enumerate(keys) if key not in self._known]
        if missing:
            self.passes += len(missing)
            for k, found in zip(missing, ask(rows[missing]), strict=True):
                self._known[keys[k]] = found
        return np.stack([self._known[key] for key in keys])[back.ravel()]
