"""Samples of three discrete variables: counted, drawn again, and with their link to the outcome cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class JointSample:
    """Codes of pictures, texts and outcomes, in rows or in cells.

    Parameters
    ----------
    image, text : int array
        (n,) and (n,) for rows; (N,) and (M,) for cells, where every picture meets every text.
    outcome : int array
        (n,) for rows, (N, M) for cells.

    Raises
    ------
    InputError
        Lengths that do not fit.
    """

    image: Codes
    text: Codes
    outcome: Codes

    def __post_init__(self) -> None:
        n, m = len(self.image), len(self.text)
        fits = self.outcome.shape == (n, m) or (self.outcome.shape == (n,) and n == m)
        if not fits or not self.outcome.size:
            raise InputError(
                "an outcome for each pair of a picture and a text, (n,), or for each cell, (N, M)",
                f"{n} pictures, {m} texts, outcomes {self.outcome.shape}",
                "Give as many of each.",
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of values of each variable."""
        return int(self.image.max()) + 1, int(self.text.max()) + 1, int(self.outcome.max()) + 1

    def table(self, weights: Floats | None = None, outcome: Codes | None = None) -> Floats:
        """Counts (K1, K2, Ky), each row or cell by its weight."""
        y = self.outcome if outcome is None else outcome
        image = self.image[:, None] if y.ndim == 2 else self.image
        places = np.ravel_multi_index(np.broadcast_arrays(image, self.text, y), self.shape).ravel()
        flat = None if weights is None else weights.ravel()
        return np.bincount(places, flat, minlength=int(np.prod(self.shape))).reshape(self.shape).astype(np.float64)

    def resampled(self, n: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Tables of n bootstrap samples: rows drawn anew; of cells pictures and texts, each as a whole."""
        n_images, n_texts = len(self.image), len(self.text)
        for _ in range(n):
            drawn = rng.multinomial(n_images, np.full(n_images, 1 / n_images)).astype(np.float64)
            if self.outcome.ndim == 2:
                drawn = np.outer(drawn, rng.multinomial(n_texts, np.full(n_texts, 1 / n_texts)))
            yield self.table(drawn)

    def permuted(self, n: int, rng: np.random.Generator) -> Iterator[Floats]:
        """Tables of n samples in which the outcomes belong to other rows; of cells, to other pictures and texts."""
        for _ in range(n):
            outcome = self.outcome[rng.permutation(len(self.image))]
            if outcome.ndim == 2:
                outcome = outcome[:, rng.permutation(len(self.text))]
            yield self.table(outcome=outcome)
