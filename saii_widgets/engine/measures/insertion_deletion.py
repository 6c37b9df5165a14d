"""Do the parts that an explanation ranks first make the score, and does it fall without them? (MATH.md 5)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError

Floats = NDArray[np.float64]
Game = Callable[[NDArray[np.bool_]], ArrayLike]


@dataclass(frozen=True)
class InsertionDeletion:
    """The two curves, and the area between them.

    Parameters
    ----------
    order : int array, (n,)
        Players, the most important first.
    insertion, deletion : float64 array, (n + 1,)
        Values after 0 to n players came, or went.
    insertion_area, deletion_area : float
        Areas by trapezoids over the share of players, in the unit of the value.
    aid : float
        Insertion less deletion; larger is better, and 0 is what any order has in an additive game of equal players.
    """

    order: NDArray[np.intp]
    insertion: Floats
    deletion: Floats
    insertion_area: float
    deletion_area: float
    aid: float


def insertion_deletion(game: Game, order: ArrayLike) -> InsertionDeletion:
    """Play a game along an order of its players.

    Parameters
    ----------
    game : callable
        Takes coalitions, bool (k, n), and returns their values (k,): called once, with 2 n coalitions.
    order : int array, (n,)
        Every player once, the most important first; `greedy_order` makes it from an explanation.

    Raises
    ------
    InputError
        An order that is no permutation, or values that are not n finite numbers.

    Source
    ------
    Petsiuk et al. 2018 and MATH.md 5; equal to a game planted by hand (`tests/engine/measures/`).
    Both curves follow the one order; nothing is scaled, so areas of different games can't be compared.
    """
    players = np.asarray(order)
    n = players.size
    if players.ndim != 1 or n == 0 or not np.array_equal(np.sort(players), np.arange(n)):
        raise InputError("an order with every player 0 to n - 1 once", str(players.tolist()), "Use greedy_order().")
    rank = np.empty(n, int)
    rank[players] = np.arange(n)
    inserted = rank < np.arange(n + 1)[:, None]  # (n + 1, n)
    values = np.asarray(game(np.concatenate([inserted, ~inserted[1:-1]])), np.float64)
    if values.shape != (2 * n,) or not np.isfinite(values).all():
        raise InputError(f"{2 * n} finite values, one a coalition", f"shape {values.shape}", "Check the game.")
    insertion = values[: n + 1]
    deletion = np.concatenate([insertion[-1:], values[n + 1 :], insertion[:1]])
    gained, left = (float((curve[1:] + curve[:-1]).sum() / (2 * n)) for curve in (insertion, deletion))
    return InsertionDeletion(players, insertion, deletion, gained, left, gained - left)


def greedy_order(main: ArrayLike, interactions: ArrayLike | None = None) -> NDArray[np.intp]:
    """Players by what an explanation says each adds to those before it.

    Parameters
    ----------
    main : array, (n,)
        Main effects in raw variables: what a player adds to the empty coalition. Alone (order 1) they are sorted.
    interactions : array, (n, n), optional
        Symmetric; the diagonal is not read. The next player (order 2) is the one of the largest main effect plus
        interactions with those already chosen; of equals, the first.

    Returns
    -------
    int array, (n,)

    Raises
    ------
    InputError
        Numbers that are not finite, or interactions that are not a symmetric (n, n).
    """
    gains = np.array(main, np.float64)
    if gains.ndim != 1 or not np.isfinite(gains).all():
        raise InputError("finite main effects (n,)", f"shape {gains.shape}", "Give one number a player.")
    n = len(gains)
    pairs = np.zeros((n, n)) if interactions is None else np.asarray(interactions, np.float64)
    if pairs.shape != (n, n) or not np.isfinite(pairs).all() or not np.allclose(pairs, pairs.T):
        raise InputError(f"symmetric interactions ({n}, {n})", f"shape {pairs.shape}", "Give both halves alike.")
    order = []
    for _ in range(n):
        best = int(np.argmax(gains))
        order.append(best)
        gains += pairs[best]
        gains[order] = -np.inf
    return np.array(order, np.intp)
