"""One picture with one caption, for a model that gives one number a pair: its game, and what was paid for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.fusion_game import FusionEstimate
from saii_widgets.engine.image_players import ImagePlayers
from saii_widgets.engine.kept_game import KeptGame
from saii_widgets.engine.models.model import CoalitionScorer
from saii_widgets.engine.pair_players import PairPlayers


class FusionPair(KeptGame):
    """The game of a picture's parts and a caption's words.

    Parameters
    ----------
    model : CoalitionScorer
    image, caption
        The whole pair.
    image_players, caption_players
        As :class:`PairPlayers` cut them.
    asked : PairPlayers
        With which masking.
    **settings
        Of :class:`KeptGame`.
    """

    def __init__(
        self,
        model: CoalitionScorer,
        image: Image.Image,
        caption: Caption,
        image_players: ImagePlayers,
        caption_players: CaptionPlayers,
        *,
        asked: PairPlayers,
        **settings: Any,
    ) -> None:
        self._model, self._image, self._caption = model, image, caption
        self._parts, self._asked = (image_players, caption_players), asked
        self._masked: Any = None
        super().__init__(model.name, len(image_players), len(caption_players), batch=model.batch, **settings)

    def estimate(self, budget: int) -> FusionEstimate:
        """As :meth:`KeptGame.estimate`."""
        try:
            return super().estimate(budget)
        finally:
            self._masked = None  # 1,000 pairs would hold 1,000 pictures as tokens

    def whole(self) -> tuple[float, float]:
        """Two answers for the whole pair."""
        first, second = self._model.score([self._image] * 2, [self._caption] * 2)
        return first, second

    def content(self, score: float) -> str:
        """One line for all that scores depend on."""
        model = self._model
        named = f"{model.name} {model.revision} {model.about} {score:.4g} pairs"
        image_key = self._asked.image_key(named, self._image, self._parts[0])
        return self._asked.caption_key(image_key, self._caption, self._parts[1])

    def scores(self, keep_first: np.ndarray, keep_rest: np.ndarray) -> np.ndarray:
        """Scores (K,) of coalitions (K, n) of the picture and (K, m) of the caption."""
        if self._masked is None:
            self._masked = self._model.mask_pair(
                self._image,
                self._caption,
                *self._parts,
                image_masking=self._asked.image_masking,
                caption_masking=self._asked.caption_masking,
            )
        scores = self._masked(keep_first, keep_rest)
        self.passes += len(scores)
        return scores
