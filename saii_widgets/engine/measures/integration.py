"""How a model integrates the two sides over many pairs: shares of synergy and suppression, by role of the word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.role import Role
from saii_widgets.engine.measures.task_performance import Estimate

_DRAWS = 1000


@dataclass(frozen=True)
class Integration:
    """Of all that some words do, how much they do alone, and how much with or against parts of the picture.

    The three shares sum to 1.

    Parameters
    ----------
    alone : Estimate
        Sizes of the words' main effects.
    synergy : Estimate
        Positive interactions of these words with parts of the picture.
    suppression : Estimate
        Sizes of the negative ones.
    """

    alone: Estimate
    synergy: Estimate
    suppression: Estimate

    def to_dict(self) -> dict[str, float]:
        """One row of a table."""
        parts = (("alone", self.alone), ("synergy", self.synergy), ("suppression", self.suppression))
        row = {f"{name}{end}": getattr(part, k) for name, part in parts for end, k in _COLUMNS}
        return {**row, "n": self.alone.n}


_COLUMNS = (("", "value"), ("_low", "low"), ("_high", "high"))


def integration(pairs: Sequence[Explanation], *, least_z: float = 2.0, seed: int = 0) -> dict[str, Integration]:
    """Shares over many pairs, for all words ("all") and for the words of each role.

    Parameters
    ----------
    pairs : sequence of Explanation
        Over (word, patch), each with the companion "word", as `Interactions` gives them for one pair.
    least_z : float
        Numbers within so many standard errors of zero count as zero, for the noise of many small cells would pass as
        interaction.
    seed : int
        Of the bootstrap over pairs, which gives 95 % intervals.

    Returns
    -------
    dict of str to Integration
        Roles of which no word has any effect are left out.

    Raises
    ------
    InputError
        No pairs, or a result of another kind.

    Source
    ------
    Wang and Wang 2025, arXiv:2508.00576, look at synergy and suppression over a data set; shares of effect sizes, the
    roles and the intervals are ours.
    """
    if not pairs:
        raise InputError("at least one pair", "none", "Give the results of Interactions, one a pair.")
    draws = np.random.default_rng(seed).integers(0, len(pairs), (_DRAWS, len(pairs)))
    sizes = np.stack([_sizes(pair, least_z) for pair in pairs])  # (pairs, roles and all, 3)
    names = [*(str(role) for role in Role), "all"]
    return {
        name: _estimated(sizes[:, k], draws)
        for k, name in sorted(enumerate(names), key=lambda entry: entry[1] != "all")
        if sizes[:, k].any()
    }


def _sizes(pair: Explanation, least_z: float) -> NDArray[np.float64]:
    """Of one pair: sizes (role, 3) of main effects, synergy and suppression; the last row is of all words."""
    main = pair.companions.get("word")
    if pair.kinds != ("word", "patch") or main is None or main.kinds != ("word",):
        raise InputError(
            "results over (word, patch) with the companion 'word'",
            repr(pair),
            "Choose one pair: many.select(image=0, caption=0).",
        )
    cross, alone = _clear(pair, least_z), _clear(main, least_z)
    words = np.stack([np.abs(alone), cross.clip(0).sum(1), (-cross).clip(0).sum(1)], 1)  # (m, 3)
    roles = pair.axis("word").roles or (Role.NON_PRINCIPAL,) * len(words)
    rows = [words[[r is role for r in roles]].sum(0) for role in Role]
    return np.stack([*rows, words.sum(0)])


def _clear(part: Explanation, least_z: float) -> NDArray[np.float64]:
    values = part.values.astype(np.float64)
    return values if part.errors is None else np.where(np.abs(values) > least_z * part.errors, values, 0)


def _estimated(sizes: NDArray[np.float64], draws: NDArray[np.intp]) -> Integration:
    """Shares (3,) of sizes (pairs, 3), with intervals; draws of pairs without any effect are left out."""
    shares = sizes.sum(0) / sizes.sum()
    sums = sizes[draws].sum(1)
    drawn = sums[sums.sum(1) > 0]
    low, high = np.quantile(drawn / drawn.sum(1, keepdims=True), (0.025, 0.975), axis=0)
    n = int((sizes.sum(1) > 0).sum())
    return Integration(*(Estimate(float(s), float(a), float(b), n) for s, a, b in zip(shares, low, high, strict=True)))
