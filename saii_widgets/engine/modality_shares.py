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
        """Mean over the samples that met each background sample, (P, M, M)."""
        self._met = np.zeros(n_background)
        self._cells = 0
        self._sums = np.zeros(n_modalities**2)
        self._products = np.zeros((n_modalities**2,) * 2)
        self.spread = np.zeros_like(self.by_sample)
        """Standard error over the background of each sample's matrix, (n, M, M); zero for one draw."""

    def add(self, first: int, phi: Array, draws: NDArray[np.intp]) -> None:
        """Take in matrices phi (k, B, M, M) of samples `first` to `first + k` with background samples draws (k, B)."""
        n_draws = phi.shape[1]
        flat = phi.reshape(-1, self._sums.size)
        self._cells += len(flat)
        self._sums += flat.sum(0)
        self._products += flat.T @ flat
        rows = slice(first, first + len(phi))
        self.by_sample[rows] = phi.mean(1)
        met = np.bincount(draws.ravel(), minlength=len(self._met))
        total = np.zeros_like(self.by_draw)
        np.add.at(total, draws.ravel(), phi.reshape(-1, *phi.shape[2:]))
        self._met += met
        self.by_draw += (total - met[:, None, None] * self.by_draw) / np.maximum(self._met, 1)[:, None, None]
        if n_draws > 1:
            self.spread[rows] = phi.std(1, ddof=1) / n_draws**0.5

    @property
    def _parts(self) -> list[Array]:
        """What varies with the samples, and with the background, as far as each is more than one."""
        return [part for part in (self.by_sample, self.by_draw[self._met > 0]) if len(part) > 1]

    @property
    def mean(self) -> Array:
        """Over samples and background, (M, M)."""
        return self.by_sample.mean(0)

    @property
    def mean_errors(self) -> Array | None:
        """Standard errors of the mean, for samples and background drawn from a population; None for one of each."""
        return self._errors(np.eye(self._sums.size).reshape(-1, *self.mean.shape), self.mean.shape)

    @property
    def is_trivial(self) -> bool:
        """Whether taking everything away changes the mean little, while taking away one modality does.

        The Shapley values are then next to nothing beside the interactions, and each diagonal cell is minus its row: of
        two modalities either half of the sum is interaction.
        """
        mean = self.mean
        together = np.abs(mean).sum() - np.abs(np.diagonal(mean)).sum()
        return bool(3 * np.abs(mean.sum(1)).sum() < together)

    def shares_of_data_set(self) -> tuple[Array, Array | None]:
        """Shares of each modality alone and, last, of interactions in `|mean phi|`, (M + 1,), and standard errors."""
        mean, m = self.mean, len(self.mean)
        shares, total = data_set_shares(mean[None])[0], np.abs(mean).sum()
        counted = np.concatenate([np.eye(m)[:, :, None] * np.eye(m)[:, None], 1 - np.eye(m)[None]])  # (M + 1, M, M)
        slopes = np.sign(mean) * (counted - shares[:, None, None]) / max(total, np.finfo(float).tiny)
        return shares, self._errors(slopes, shares.shape)

    def _errors(self, slopes: Array, shape: tuple[int, ...]) -> Array | None:
        """Standard errors of functions of the mean with these slopes (k, M, M).

        Samples vary and so does the background; what varies with both at once is in either part, and is taken off once.
        """
        along = slopes.reshape(len(slopes), -1)
        parts = [(part.reshape(len(part), -1) @ along.T).var(0, ddof=1) / len(part) for part in self._parts]
        if not parts:
            return None
        centred = self._products / self._cells - np.outer(self._sums, self._sums) / self._cells**2
        both = np.einsum("ki,ij,kj->k", along, centred, along) / self._cells
        found = sum(parts) - both if len(parts) == 2 else parts[0]
        return np.sqrt(np.maximum(found, np.max(parts, axis=0)).clip(0)).reshape(shape)

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
