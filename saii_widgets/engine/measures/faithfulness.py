"""Does an explanation foretell the model's score when parts are taken away at random? (MATH.md 3.5, 5)"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.coalitions import Keep, gauss_legendre
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.task_performance import spearman

Floats = NDArray[np.float64]

_STREAM: Final = 17  # of random numbers: no fit draws from it
_NODES: Final = 8
_GOOD, _FAIR, _NOTHING = 0.8, 0.5, 0.1


def faithfulness(
    pair: ExplainedPair, *, seed: int = 0, n_coalitions: int = 64, n_draws: int = 200
) -> list[Measurement]:
    """R2 and Spearman's correlation of what an explanation foretells with the model's scores of fresh coalitions.

    How an explanation is read: interactions as their expansion, main effects and pairs added up, in the unit of the
    score; only the offset, the mean of the game, is taken from the fresh coalitions, as results do not carry it. A map
    as an additive function: the relevance that is kept adds up, the other side stays whole, and offset and scale (not
    its sign) are the best ones, so R2 is never under 0.

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``.
    seed : int
        Of the coalitions and of the bootstrap.
    n_coalitions : int
        Coalitions of the picture, and as many of the caption, each with its p. Of a dual encoder every one of the
        picture is met by every one of the caption, and costs one pass; of a model of pairs, and of Shapley's index,
        they are met row by row, four times as many.
    n_draws : int
        Bootstrap samples over coalitions of both sides, for 95 % intervals.

    Returns
    -------
    list of Measurement
        "R2" and "rank correlation"; a value of None where the score does not vary.

    Source
    ------
    Baniecki et al. 2025 (R2 on fresh coalitions), MATH.md 3.5. A planted game of order 2 has R2 1, and a plain
    implementation agrees to 1e-12 (`tests/engine/measures/test_faithfulness.py`).
    """
    rng = np.random.default_rng((seed, _STREAM))
    keep = fresh_coalitions(pair, n_coalitions, rng)  # (K, L, players)
    flat = pair.whole(keep.reshape(-1, keep.shape[-1]))
    truth, claim = (f(flat).reshape(keep.shape[:2]) for f in (pair.game, pair.reading.predict))
    if float(np.ptp(truth)) <= 1e-9 * max(1.0, float(np.abs(truth).max())):
        reason = "The score does not vary whatever is taken away, so there is nothing to foretell."
        return [Measurement("faithfulness", name, None, "R2", reason) for name in ("R2", "rank correlation")]
    drawn = np.array(
        [_measured(pair, truth[np.ix_(*rows)], claim[np.ix_(*rows)]) for rows in _rows(truth, n_draws, rng)]
    )
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    r2, rank = _measured(pair, truth, claim)
    ends = [(min(a, v), max(b, v)) for a, b, v in zip(low, high, (r2, rank), strict=True)]
    return [
        Measurement("faithfulness", "R2", r2, "R2", _said(r2, pair), *ends[0], chance=0.0),
        Measurement("faithfulness", "rank correlation", rank, "correlation", _said_rank(rank), *ends[1], chance=0.0),
    ]


def fresh_coalitions(pair: ExplainedPair, count: int, rng: np.random.Generator) -> Keep:
    """Coalitions (K, L, players) from the game's own distribution, of the players that the explanation speaks of."""
    players, n = pair.reading.players, pair.reading.n_image
    if pair.p is not None and pair.game.factorised:
        of_image, of_words = (rng.random((count, k)) < pair.p for k in (n, len(pair.reading.main) - n))
        if pair.reading.sides == "image":
            return of_image[:, None]
        if pair.reading.sides == "caption":
            return of_words[:, None]
        grid = (
            np.broadcast_to(of_image[:, None], (count, count, n)),
            np.broadcast_to(of_words, (count, *of_words.shape)),
        )
        return np.concatenate(grid, 2)
    rows = 4 * count
    nodes, weights = gauss_legendre(_NODES)
    p = rng.choice(nodes, rows, p=weights) if pair.p is None else np.full(rows, pair.p)
    return (rng.random((rows, len(players))) < p[:, None])[:, None]


def _measured(pair: ExplainedPair, truth: Floats, claim: Floats) -> tuple[float, float]:
    t, c = truth - truth.mean(), claim - claim.mean()
    spread, reach = float((t**2).sum()), float((c**2).sum())
    slope = 1.0
    if not pair.reading.in_units:
        slope = max(0.0, float((t * c).sum()) / reach) if reach > 0 else 0.0
    r2 = 1 - float(((t - slope * c) ** 2).sum()) / spread if spread > 0 else 0.0
    return r2, spearman(truth.ravel(), claim.ravel())


def _rows(truth: Floats, n_draws: int, rng: np.random.Generator) -> list[tuple[NDArray[np.intp], ...]]:
    return [
        tuple(rng.integers(0, size, size) if size > 1 else np.zeros(1, int) for size in truth.shape)
        for _ in range(n_draws)
    ]


def _said(r2: float, pair: ExplainedPair) -> str:
    what = "Added up, the numbers" if pair.reading.sides == "both" else "Added up, the map's values"
    if r2 < 0:
        return f"{what} foretell the score worse than its mean does: do not read them as effects."
    if r2 < _NOTHING:
        return f"{what} tell next to nothing of how the score varies: it may point, but does not measure."
    share = f"{what} tell {r2:.0%} of how the score varies when parts are taken away at random"
    if r2 >= _GOOD:
        return f"{share}: most of the story."
    if r2 >= _FAIR:
        return f"{share}: a good part; the rest is what more parts do together."
    return f"{share}: read single values as rough averages, for the model does more than they say."


def _said_rank(rank: float) -> str:
    if rank >= _GOOD:
        return "What it says scores higher does so, nearly always."
    if rank >= _FAIR:
        return "What it says scores higher mostly does so."
    if rank > 0.1:
        return "What it says scores higher does so only somewhat more often than not."
    return "It does not tell which coalitions score higher."
