"""Indices from random coalitions: a fit takes most of the variance out, residuals on unseen coalitions its bias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from saii_widgets.engine.coalition_weights import Array, CoalitionWeights, Keep
from saii_widgets.engine.games import Index
from saii_widgets.engine.kernel_fit import KernelFit
from saii_widgets.engine.order_two_fit import OrderTwoFit

FOLDS: Final = 5
_ROWS_A_PLAYER: Final = 8  # of a smooth fit, which has a length for each


@dataclass(frozen=True)
class Draws:
    """What was asked of a game.

    Attributes
    ----------
    drawn : bool array, (K, n)
        Random coalitions, without those of the sizes in `fixed`.
    values, others : array, (K,)
        Their scores, and those of their complements, where the weights are symmetric; there both count.
    fixed : bool array, (F, n)
        All coalitions of some sizes.
    known : array, (F,)
        Their scores.
    """

    drawn: Keep
    values: Array
    others: Array
    fixed: Keep
    known: Array


class CrossFit(NamedTuple):
    """Indices of singles (n,) and pairs (n, n), their standard errors, and what the fits leave.

    Attributes
    ----------
    residuals, order_two : array, (1 or 2, L)
        Of draws (and complements) against the fit, and against the one of order 2, where neither has seen them.
    smooth : int
        Folds, of FOLDS, whose fit is the smooth one.
    """

    singles: Array
    single_errors: Array
    pairs: Array
    pair_errors: Array
    residuals: Array
    order_two: Array
    smooth: int


class _Fit(NamedTuple):
    predict: Callable[[Keep], Array]
    singles: Array
    pairs: Array
    order_two: Callable[[Keep], Array]
    smooth: KernelFit | None


class _OnFold(NamedTuple):
    """Of one fit on one fold: estimates of singles and pairs, squared spreads of their terms, residuals."""

    means: tuple[Array, Array]
    squares: tuple[Array, Array]
    residuals: Array


def cross_fit(weights: CoalitionWeights, index: Index, draws: Draws) -> CrossFit:
    """Fit to all folds but one, correct by the weighted residuals of that one, and take the mean over folds.

    Each fold's estimate is unbiased. Two of them covary, as each fit has seen the other's fold, the more the faster a
    fit learns; a fit that has seen neither shows by how much: with `D_kl` the change of fold k's estimate where l is
    left out of its fit too, `Cov(k, l) = E[D_kl D_lk]`. The mean of this over cells and over neighbouring folds widens
    the standard errors of smooth fits.
    """
    return _CrossFit(weights, index, draws).result()


class _CrossFit:
    def __init__(self, weights: CoalitionWeights, index: Index, draws: Draws) -> None:
        self._weights, self._index, self._draws = weights, index, draws
        self._paired = weights.symmetric
        # by number, so that a fold is a fair sample whatever the others hold: repeats belong to it
        self._fold = np.arange(len(draws.drawn)) % FOLDS
        self._share = 1 - weights.sizes[np.unique(draws.fixed.sum(1))].sum()  # of the draws among all coalitions

    def result(self) -> CrossFit:
        count = len(self._draws.drawn)
        fits = [self._fit(*self._rows(self._fold != k)) for k in range(FOLDS)]
        found = [self._on(fit, k) for k, fit in enumerate(fits)]
        part = np.bincount(self._fold, minlength=FOLDS) / count
        residuals, order_two = np.zeros((2, 2 if self._paired else 1, count))
        for k, one in enumerate(found):
            own = self._fold == k
            residuals[:, own] = one.residuals
            order_two[:, own] = one.residuals if fits[k].smooth is None else self._left(fits[k].order_two, own)
        shared = self._covariances(fits, found, part)
        values, errors = [], []
        for kind in range(2):
            values.append(sum(share * one.means[kind] for share, one in zip(part, found, strict=True)))
            squares = _steadied(np.stack([one.squares[kind] for one in found])) / count**2
            wider = 1 + max(shared[kind], 0.0) / max(float(squares.sum()), np.finfo(float).tiny)
            errors.append(np.sqrt(squares.clip(0) * wider))
        smooth = sum(fit.smooth is not None for fit in fits)
        new = unseen(self._draws.drawn, self._fold, self._paired)
        return CrossFit(values[0], errors[0], values[1], errors[1], residuals[:, new], order_two[:, new], smooth)

    def _covariances(self, fits: list[_Fit], found: list[_OnFold], part: Array) -> tuple[float, float]:
        """What the covariances of folds add to the variances of singles, and of pairs, summed over cells."""
        shared = np.zeros(2)
        for k in range(FOLDS):
            other = (k + 1) % FOLDS
            smooth = fits[k].smooth
            if smooth is None or fits[other].smooth is None:
                continue
            rows = self._rows((self._fold != k) & (self._fold != other))
            fit = self._smooth(smooth.again(*rows), fits[k].order_two)
            for kind in range(2):
                one = found[k].means[kind] - self._on(fit, k).means[kind]
                two = found[other].means[kind] - self._on(fit, other).means[kind]
                # ordered pairs of folds, over the five that are looked at
                shared[kind] += (FOLDS - 1) * part[k] * part[other] * float((one * two).sum())
        return float(shared[0]), float(shared[1])

    def _rows(self, seen: NDArray[np.bool_]) -> tuple[Keep, Array]:
        draws = self._draws
        keep, values = [draws.drawn[seen]], [draws.values[seen]]
        if self._paired:
            keep, values = [*keep, ~draws.drawn[seen]], [*values, draws.others[seen]]
        return np.concatenate([*keep, draws.fixed]), np.concatenate([*values, draws.known])

    def _on(self, fit: _Fit, k: int) -> _OnFold:
        draws, w = self._draws, self._weights
        own = self._fold == k
        keep, n = draws.drawn[own], max(int(own.sum()), 1)
        residuals = self._left(fit.predict, own)
        odd, even = residuals[0], residuals.mean(0)
        if self._paired:
            odd = (residuals[0] - residuals[1]) / 2
        over = (draws.known - fit.predict(draws.fixed)) * w.chance(draws.fixed)
        means, squares = [], []
        for theta, (total, square), certain in (
            (fit.singles, w.singles(keep, self._share * odd), w.singles(draws.fixed, over)[0]),
            (fit.pairs, w.pairs(keep, self._share * even), w.pairs(draws.fixed, over)[0]),
        ):
            means.append(theta + certain + total / n)
            squares.append((square - total**2 / n) * n / max(n - 1, 1))
        return _OnFold((means[0], means[1]), (squares[0], squares[1]), residuals)

    def _left(self, predict: Callable[[Keep], Array], own: NDArray[np.bool_]) -> Array:
        """What a fit leaves of some draws, and of their complements where these count."""
        draws = self._draws
        keep = draws.drawn[own]
        left = [draws.values[own] - predict(keep)]
        if self._paired:
            left.append(draws.others[own] - predict(~keep))
        return np.stack(left)

    def _fit(self, keep: Keep, values: Array) -> _Fit:
        """What predicts best, by rows that are left out: a game of order 2, or a smooth one."""
        plain = OrderTwoFit.to(self._centred(keep), values)

        def order_two(rows: Keep) -> Array:
            return plain(self._centred(rows))

        if len(keep) >= _ROWS_A_PLAYER * keep.shape[1]:
            smooth = KernelFit.to(keep, values)
            if smooth.left_out < plain.left_out:
                return self._smooth(smooth, order_two)
        return _Fit(order_two, plain.singles, plain.pairs, order_two, None)

    def _smooth(self, fit: KernelFit, order_two: Callable[[Keep], Array]) -> _Fit:
        return _Fit(fit, *fit.indices(self._index.nodes, self._index.weights), order_two, fit)

    def _centred(self, keep: Keep) -> Array:
        return np.asarray(keep, np.float64) - self._weights.centre


def _steadied(squares: Array) -> Array:
    """Sums over folds (folds, ...) of what each cell's variance is, drawn to the mean of all cells.

    A few heavy draws make a cell's own variance noisy, and a low one passes for certainty. How far it is drawn says
    the noise between folds against the spread of cells, as James and Stein have it.
    """
    cells = ~np.eye(squares.shape[1], dtype=bool) if squares.ndim == 3 else np.ones(squares.shape[1], bool)
    found = squares[:, cells]
    means = found.mean(1, keepdims=True)
    apart = found - means
    noise, spread = len(found) * apart.var(0, ddof=1).mean(), (apart.sum(0) ** 2).mean()
    own = max(1 - float(noise / max(spread, np.finfo(float).tiny)), 0.0)
    total = np.zeros(squares.shape[1:])
    total[cells] = means.sum() + own * apart.sum(0)
    return total


def unseen(drawn: Keep, fold: NDArray[np.intp], paired: bool) -> NDArray[np.bool_]:
    """Which draws (K,) no other fold holds too, nor their complements where these are asked."""
    same = np.where(drawn[:, :1], drawn, ~drawn) if paired else drawn
    group = np.unique(same, axis=0, return_inverse=True)[1].ravel()
    place = group * FOLDS + fold
    return np.bincount(place)[place] == np.bincount(group)[group]
