"""The measures of the leaderboard, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.compare.comparison_table import Quantity
from saii_widgets.compare.contest import Contest, Entrant
from saii_widgets.engine.measures.grid_game import grid_game
from saii_widgets.engine.measures.pointing import pointing

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One measure of any explainer.

    Parameters
    ----------
    name : str
    quantities : tuple of Quantity
        What it gives.
    play : callable
        Takes an entrant and returns for each quantity a number a case, (n,), NaN where there is none.
    lacks : callable
        Takes a contest and returns why it can't be played there, or "".
    """

    name: str
    quantities: tuple[Quantity, ...]
    play: Callable[[Entrant], dict[str, Floats]]
    lacks: Callable[[Contest], str] = lambda _: ""


_HIT: Final = Quantity("hit rate", "Does the largest value lie on the named thing?", "share")
_MASS: Final = Quantity("mass on the thing", "How much of the positive mass lies on the named thing?", "share")
_GRID: Final = Quantity(
    "grid game", "Among four pictures: is it positive where the named thing is and negative elsewhere?", "share"
)
_ABOVE: Final = Quantity(
    "grid game above chance", "The same less what these numbers score in any other order.", "share"
)
_SECONDS: Final = Quantity("seconds", "How long does one pair take on this machine?", "s", "neither")


def _pointing(entrant: Entrant) -> dict[str, Floats]:
    played = pointing(entrant.maps, np.stack([_shares(q.shares) for q in entrant.contest.pointed]))
    return {_HIT.name: played.hits, _MASS.name: played.masses}


def _grid_game(entrant: Entrant) -> dict[str, Floats]:
    played = [grid_game(entrant.answer(q).parts[None], _shares(q.shares)[None]) for q in entrant.contest.grids]
    scores, chances = (np.concatenate([getattr(one, name) for one in played]) for name in ("scores", "chances"))
    return {_GRID.name: scores, _ABOVE.name: scores - chances}


def _cost(entrant: Entrant) -> dict[str, Floats]:
    return {_SECONDS.name: np.array([entrant.answer(question).seconds for question in entrant.contest.questions])}


def _shares(shares: Floats | None) -> Floats:
    assert shares is not None
    return shares


MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure(
            "pointing", (_HIT, _MASS), _pointing, lambda c: "" if c.pointed else "no scene has masks of named things"
        ),
        Measure(
            "grid game",
            (_GRID, _ABOVE),
            _grid_game,
            lambda c: "" if c.grids else "it takes four scenes with masks, three of which lack the named thing",
        ),
        Measure("cost", (_SECONDS,), _cost),
    )
}
