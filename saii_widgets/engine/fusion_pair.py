"""One picture with one caption, for a model that gives one number a pair: its game, and what was paid for it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, Final, Literal

import numpy as np
from PIL import Image

from saii_widgets.core.errors import ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.fusion_game import FusionEstimate, FusionGame
from saii_widgets.engine.image_players import ImagePlayers
from saii_widgets.engine.models.model import CoalitionScorer
from saii_widgets.engine.pair_players import PairPlayers

_SAME: Final = 1e-3  # by how much two answers to one question may differ, where the model itself tolerates it


class FusionPair:
    """A game whose scores are kept by content, also where asking fails half-way.

    Parameters
    ----------
    model : CoalitionScorer
    image, caption
        The whole pair.
    image_players, caption_players
        As :class:`PairPlayers` cut them.
    asked : PairPlayers
        With which masking.
    kept : mutable mapping of str to array
        Scores of coalitions by content, read and added to.
    index, p, seed
        Of :class:`FusionGame`.
    note : callable
        Called with the number of coalitions just scored.
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
        kept: MutableMapping[str, Any],
        index: Literal["banzhaf", "shapley"],
        p: float,
        seed: int,
        note: Callable[[int], None],
    ) -> None:
        self._model, self._image, self._caption = model, image, caption
        self._parts, self._asked, self._kept, self._note = (image_players, caption_players), asked, kept, note
        self._masked: Any = None
        self._key = ""
        self.passes = 0
        self.game = FusionGame(
            self._scores,
            len(image_players),
            len(caption_players),
            index=index,
            p=p,
            seed=seed,
            batch=model.batch,
        )

    def missing(self, budget: int) -> int:
        """Coalitions that a budget asks for, at most."""
        self.recall()
        return max(min(budget, 2**self.game.n) - self.game.calls, 0)

    def estimate(self, budget: int) -> FusionEstimate:
        """As :meth:`FusionGame.estimate`; what was scored is kept, whether or not it comes to an end."""
        self.recall()
        before = self.game.calls
        try:
            return self.game.estimate(budget)
        finally:
            self._masked = None  # 1,000 pairs would hold 1,000 pictures as tokens
            if self.game.calls > before:
                packed, scores = self.game.known
                self._kept[f"{self._key} coalitions"], self._kept[f"{self._key} scores"] = packed, scores

    def recall(self) -> None:
        """Ask for the whole pair, twice, and take over what is kept of this game.

        The whole pair's score is part of the key: a model that was changed under its name starts anew.

        Raises
        ------
        ModelError
            Two different answers.
        """
        if self._key:
            return
        model = self._model
        first, second = model.score([self._image] * 2, [self._caption] * 2)
        self.passes += 2
        if abs(first - second) > _SAME * max(1.0, abs(first)):
            raise ModelError(
                "the same score for the same picture and caption",
                f"{first:.6g} and {second:.6g} from {model.name}",
                "Switch off what is random in it.",
            )
        named = f"{model.name} {model.revision} {model.about} {first:.4g} pairs"
        image_key = self._asked.image_key(named, self._image, self._parts[0])
        self._key = self._asked.caption_key(image_key, self._caption, self._parts[1])
        if f"{self._key} scores" in self._kept:
            self.game.recall(self._kept[f"{self._key} coalitions"], self._kept[f"{self._key} scores"])

    def _scores(self, keep_image: np.ndarray, keep_words: np.ndarray) -> np.ndarray:
        if self._masked is None:
            self._masked = self._model.mask_pair(
                self._image,
                self._caption,
                *self._parts,
                image_masking=self._asked.image_masking,
                caption_masking=self._asked.caption_masking,
            )
        scores = self._masked(keep_image, keep_words)
        self.passes += len(scores)
        self._note(len(scores))
        return scores
