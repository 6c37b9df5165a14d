"""A game of which every score is kept by content, also where asking fails half-way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.coalition_weights import Array, IndexName, Keep
from saii_widgets.engine.fusion_game import FusionEstimate, FusionGame

_SAME: Final = 1e-3  # by how much two answers to one question may differ, where the model itself tolerates it


class KeptGame(ABC):
    """What a model says of one sample, and what was paid for it.

    Parameters
    ----------
    name : str
        Of the model, as errors call it.
    n_first, n_rest : int
        Players of the two sides of :class:`FusionGame`.
    kept : mutable mapping of str to array
        Scores of coalitions by content, read and added to.
    index, p, seed, batch
        Of :class:`FusionGame`.
    note : callable
        Called with the number of coalitions just scored.
    """

    def __init__(
        self,
        name: str,
        n_first: int,
        n_rest: int,
        *,
        kept: MutableMapping[str, Any],
        index: IndexName,
        p: float,
        seed: int,
        batch: int,
        note: Callable[[int], None],
    ) -> None:
        self._name, self._kept, self._note = name, kept, note
        self._key = ""
        self.passes = 0
        """What the model was asked for."""
        self.game = FusionGame(self._noted, n_first, n_rest, index=index, p=p, seed=seed, batch=batch)

    @abstractmethod
    def whole(self) -> tuple[float, float]:
        """Two answers for the whole sample."""

    @abstractmethod
    def content(self, score: float) -> str:
        """One line for all that scores depend on; `score` is that of the whole sample."""

    @abstractmethod
    def scores(self, keep_first: Keep, keep_rest: Keep) -> Array:
        """Scores (K,) of coalitions (K, n_first) and (K, n_rest)."""

    def missing(self, budget: int) -> int:
        """Coalitions that a budget asks for, at most."""
        self.recall()
        return max(min(budget, 2**self.game.n) - self.game.calls, 0)

    def estimate(self, budget: int) -> FusionEstimate:
        """As :meth:`FusionGame.estimate`; what was scored is kept, whether or not it comes to an end."""
        with self._keeping():
            return self.game.estimate(budget)

    def rounds(
        self, most: int, tolerance: float | None, precision: Callable[[FusionEstimate], float]
    ) -> Iterator[FusionEstimate]:
        """As :meth:`FusionGame.rounds`, and kept likewise."""
        with self._keeping():
            yield from self.game.rounds(most, tolerance, precision)

    def recall(self) -> None:
        """Ask for the whole sample, twice, and take over what is kept of this game.

        The whole sample's score is part of the key: a model that was changed under its name starts anew.

        Raises
        ------
        ModelError
            Two different answers.
        """
        if self._key:
            return
        first, second = self.whole()
        self.passes += 2
        if abs(first - second) > _SAME * max(1.0, abs(first)):
            raise ModelError(
                "the same score for the same input",
                f"{first:.6g} and {second:.6g} from {self._name}",
                "Switch off what is random in it.",
            )
        self._key = self.content(first)
        if f"{self._key} scores" in self._kept:
            self.game.recall(self._kept[f"{self._key} coalitions"], self._kept[f"{self._key} scores"])

    @contextmanager
    def _keeping(self) -> Iterator[None]:
        self.recall()
        before = self.game.calls
        try:
            yield
        finally:
            if self.game.calls > before:
                packed, scores = self.game.known
                self._kept[f"{self._key} coalitions"], self._kept[f"{self._key} scores"] = packed, scores

    def _noted(self, keep_first: np.ndarray, keep_rest: np.ndarray) -> np.ndarray:
        scores = self.scores(keep_first, keep_rest)
        self._note(len(scores))
        return scores
