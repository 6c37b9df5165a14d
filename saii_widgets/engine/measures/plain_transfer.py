"""What feedback is compared with: the same steps on a surrogate, without asking the target on the way."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from saii_widgets.engine.pair_attack import Ask, PairAttack
from saii_widgets.engine.surrogate_steps import SurrogateSteps


class PlainTransfer(PairAttack):
    """Changes found on a surrogate alone, and shown to the target once. For testing models of your own.

    Parameters
    ----------
    target : DualEncoder or PairScorer
        Asked for one ranking before the attack, and one after it.
    surrogate : TwoTowers
    n_rounds : int
        All of them are taken.
    budget, bounds, seed, progress
        As in `FeedbackModalMutualSearch`.

    Returns
    -------
    tuple of Attacked

    Source
    ------
    SGA (Lu et al. 2023): the picture and the caption are led away from each other, towards nothing.
    """

    method = "plain transfer (after SGA, Lu et al. 2023)"

    def _rounds(
        self,
        steps: SurrogateSteps,
        ask: Ask,
        own: int,  # noqa: ARG002
        embedded: tuple[Tensor, Tensor],  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> None:
        if not ask.can:
            return
        for _ in range(self.n_rounds):
            steps.move_both()
        ask.lost(steps.picture(), self.n_rounds)
