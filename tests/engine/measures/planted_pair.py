"""A pair whose game and explanation are planted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.reading import Reading

Function = Callable[[NDArray[np.float64]], NDArray[np.float64]]


class PlantedGame:
    """Counts the coalitions that it is asked for."""

    def __init__(self, function: Function, factorised: bool) -> None:
        self._function, self.factorised = function, factorised
        self.passes, self.progress = 0, None

    def __call__(self, keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        self.passes += len(keep)
        return self._function(keep.astype(float))


def interactions(cross: Any, image: Any, words: Any, p: float = 0.5, **more: Any) -> Explanation:
    """From coefficients in raw variables: cross (m, n), image (n,), words (m,)."""
    cross, image, words = (np.asarray(x, float) for x in (cross, image, words))
    mains = {
        "patch": Explanation.from_array(image + p * cross.sum(0), kinds="patch", grid=(1, len(image)), unit="logit"),
        "word": Explanation.from_array(words + p * cross.sum(1), kinds="word", unit="logit"),
    }
    grid = (1, len(image))
    return Explanation.from_array(cross, kinds=("word", "patch"), grid=grid, unit="logit", companions=mains, **more)


def of_order_two(cross: Any, image: Any, words: Any, offset: float = 0.0) -> Function:
    """The game with these coefficients."""
    n = len(image)

    def game(keep: NDArray[np.float64]) -> NDArray[np.float64]:
        s, t = keep[:, :n], keep[:, n:]
        return offset + s @ np.asarray(image, float) + t @ np.asarray(words, float) + ((t @ cross) * s).sum(1)

    return game


def planted(explanation: Explanation, game: Function, n: int, m: int, *, p: float | None = 0.5, **more: Any) -> Any:
    """Beside each other."""
    factorised = more.pop("factorised", True)
    reading = Reading.of(explanation, n, m, unit="logit", centre=0.5 if p is None else p)
    return ExplainedPair(explanation, reading, PlantedGame(game, factorised), p, **more)
