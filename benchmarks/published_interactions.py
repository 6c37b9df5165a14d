"""The published program of FIxLIP, run from the user's own clone on our weights.

    git clone https://github.com/hbaniecki/fixlip FOLDER

It needs the package shapiq. Its method is `FOLDER/src/fixlip.py`, its game `FOLDER/src/game_huggingface.py`; both are
read there at run time, unchanged. Importing its package would ask for its plots and other models: these two modules
alone are loaded.
"""

from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transformers import BatchFeature

from benchmarks.plain_interactions import Fit, PlainGame

_BATCH = 64


class PublishedInteractions:
    """FIxLIP over the same model, picture and caption as a plain game.

    Parameters
    ----------
    folder : Path
        The clone.
    game : PlainGame
    """

    def __init__(self, folder: Path, game: PlainGame) -> None:
        package = types.ModuleType("published_fixlip")
        package.__path__ = [str(folder / "src")]
        sys.modules["published_fixlip"] = package
        self._method: Any = importlib.import_module("published_fixlip.fixlip").FIxLIP
        make: Any = importlib.import_module("published_fixlip.game_huggingface").VisionLanguageGame
        self._game = make(game.clip.model, _Processor(game), game.picture, game.caption, batch_size=_BATCH)
        self._n, self._m = game.n, game.m

    def joint(self, budget: int) -> Fit:
        """Its joint mode."""
        method = self._method(n_players=self._n + self._m, mode="banzhaf", p=0.5, random_state=0)
        return self._fit(method.approximate(self._game, budget), 2 * budget)

    def across(self, budget: int) -> Fit:
        """Its cross-modal mode: the budget is spent on the product of masked pictures and masked captions."""
        method = self._method(n_players_image=self._n, n_players_text=self._m, mode="banzhaf", p=0.5, random_state=0)
        return self._fit(method.approximate_crossmodal(self._game, budget=budget), sum(method.split_budget(budget)))

    def _fit(self, found: Any, encodings: int) -> Fit:
        def predict(image: NDArray[np.bool_], words: NDArray[np.bool_]) -> NDArray[np.float64]:
            keep = np.hstack([image, words])
            products = (
                found.values[k] * keep[:, list(players)].prod(1) for players, k in found.interaction_lookup.items()
            )
            return sum(products, np.full(len(keep), self._game.normalization_value))

        return Fit(predict, encodings)


class _Processor:
    """Our inputs, as transformers' own processor gives them."""

    def __init__(self, game: PlainGame) -> None:
        self._clip = game.clip

    def __call__(self, images: Any, text: Any, **_: Any) -> BatchFeature:
        pictures, texts = (x if isinstance(x, list) else [x] for x in (images, text))
        words = self._clip.pad([self._clip.token_ids(one) for one in texts])
        return BatchFeature({**self._clip.prepare_images(pictures), **words})
