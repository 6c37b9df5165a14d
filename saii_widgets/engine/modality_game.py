"""Games whose players are modalities: what is removed comes from background samples, jointly (MATH.md 4.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.models.as_list_model import Predict

#: 2^M coalitions are evaluated for every sample and draw.
MOST_MODALITIES: Final = 10

Inputs = Sequence[Any]
"""One entry a modality: an array or a list over samples."""


def interaction_weights(n_modalities: int) -> NDArray[np.float64]:
    """How much each coalition's value counts in each cell of the modalities' interaction matrix.

    Returns
    -------
    float64 array, (M, M, 2^M)
        Off the diagonal half the Shapley interaction index, on it the Shapley value less its row: the cells of
        `weights @ v` sum to `v(all) - v(none)`. Coalition s holds modality i where bit i of s is set.
    """
    m = n_modalities
    weights = np.zeros((m, m, 2**m))
    for i in range(m):
        others = [k for k in range(m) if k != i]
        for size in range(m):
            share = factorial(size) * factorial(m - size - 1) / factorial(m)
            for kept in combinations(others, size):
                s = sum(1 << k for k in kept)
                weights[i, i, s | 1 << i] += share
                weights[i, i, s] -= share
    for i, j in combinations(range(m), 2):
        others = [k for k in range(m) if k not in (i, j)]
        for size in range(m - 1):
            share = factorial(size) * factorial(m - size - 2) / (2 * factorial(m - 1))
            for kept in combinations(others, size):
                s = sum(1 << k for k in kept)
                for present, sign in ((0, 1), (1 << i, -1), (1 << j, -1), (1 << i | 1 << j, 1)):
                    weights[i, j, s | present] += sign * share
                    weights[j, i, s | present] += sign * share
    for i in range(m):
        weights[i, i] -= weights[i].sum(0) - weights[i, i]
    return weights


def take(inputs: Inputs, places: NDArray[np.intp]) -> list[Any]:
    """Some of the samples, of every modality."""
    return [part[places] if hasattr(part, "shape") else [part[k] for k in places] for part in inputs]


class ModalityGame:
    """Values of all coalitions of modalities, for samples of a model that takes a list of modalities.

    Parameters
    ----------
    predict : callable
        Inputs of n samples -> scores (n,), or probabilities (n, classes) of which the value is that of the class
        which the full sample is given.
    inputs : sequence of array or list
        N samples of every modality.
    background : sequence of array or list
        P samples of every modality; what a coalition lacks comes from one of them, jointly.
    n_draws : int
        Background samples for each sample, B; all of them where there are no more. Otherwise they are dealt out in
        random order like cards, so that all are used alike.
    seed : int
        Of that order.
    batch : int
        Samples a call.

    Raises
    ------
    InputError
        One modality, too many, or modalities of different lengths.
    """

    def __init__(
        self,
        predict: Predict,
        inputs: Inputs,
        background: Inputs,
        *,
        n_draws: int = 2**31,
        seed: int = 0,
        batch: int = 4096,
    ) -> None:
        self.inputs, self.background, self.batch = list(inputs), list(background), batch
        self._predict, self.n_calls, self.n_evaluations = predict, 0, 0
        self.n_modalities = len(self.inputs)
        if not 2 <= self.n_modalities <= MOST_MODALITIES:
            raise InputError(
                f"2 to {MOST_MODALITIES} modalities",
                f"{self.n_modalities}",
                "Give one array or list a modality; join modalities that belong together.",
            )
        if len(self.background) != self.n_modalities:
            raise InputError(
                f"a background of {self.n_modalities} modalities", str(len(self.background)), "Give all of them."
            )
        self.n_samples, self.n_background = length_of(self.inputs, "samples"), length_of(self.background, "background")
        self.draws = _dealt(self.n_samples, min(n_draws, self.n_background), self.n_background, seed)
        """Which background samples each sample meets, (n, B)."""
        full = self._scores(self.inputs)  # (n, classes)
        self.classes = full.argmax(1)
        self.n_classes = full.shape[1]
        self.total = full[np.arange(self.n_samples), self.classes]  # (n,)
        self._empty = self._scores(self.background)  # (b, classes)

    def values(self, first: int, last: int) -> NDArray[np.float64]:
        """Values of all coalitions, for samples `first` to `last` and the background samples that they meet.

        Returns
        -------
        float64 array, (last - first, B, 2^M)
        """
        draws = self.draws[first:last]
        (n, b), m = draws.shape, self.n_modalities
        own, other = np.repeat(np.arange(first, last), b), draws.ravel()
        classes = self.classes[own]
        out = np.empty((n, b, 2**m))
        out[..., -1] = self.total[first:last, None]
        out[..., 0] = self._empty[other, classes].reshape(n, b)
        for s in range(1, 2**m - 1):
            mixed = [
                take([self.inputs[k]], own)[0] if s >> k & 1 else take([self.background[k]], other)[0] for k in range(m)
            ]
            out[..., s] = self._scores(mixed)[np.arange(n * b), classes].reshape(n, b)
        return out

    def _scores(self, inputs: Inputs) -> NDArray[np.float64]:
        n = length_of(inputs, "samples")
        parts = []
        for start in range(0, n, self.batch):
            chosen = np.arange(start, min(n, start + self.batch))
            parts.append(checked_scores(self._predict(take(inputs, chosen)), len(chosen)))
            self.n_calls += 1
        self.n_evaluations += n
        return np.concatenate(parts)


def _dealt(n: int, each: int, pool: int, seed: int) -> NDArray[np.intp]:
    """Places in a pool for n samples, (n, each): no place twice in a row of the table, all of them equally often."""
    if each == pool:
        return np.tile(np.arange(pool), (n, 1))
    order = np.random.default_rng(seed).permutation(pool)
    return order[(np.arange(n)[:, None] * each + np.arange(each)) % pool]


def length_of(inputs: Inputs, name: str) -> int:
    """How many samples these modalities have.

    Raises
    ------
    InputError
        None, or not as many of each; `name` says what they are.
    """
    lengths = [len(part) for part in inputs]
    if len(set(lengths)) > 1 or not all(lengths):
        raise InputError(
            f"as many {name} of each modality, and at least one",
            ", ".join(map(str, lengths)),
            "The k-th entries of all modalities belong to one sample.",
        )
    return lengths[0] if lengths else 0


def checked_scores(came: Any, n: int) -> NDArray[np.float64]:
    """What a model of a list of modalities said of n samples, (n, classes) with one class for scores (n,).

    Raises
    ------
    ModelError
        Another number of rows, NaN or infinity.
    """
    if hasattr(came, "detach"):  # a torch tensor
        came = came.detach().cpu().double().numpy()
    scores = np.asarray(came, np.float64)
    if scores.ndim == 1:
        scores = scores[:, None]
    if scores.ndim != 2 or len(scores) != n:
        raise ModelError(
            f"scores of {n} samples, ({n},) or ({n}, classes)",
            f"an array of shape {np.shape(came)}",
            "The model must return one row for each sample.",
        )
    if not np.isfinite(scores).all():
        raise ModelError("finite scores", "NaN or infinity", "Look at what the model makes of mixed samples.")
    return scores
