"""What the published programs for interactions do, written plainly: the slow side where no clone of them is given.

`joint_fit` follows FIxLIP's joint mode (Baniecki et al. 2025): both sides masked together, one dense regression on all
players and pairs of players. `sampled_deviation` is the noise of one sample of MultiSHAP's sampled mode: for every pair
of players anew, four model calls a sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import draw_coalitions
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.clip import Clip

Predict = Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float64]]


class Fit(NamedTuple):
    """A fitted approximation and what it cost."""

    predict: Predict
    encodings: int


@dataclass
class PlainGame:
    """One picture and one caption; each coalition is encoded on both sides.

    Parameters
    ----------
    clip : Clip
    picture : PIL.Image
    caption : str
    """

    clip: Clip
    picture: Image.Image
    caption: str

    def __post_init__(self) -> None:
        read = Caption.parse(self.caption)
        of_image, of_caption = image_players(self.clip, self.picture), caption_players(self.clip, read, "tokens")
        self.n, self.m = len(of_image), len(of_caption)
        self._image = self.clip.mask_image(self.picture, of_image, "mean")
        self._caption = self.clip.mask_caption(read, of_caption, "attention")

    def __call__(self, keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Logits of coalitions (K, n + m)."""
        v, u = self._image.encode(keep[:, : self.n]), self._caption.encode(keep[:, self.n :])
        return (self.clip.scale * (v * u).sum(1) + self.clip.bias).double().cpu().numpy()

    def fresh(self, count: int, p: float = 0.5) -> NDArray[np.bool_]:
        """Coalitions of both sides that no fit has seen."""
        return draw_coalitions(self.n + self.m, count, p, (2**31,))


def joint_fit(game: PlainGame, budget: int, seed: int = 0) -> Fit:
    """Dense least squares over all players and pairs of players of both sides."""
    players = game.n + game.m
    keep = draw_coalitions(players, budget, 0.5, (seed,))

    def columns(rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        x = rows.astype(float)
        first, second = np.array(list(combinations(range(players), 2))).T
        return np.hstack([np.ones((len(x), 1)), x, x[:, first] * x[:, second]])

    design = columns(keep)
    fitted = np.linalg.lstsq(design.T @ design, design.T @ game(keep), rcond=None)[0]
    return Fit(lambda image, words: columns(np.hstack([image, words])) @ fitted, 2 * budget)


def sampled_deviation(game: PlainGame, cells: int, samples: int, seed: int = 0) -> float:
    """Root mean square over cells of the standard deviation of one sample of the Shapley interaction index."""
    rng = np.random.default_rng(seed)
    variances = []
    for _ in range(cells):
        i, j = rng.integers(game.n), game.n + rng.integers(game.m)
        # a coalition of the others, its size uniform, which is the Shapley index's own weight
        keep = rng.random((samples, game.n + game.m)) < rng.random((samples, 1))
        corners = []
        for there in ((0, 0), (0, 1), (1, 0), (1, 1)):
            keep[:, [i, j]] = there
            corners.append(game(keep.copy()))
        variances.append((corners[3] - corners[2] - corners[1] + corners[0]).var(ddof=1))
    return float(np.sqrt(np.mean(variances)))


def r_squared(truth: NDArray[np.float64], guess: NDArray[np.float64]) -> float:
    """Share of the variance that a prediction explains."""
    return float(1 - ((truth - guess) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
