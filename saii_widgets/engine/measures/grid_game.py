"""Four pictures in a grid, one of which shows the named thing: does the explanation stay in its quarter (MATH.md 5)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.engine.measures.pointing import patch_shares
from saii_widgets.engine.measures.task_performance import Estimate, paired_interval


@dataclass(frozen=True)
class GridGame:
    """How much of an explanation lies where it should.

    Parameters
    ----------
    scores : float64 array, (n,)
        Of each grid, in 0..1.
    chances : float64 array, (n,)
        What the same numbers score on average in any other order: .25 for values that are all positive, .75 for
        negative ones, .5 for as much of both.
    score : Estimate
        Mean of the scores with its interval over grids.
    above_chance : Estimate
        Mean of score less chance: what signed and unsigned explanations can be compared by.
    """

    scores: NDArray[np.float64]
    chances: NDArray[np.float64]
    score: Estimate
    above_chance: Estimate


def grid_game(values: ArrayLike, quarters: ArrayLike, *, seed: int = 0) -> GridGame:
    """Score explanations of grids of four pictures.

    Parameters
    ----------
    values : array, (n, patches) or (n, words, patches)
        Maps, or the interactions of the words that name the thing.
    quarters : array, (n, patches)
        How much of each patch lies in the picture that shows the thing, 0..1; `quarter_shares` makes it.
    seed : int
        Of the bootstrap over grids.

    Raises
    ------
    InputError
        Shapes that do not fit, no grid, or values that are not finite.

    Source
    ------
    Baniecki et al. 2025, arXiv:2508.05430: positive mass inside and |negative mass| outside over all mass (MATH.md 5),
    known answers in `test_grid_game.py`. Values that are all zero score 0.
    """
    given, inside = np.asarray(values, np.float64), np.asarray(quarters, np.float64)
    if given.ndim not in (2, 3) or given.size == 0 or inside.shape != (len(given), given.shape[-1]):
        raise InputError("values (n, patches) and quarters alike", f"{given.shape}, {inside.shape}", "Check both.")
    if not np.isfinite(given).all():
        raise InputError("finite values", "others", "Leave these grids out.")
    given = given.reshape(len(given), -1, given.shape[-1])  # (n, words, patches)
    positive, negative = given.clip(min=0).sum(1), (-given).clip(min=0).sum(1)  # (n, patches)
    total = (positive + negative).sum(1)
    total = np.where(total > 0, total, 1)
    scores = (positive * inside + negative * (1 - inside)).sum(1) / total
    share = inside.mean(1)
    chances = (positive.sum(1) * share + negative.sum(1) * (1 - share)) / total
    return GridGame(scores, chances, paired_interval(scores, seed=seed), paired_interval(scores - chances, seed=seed))


def grid_of_four(images: Sequence[Image.Image]) -> Image.Image:
    """Four pictures as one of the first one's size: upper left, upper right, lower left, lower right.

    Raises
    ------
    InputError
        Not four pictures.
    """
    if len(images) != 4:
        raise InputError("four pictures", str(len(images)), "Give one for each quarter.")
    width, height = images[0].size
    edges = ((0, width // 2, width), (0, height // 2, height))
    grid = Image.new("RGB", (width, height))
    for k, image in enumerate(images):
        (left, right), (top, bottom) = edges[0][k % 2 :][:2], edges[1][k // 2 :][:2]
        grid.paste(image.convert("RGB").resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    return grid


def quarter_shares(quarter: int, image: Image.Image, patches: Axis) -> NDArray[np.float64]:
    """How much of each patch (patches,) of a grid of four lies in one quarter, counted as `grid_of_four` does.

    Raises
    ------
    InputError
        No quarter 0 to 3.
    """
    if quarter not in range(4):
        raise InputError("a quarter 0 to 3", repr(quarter), "Count from the upper left, row by row.")
    width, height = image.size
    right, lower = np.arange(width) >= width // 2, np.arange(height) >= height // 2
    mask = (lower == bool(quarter // 2))[:, None] & (right == bool(quarter % 2))[None]
    return patch_shares(mask, patches).ravel()
