"""Coalition games of models that give one number a call: one set of coalitions for all pairs (MATH.md 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.coalition_weights import Array, CoalitionWeights, IndexName, Keep
from saii_widgets.engine.cross_fit import FOLDS, Draws, cross_fit
from saii_widgets.engine.games import Index

MOST_EXACT: Final = 14  # players of which every coalition is asked, with a budget that allows it: 16,384

Ask = Callable[[Keep, Keep], Array]
"""Coalitions of the picture (K, n) and of the caption (K, m) -> scores (K,)."""


@dataclass(frozen=True)
class Values:
    """Indices and their standard errors, zero where every coalition was asked."""

    values: Array
    errors: Array

    @property
    def precision(self) -> float:
        """Root mean square of the standard errors over the spread of the values without noise."""
        noise = float((self.errors**2).mean())
        signal = max(float(self.values.var()) - noise, 0.0)
        return float(np.sqrt(noise / signal)) if noise and signal else 0.0 if not noise else np.inf


@dataclass(frozen=True)
class FusionEstimate:
    """What is known of a game after some calls.

    Attributes
    ----------
    cross : Values, (n, m)
        Interactions of picture players with caption players.
    image, words : Values, (n,) and (m,)
        Main effects: of Banzhaf type or Shapley values, as the index.
    image_pairs, word_pairs : Values, (n, n) and (m, m)
        Interactions within a modality, zero on the diagonal.
    baseline, total : float
        The score with no player and with all.
    calls : int
        Coalitions asked so far.
    exact : bool
        Whether these were all.
    r2 : float
        Of the best approximation of order 2, on coalitions that its fit has not seen; on all of them where `exact`.
    fit_r2 : float
        The same of the fit that took the variance out, which may be of all orders.
    smooth : float
        Share of the fits that are smooth and of all orders; the others are of order 2.
    """

    cross: Values
    image: Values
    words: Values
    image_pairs: Values
    word_pairs: Values
    baseline: float
    total: float
    calls: int
    exact: bool
    r2: float
    fit_r2: float
    smooth: float

    @property
    def precision(self) -> float:
        """Of the cross interactions."""
        return self.cross.precision

    @property
    def fit(self) -> str:
        """What took the variance out, in words."""
        if self.exact:
            return "none, as every coalition was asked"
        return {0.0: "order 2", 1.0: "smooth, of all orders"}.get(self.smooth, "order 2 or smooth, fold by fold")

    @property
    def singles(self) -> Values:
        """Main effects of all players, those of the picture first, (n + m,)."""
        return Values(*(np.concatenate([getattr(part, k) for part in (self.image, self.words)]) for k in _KINDS))

    @property
    def pairs(self) -> Values:
        """Interactions of all players with all, (n + m, n + m)."""

        def table(k: str) -> Array:
            inner, cross, outer = (getattr(part, k) for part in (self.image_pairs, self.cross, self.word_pairs))
            return np.block([[inner, cross], [cross.T, outer]])

        return Values(*map(table, _KINDS))


_KINDS: Final = ("values", "errors")


class FusionGame:
    """The game of one picture and one caption.

    Every coalition that is asked counts for all players and all pairs. A fit to four fifths of the coalitions, of order
    2 or smooth, whichever predicts better, takes most of the variance out of the rest, whose weighted residuals make
    the estimate unbiased; so the standard errors hold for any number of calls, also where the fit alone would be
    under-determined.

    Parameters
    ----------
    ask : callable
        Coalitions of the picture (K, n) and the caption (K, m) to scores (K,). What was paid for is kept here, also
        where a later call raises.
    n_image, n_words : int
        Players of each side.
    index : {"banzhaf", "shapley"}
    p : float
        With which a player is kept; of a Banzhaf index only.
    seed : int
    batch : int
        Coalitions a call of `ask`.
    progress : callable, optional
        Called with (done, total) coalitions after every batch.

    Raises
    ------
    InputError
        An empty side, an unknown index, or a budget that is too small.
    ModelError
        Scores that are not finite or not as many as asked for.

    Source
    ------
    Indices: Grabisch and Roubens 1999; weights of shared coalitions as in Fumagalli et al. 2023 (SHAP-IQ); a fit as
    control variate, with folds. Agreement with brute force: 1e-9 (`tests/engine/test_fusion_game.py`).
    """

    def __init__(
        self,
        ask: Ask,
        n_image: int,
        n_words: int,
        *,
        index: IndexName = "banzhaf",
        p: float = 0.5,
        seed: int = 0,
        batch: int = 256,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        if n_image < 1 or n_words < 1:
            raise InputError(
                "at least one player on each side",
                f"{n_image} of the picture and {n_words} of the caption",
                "An empty side has nothing to interact with.",
            )
        self.n_image, self.n_words, self.n = n_image, n_words, n_image + n_words
        self.weights = CoalitionWeights.of(index, self.n, p)
        # singles of a smooth fit are of order n - 1 in p
        self._index = Index.banzhaf(p) if index == "banzhaf" else Index.shapley(-(-self.n // 2))
        self._ask, self._seed, self._batch, self._progress = ask, seed, batch, progress
        self._known: dict[bytes, float] = {}

    @property
    def calls(self) -> int:
        """Coalitions asked so far."""
        return len(self._known)

    @property
    def known(self) -> tuple[NDArray[np.uint8], Array]:
        """Coalitions asked so far (K, bytes), eight players a byte, and their scores (K,)."""
        packed = np.frombuffer(b"".join(self._known), np.uint8).reshape(len(self._known), -(-self.n // 8))
        return packed, np.array(list(self._known.values()))

    def recall(self, packed: NDArray[np.uint8], scores: Array) -> None:
        """Take over what was asked before, as `known` gives it."""
        self._known.update({row.tobytes(): float(s) for row, s in zip(packed, scores, strict=True)})

    @property
    def least(self) -> int:
        """The least budget: a fold's fit needs more coalitions than players."""
        return min(2**self.n, 2 + 2 * -(-(self.n + 10) * FOLDS // (FOLDS - 1) // 2))

    def estimate(self, budget: int) -> FusionEstimate:
        """Indices from at most `budget` coalitions; what is known already is not asked again.

        Raises
        ------
        InputError
            The budget is under the least one, which is named.
        """
        if budget < self.least:
            raise InputError(
                f"a budget of at least {self.least} calls for {self.n} players",
                str(budget),
                "Raise the budget, or take coarser players: blocks of patches, phrases.",
            )
        if self.n <= MOST_EXACT and 2**self.n <= budget:
            return self._exact()
        return self._sampled(budget)

    def rounds(
        self,
        most: int,
        tolerance: float | None = 0.1,
        precision: Callable[[FusionEstimate], float] = lambda found: found.precision,
    ) -> Iterator[FusionEstimate]:
        """Ever better estimates: the budget doubles until `most`, or until `precision` is within tolerance."""
        budget = min(most, self.least)
        while True:
            found = self.estimate(budget)
            yield found
            if budget >= most or found.exact or (tolerance is not None and precision(found) <= tolerance):
                return
            budget = min(2 * budget, most)

    def ask(self, keep: Keep) -> Array:
        """Scores (K,) of coalitions (K, n + m); only those not yet known are asked."""
        keys = [row.tobytes() for row in np.packbits(keep, axis=1)]
        missing = [k for k, key in enumerate(keys) if key not in self._known]
        missing = list({keys[k]: k for k in missing}.values())
        for start in range(0, len(missing), self._batch):
            rows = keep[missing[start : start + self._batch]]
            scores = self._checked(self._ask(rows[:, : self.n_image], rows[:, self.n_image :]), len(rows))
            self._known.update({keys[k]: float(s) for k, s in zip(missing[start:], scores, strict=False)})
            if self._progress is not None:
                self._progress(min(start + self._batch, len(missing)), len(missing))
        return np.array([self._known[key] for key in keys])

    def _checked(self, came: Array, n: int) -> Array:
        scores = np.asarray(came, np.float64)
        if scores.shape != (n,) or not np.isfinite(scores).all():
            bad = f"shape {scores.shape}" if scores.shape != (n,) else "NaN or infinity"
            raise ModelError(f"{n} finite scores, one a coalition", bad, f"{self.calls} scores so far are kept.")
        return scores

    def _exact(self) -> FusionEstimate:
        keep = (np.arange(2**self.n)[:, None] >> np.arange(self.n) & 1).astype(bool)
        values = self.ask(keep)
        weighted = values * self.weights.chance(keep)
        singles, pairs = self.weights.singles(keep, weighted)[0], self.weights.pairs(keep, weighted)[0]
        nothing = np.zeros_like
        r2 = self._r2_of_all(keep, values)
        return self._result(singles, nothing(singles), pairs, nothing(pairs), values[0], values[-1], r2, True, r2, 0.0)

    def _r2_of_all(self, keep: Keep, values: Array) -> float:
        """Of the best approximation of order 2, every coalition counted with its chance."""
        z = self._centred(keep)
        i, j = np.triu_indices(self.n, 1)
        chance = self.weights.chance(keep)
        root = np.sqrt(chance)[:, None]
        design = np.hstack([np.ones((len(z), 1)), z, z[:, i] * z[:, j]])
        fitted = design @ np.linalg.lstsq(root * design, root[:, 0] * values, rcond=None)[0]
        spread = chance @ (values - chance @ values / chance.sum()) ** 2
        return 1 - float(chance @ (values - fitted) ** 2 / max(spread, np.finfo(float).tiny))

    def _sampled(self, budget: int) -> FusionEstimate:
        ends = np.repeat([[False], [True]], self.n, 1)
        baseline, total = self.ask(ends)
        drawn, fixed = self._plan(budget - 2)
        paired = self.weights.symmetric
        values = self.ask(drawn)
        others = self.ask(~drawn) if paired else values
        fixed = np.concatenate([ends, fixed])
        known = self.ask(fixed)
        found = cross_fit(self.weights, self._index, Draws(drawn, values, others, fixed, known))
        spread = np.concatenate([values, others]) if paired else values
        left = np.array([(one**2).sum() / max(one.size, 1) for one in (found.order_two, found.residuals)])
        r2, fit_r2 = (1 - left / max(spread.var(), np.finfo(float).tiny)).tolist()
        return self._result(*found[:4], baseline, total, r2, False, fit_r2, found.smooth / FOLDS)

    def _plan(self, budget: int) -> tuple[Keep, Keep]:
        """Coalitions to draw (without their complements, where these are asked too), and those asked for certain.

        The empty and the full coalition are always asked, and so are all of one player, and all but one, where the
        draws would ask most of them anyway.
        """
        each = 2 if self.weights.symmetric else 1
        n, sizes = self.n, self.weights.sizes
        share = 1 - sizes[0] - sizes[-1]
        alone = np.eye(n, dtype=bool)
        fixed = np.zeros((0, n), bool)
        sure = [0, n]
        if each == 2 and n > 3 and budget * sizes[1] / share > n / 2 and budget - 2 * n >= self.least:
            fixed, sure, budget = np.concatenate([alone, ~alone]), [0, 1, n - 1, n], budget - 2 * n
        wanted = max(budget // each, 1)
        keep = np.zeros((0, n), bool)
        tries = 2 * wanted + 64
        while len(keep) < wanted:
            keep = self.weights.draw(tries, self._seed)
            keep = keep[~np.isin(keep.sum(1), sure)][:wanted]
            tries *= 2
        return keep, fixed

    def _centred(self, keep: Keep) -> Array:
        return np.asarray(keep, np.float64) - self.weights.centre

    def _result(
        self,
        singles: Array,
        single_errors: Array,
        pairs: Array,
        pair_errors: Array,
        baseline: float,
        total: float,
        r2: float,
        exact: bool,
        fit_r2: float,
        smooth: float,
    ) -> FusionEstimate:
        n = self.n_image
        return FusionEstimate(
            Values(pairs[:n, n:], pair_errors[:n, n:]),
            Values(singles[:n], single_errors[:n]),
            Values(singles[n:], single_errors[n:]),
            Values(pairs[:n, :n], pair_errors[:n, :n]),
            Values(pairs[n:, n:], pair_errors[n:, n:]),
            float(baseline),
            float(total),
            self.calls,
            exact,
            r2,
            fit_r2,
            smooth,
        )
