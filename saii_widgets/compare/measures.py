"""The measures of the leaderboard, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.compare.answer import Question
from saii_widgets.compare.comparison_table import Quantity
from saii_widgets.compare.contest import Contest, Entrant
from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.curves import curves
from saii_widgets.engine.measures.faithfulness import faithfulness
from saii_widgets.engine.measures.granger import granger
from saii_widgets.engine.measures.grid_game import grid_game
from saii_widgets.engine.measures.pointing import pointing
from saii_widgets.engine.measures.sanity_checks import sanity_checks
from saii_widgets.engine.measures.stability import stability

Floats = NDArray[np.float64]
Play = Callable[[Entrant], dict[str, Floats]]


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
    play: Play
    lacks: Callable[[Contest], str] = lambda _: ""


_HIT: Final = Quantity("hit rate", "Does the largest value lie on the named thing?", "share")
_MASS: Final = Quantity("mass on the thing", "How much of the positive mass lies on the named thing?", "share")
_GRID: Final = Quantity(
    "grid game",
    "Among four pictures: is it positive where the named thing is and negative elsewhere? Chance is 25 % for maps, "
    "more for signed values.",
    "share",
    "neither",
)
_ABOVE: Final = Quantity(
    "grid game above chance", "The same less what these numbers score in any other order.", "share"
)
_SECONDS: Final = Quantity("seconds", "How long does one pair take on this machine?", "s", "neither")
_AREA: Final = Quantity(
    "insertion less deletion", "Does the score come with the parts ranked first, and go without them?", "logit"
)
_R2: Final = Quantity("R2", "How much of the score's variance does it foretell when parts are taken away?", "R2")
_RANK: Final = Quantity("rank correlation", "Does it foretell which rest of the picture scores higher?", "correlation")
_STEADY: Final = Quantity("agreement after small changes", "Does it stay when hardly anything changes?", "correlation")
_UNIFIED: Final = Quantity("unified stability", "What is its largest change for the size of its cause?", "", "lower")
_CAPTION: Final = Quantity(
    "influence of the caption on the picture", "How much of it is due to the caption?", "", "neither"
)
_WEIGHTS: Final = Quantity(
    "agreement with random weights", "Is it the same for a model that learnt nothing?", "correlation", "lower"
)
_OTHERS: Final = Quantity("agreement with other captions", "Is it the same for another text?", "correlation", "lower")


def _pointing(entrant: Entrant) -> dict[str, Floats]:
    # one by one: a model may cut pictures of other shapes into other grids
    played = [pointing(entrant.answer(q).map[None], _shares(q.shares)[None]) for q in entrant.contest.pointed]
    hits, masses = (np.concatenate([getattr(one, name) for one in played]) for name in ("hits", "masses"))
    return {_HIT.name: hits, _MASS.name: masses}


def _grid_game(entrant: Entrant) -> dict[str, Floats]:
    played = [grid_game(entrant.answer(q).parts[None], _shares(q.shares)[None]) for q in entrant.contest.grids]
    scores, chances = (np.concatenate([getattr(one, name) for one in played]) for name in ("scores", "chances"))
    return {_GRID.name: scores, _ABOVE.name: scores - chances}


def _asked_again(
    quantities: tuple[Quantity, ...],
    measure: Callable[..., list[Measurement]],
    *,
    pair: Callable[[Entrant, Question], ExplainedPair] = Entrant.pair,
    **settings: Any,
) -> Play:
    """A measure of one pair, over the first scenes of the contest."""

    def play(entrant: Entrant) -> dict[str, Floats]:
        contest = entrant.contest
        found = [
            {one.quantity: one.value for one in measure(pair(entrant, question), seed=contest.seed, **settings)}
            for question in contest.questions[: contest.n_asked]
        ]
        return {
            quantity.name: np.array([one.get(quantity.name) for one in found], np.float64)  # None becomes NaN
            for quantity in quantities
        }

    return play


def _cost(entrant: Entrant) -> dict[str, Floats]:
    return {_SECONDS.name: np.array([entrant.answer(question).seconds for question in entrant.contest.questions])}


def _shares(shares: Floats | None) -> Floats:
    assert shares is not None
    return shares


_NO_MASKS: Final = "no scene has masks of named things"
_NO_GRIDS: Final = "it takes four scenes with masks, three of which lack the named thing"
MEASURES: Final[dict[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure("pointing", (_HIT, _MASS), _pointing, lambda c: "" if c.pointed else _NO_MASKS),
        Measure("grid game", (_GRID, _ABOVE), _grid_game, lambda c: "" if c.grids else _NO_GRIDS),
        Measure("insertion and deletion", (_AREA,), _asked_again((_AREA,), curves, order=1, n_random=0, n_draws=0)),
        Measure("faithfulness", (_R2, _RANK), _asked_again((_R2, _RANK), faithfulness, n_draws=2)),
        Measure("stability", (_STEADY, _UNIFIED), _asked_again((_STEADY, _UNIFIED), stability, n_changes=4)),
        Measure("granger", (_CAPTION,), _asked_again((_CAPTION,), granger, pair=Entrant.pair_as_it_came)),
        Measure("sanity checks", (_WEIGHTS, _OTHERS), _asked_again((_WEIGHTS, _OTHERS), sanity_checks, n=1)),
        Measure("cost", (_SECONDS,), _cost),
    )
}
