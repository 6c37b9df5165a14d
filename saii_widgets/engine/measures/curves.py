"""Insertion and deletion along the order that an explanation of a pair puts its parts in (MATH.md 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.coalitions import Keep
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.insertion_deletion import InsertionDeletion, greedy_order, insertion_deletion
from saii_widgets.engine.reading import Reading

_STREAM: Final = 19


def curves(
    pair: ExplainedPair,
    *,
    seed: int = 0,
    order: Literal[1, 2] | None = None,
    steps: int | None = 24,
    n_random: int = 4,
    n_draws: int = 4,
) -> list[Measurement]:
    """The area between the insertion and the deletion curve (AID), with both curves and those of random orders.

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``. The players
        that the explanation speaks of come and go; the other side stays whole.
    seed : int
        Of the random orders.
    order : {1, 2}, optional
        1: players by their effects. 2: the next player is the one of the largest main effect plus interactions with
        those already chosen. By default 2 where the explanation knows pairs.
    steps : int or None
        At most so many groups of players come one after the other; None for every player alone.
    n_random : int
        Random orders, whose mean is what chance gets.
    n_draws : int
        Where the explanation has standard errors: orders from redrawn values, whose spread gives the interval.

    Returns
    -------
    list of Measurement
        One, "insertion less deletion", in the unit of the score.

    Raises
    ------
    InputError
        From the model.

    Source
    ------
    Petsiuk et al. 2018, MATH.md 5; equal to `insertion_deletion` of a game planted by hand
    (`tests/engine/measures/test_curves.py`).
    """
    rng = np.random.default_rng((seed, _STREAM))
    wanted = pair.reading.order if order is None else order
    found = _played(pair, ranking(pair, pair.reading, wanted), steps)
    n = len(pair.reading.players)
    chance = [_played(pair, rng.permutation(n), steps) for _ in range(n_random)]
    redrawn = [_played(pair, ranking(pair, one, wanted), steps).aid for one in _redrawn(pair, n_draws, rng)]
    spread = 1.96 * float(np.std(redrawn, ddof=1)) if len(redrawn) > 1 else None
    expected = float(np.mean([one.aid for one in chance])) if chance else None
    lines = {"insertion": found.insertion, "deletion": found.deletion}
    if chance:
        lines["insertion, random order"] = np.mean([one.insertion for one in chance], axis=0)
        lines["deletion, random order"] = np.mean([one.deletion for one in chance], axis=0)
    return [
        Measurement(
            "insertion and deletion",
            "insertion less deletion",
            found.aid,
            pair.unit,
            _said(found, expected),
            None if spread is None else found.aid - spread,
            None if spread is None else found.aid + spread,
            chance=expected,
            along=np.linspace(0, 1, len(found.insertion)).tolist(),
            curves={name: values.tolist() for name, values in lines.items()},
        )
    ]


def ranking(pair: ExplainedPair, reading: Reading, order: int) -> NDArray[np.intp]:
    """The players that an explanation speaks of, the foremost first, as places among them."""
    players = reading.players
    if order == 1:
        return greedy_order(reading.averaged(0.5 if pair.p is None else pair.p)[players])
    return greedy_order(reading.main[players], reading.pairs[np.ix_(players, players)])


def _played(pair: ExplainedPair, order: NDArray[np.intp], steps: int | None) -> InsertionDeletion:
    """The game along an order, a group of consecutive players a step."""
    groups = np.array_split(order, len(order) if steps is None else min(steps, len(order)))
    members = np.zeros((len(groups), len(order)), bool)
    for k, group in enumerate(groups):
        members[k, group] = True

    def game(keep: Keep) -> NDArray[np.float64]:
        return pair.scores(keep.astype(int) @ members.astype(int) > 0)

    return insertion_deletion(game, np.arange(len(groups)))


def _redrawn(pair: ExplainedPair, count: int, rng: np.random.Generator) -> list[Reading]:
    """Readings of values drawn anew from their standard errors; none where there are no errors."""
    if pair.explanation.errors is None or not pair.explanation.errors.any():
        return []

    def drawn(part: Explanation) -> Explanation:
        if part.errors is None:
            return part
        return replace(part, values=part.values + part.errors * rng.standard_normal(part.shape))

    n, unit = pair.reading.n_image, pair.unit
    centre = 0.5 if pair.p is None else pair.p
    found = []
    for _ in range(count):
        beside = {name: drawn(part) for name, part in pair.explanation.companions.items()}
        one = replace(drawn(pair.explanation), companions=beside)
        found.append(Reading.of(one, n, len(pair.reading.main) - n, unit=unit, centre=centre))
    return found


def _said(found: InsertionDeletion, chance: float | None) -> str:
    if chance is None:
        return "The larger, the more of the score comes with the parts ranked first and goes without them."
    if found.aid <= chance:
        return "Its order brings the score no sooner than a random order: do not rely on what it ranks first."
    reach = float(np.ptp(np.concatenate([found.insertion, found.deletion])))
    better = f", by {(found.aid - chance) / reach:.0%} of its range more than in random order" if reach > 0 else ""
    return f"The score comes with the parts it ranks first and goes without them{better}."
