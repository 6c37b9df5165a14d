"""A stress test of an image-text model: small changes that make it mistake a pair, found through another model."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from saii_widgets.core.errors import InputError
from saii_widgets.engine.models.model import DualEncoder, PairScorer
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pair_attack import Ask, PairAttack
from saii_widgets.engine.runtime import Progress
from saii_widgets.engine.surrogate_steps import Bounds, SurrogateSteps


class FeedbackModalMutualSearch(PairAttack):
    """How easily a model is misled by changes that people hardly see. For testing models of your own.

    A surrogate with gradients leads the picture and the caption away from each other and towards a mismatched pair; the
    target, a black box, is asked after each round how it ranks the captions. The search stops when it ranks a wrong one
    first, and goes on with another mismatched pair until then.

    Parameters
    ----------
    target : DualEncoder or PairScorer
        The model under test; only its similarities are asked for, and each counts as a query.
    surrogate : TwoTowers
        Gradients are taken through it: one that resembles the target, but is not the target.
    top : int, optional
        Mismatched pairs are drawn from so many that the target ranks first ("Top-N"); by default from all ("Full").
    n_rounds : int
        Most rounds a pair, each of `bounds.n_steps` steps.
    budget : int, optional
        Most queries a pair. One round asks as many as there are captions, and so does the ranking before the first.
    bounds : Bounds, optional
        Epsilon 2/255 in steps of .5/255, ten a round, one word a caption; never exceeded, also in 8 bits and resized.
    seed : int
    progress : Progress, optional
        Called after each pair; may raise `Cancelled`.

    Returns
    -------
    tuple of Attacked
        One a pair: picture and caption before and after, success, queries and steps spent.

    Raises
    ------
    InputError
        Numbers out of range, or pairs that do not fit together.
    ModelError
        A surrogate without gradients, or a budget too small for one ranking.

    Source
    ------
    Ding et al. 2024, without published code: our reading of it (MATH.md 5) on the steps of SGA (Lu et al. 2023).
    `tests/engine/measures/test_feedback_modal_mutual_search.py`; the gain over plain transfer is measured in
    `benchmarks/under_attack.py`.
    """

    method = "feedback-based modal mutual search (Ding et al. 2024)"

    def __init__(
        self,
        target: DualEncoder | PairScorer,
        surrogate: TwoTowers,
        *,
        top: int | None = None,
        n_rounds: int = 5,
        budget: int | None = None,
        bounds: Bounds | None = None,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        if top is not None and top < 1:
            raise InputError("1 or more captions to draw from", str(top), "None draws from all.")
        super().__init__(
            target, surrogate, n_rounds=n_rounds, budget=budget, bounds=bounds, seed=seed, progress=progress
        )
        self.top = top

    def _rounds(
        self,
        steps: SurrogateSteps,
        ask: Ask,
        own: int,
        embedded: tuple[Tensor, Tensor],
        rng: np.random.Generator,
    ) -> None:
        drawn: list[int] = []
        for round_ in range(1, self.n_rounds + 1):
            if not ask.can:
                return
            other = self._mismatched(ask, drawn, rng)
            drawn.append(other)
            pair = other + (other >= own)  # the others are all pairs but this one
            steps.move_both((embedded[0][pair], embedded[1][pair]))
            if ask.lost(steps.picture(), round_):
                return

    def _mismatched(self, ask: Ask, drawn: list[int], rng: np.random.Generator) -> int:
        """One of the others that was not drawn yet, or any again once all were."""
        pool = list(range(len(ask.others))) if self.top is None else ask.first_others(self.top)
        fresh = [k for k in pool if k not in drawn]
        return int(rng.choice(fresh or pool))
