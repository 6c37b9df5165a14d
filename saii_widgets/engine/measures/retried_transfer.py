"""What asking a target again and again gains by itself: plain transfer from random starts, each shown to the target."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from saii_widgets.engine.pair_attack import Ask, PairAttack
from saii_widgets.engine.surrogate_steps import SurrogateSteps


class RetriedTransfer(PairAttack):
    """Plain transfer, begun anew in each round and shown to the target after it. For testing models of your own.

    The control of `FeedbackModalMutualSearch`: it may ask as often and stops on success too, but what the target
    answers leads nowhere, and no mismatched pair is led to. What the search gains over it is due to where it goes.

    Parameters
    ----------
    target : DualEncoder or PairScorer
        Asked for one ranking before the attack, and one after each round.
    surrogate : TwoTowers
    n_rounds : int
        Most of them; the first begins at the picture, the others at random within epsilon.
    budget, bounds, seed, progress
        As in `FeedbackModalMutualSearch`.

    Returns
    -------
    tuple of Attacked

    Source
    ------
    The steps of SGA (Lu et al. 2023) with random restarts
    (`tests/engine/measures/test_feedback_modal_mutual_search.py`).
    """

    method = "plain transfer with restarts (after SGA, Lu et al. 2023)"

    def _rounds(
        self,
        steps: SurrogateSteps,
        ask: Ask,
        own: int,  # noqa: ARG002
        embedded: tuple[Tensor, Tensor],  # noqa: ARG002
        rng: np.random.Generator,
    ) -> None:
        for round_ in range(1, self.n_rounds + 1):
            if not ask.can:
                return
            if round_ > 1:
                steps.restart(rng)
            steps.move_both()
            if ask.lost(steps.picture(), round_):
                return
