"""How much of what modalities do they do together: InterSHAP's two scores, with standard errors (MATH.md 4.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class PhiMoments:
    """Means of interaction matrices over samples and over background samples, from chunks of both.

    Parameters
    ----------
    n_samples, n_background, n_modalities : int
    """

    def __init__(self, n_samples: int, n_background: int, n_modalities: int) -> None:
        self.by_sample = np.zeros((n_samples, n_modalities, n_modalities))
        """Mean over the background, (n, M, M)."""
        self.by_draw = np.zeros((n_background, n_modalities, n_modalities))
        """Mean over the samples, (B, M, M)."""
        self.spread = np.zeros_like(self.by_sample)
        """Standard error over the background of each sample's matrix, (n, M, M); zero for one draw."""

    def add(self, first: int, phi: Array) -> None:
        """Take in matrices phi (k, B, M, M) of samples `first` to `first + k`."""
        n_draws = phi.shape[1]
        rows = slice(first, first + len(phi))
        self.by_sample[rows] = phi.mean(1)
        self.by_draw += phi.sum(0) / len(self.by_sample)
        if n_draws > 1:
            self.spread[rows] = phi.std(1, ddof=1) / n_draws**0.5

    @property
    def mean(self) -> Array:
        """Over samples and background, (M, M)."""
        return self.by_sample.mean(0)

    @property
    def mean_errors(self) -> Array | None:
        """Standard errors of the mean, for samples and background drawn from a population; None for one of each."""
        variances = [part.var(0, ddof=1) / len(part) for part in (self.by_sample, self.by_draw) if len(part) > 1]
        return np.sqrt(sum(variances)) if variances else None

    def shares_of_data_set(self) -> tuple[Array, Array | None]:
        """Shares of each modality alone and, last, of interactions in `|mean phi|`, (M + 1,), and jackknife errors."""
        mean = self.mean
        variances = []
        for part in (self.by_sample, self.by_draw):
            n = len(part)
            if n > 1:
                without = data_set_shares((n * mean - part) / (n - 1))  # (n, M + 1)
                variances.append((n - 1) * without.var(0))
        return data_set_shares(mean[None])[0], np.sqrt(sum(variances)) if variances else None

    def shares_of_samples(self) -> Array:
        """Share of interactions in each sample's own matrix, (n,)."""
        size = np.abs(self.by_sample)
        return _ratio(size.sum((1, 2)) - np.trace(size, axis1=1, axis2=2), size.sum((1, 2)))


def data_set_shares(mean: Array) -> Array:
    """Shares (k, M + 1) of mean matrices (k, M, M): each modality alone, then all interactions."""
    size = np.abs(mean)
    alone = np.diagonal(size, axis1=1, axis2=2)  # (k, M)
    total = size.sum((1, 2))
    together = total - alone.sum(1)
    return _ratio(np.concatenate([alone, together[:, None]], 1), total[:, None])


def _ratio(part: Array, whole: Array) -> Array:
    """0 where the whole is nothing."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 1e-12)
