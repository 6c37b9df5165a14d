"""How far the explanation of a room can be trusted, measured while one looks at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.scene import Scene
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.curves import curves
from saii_widgets.engine.measures.faithfulness import faithfulness
from saii_widgets.engine.measures.stability import stability
from saii_widgets.engine.trust import Measure, cost, measured
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.trust_card import TrustCard

MEASURES: Final[Mapping[str, Measure]] = {
    "cost": cost,
    "faithfulness": faithfulness,
    "insertion and deletion": partial(curves, steps=16, n_random=2, n_draws=3),
    "stability": partial(stability, n_changes=3),
}
"""What a strip shows: coarser than `trust`, for it is taken beside other work; the cheapest first."""

_PARTS: Final = 1000


class TrustStrip:
    """A strip of measures that appear one after the other; the latest explanation wins.

    Parameters
    ----------
    model : DualEncoder
        Whose explanations these are.
    lock : threading.Lock
        Held while the model is at work, for one measure at a time.
    seed : int

    Attributes
    ----------
    card : TrustCard
    finished : Explanation or None
        What the card shows all measures of.
    """

    def __init__(self, model: Any, lock: threading.Lock, *, seed: int = 0) -> None:
        self._model, self._lock, self._seed = model, lock, seed
        self.card = TrustCard()
        self.finished: Explanation | None = None
        self._asked: Explanation | None = None
        self._worker = LatestWins(self._work, lambda _: None, view=self.card)

    def measure(self, explanation: Explanation, scene: Scene) -> None:
        """Measure an explanation of one pair, unless it is measured or being measured."""
        if explanation not in (self.finished, self._asked):
            self._asked = explanation
            self._worker.submit(explanation, scene)

    def rest(self) -> None:
        """Nobody looks any more: measure no further."""
        self._asked = None
        self._worker.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Until nothing is measured; False where that took longer."""
        return self._worker.wait(seconds)

    def code(self, explanation: str, scene: str) -> list[str]:
        """The strip by hand, of what these names stand for and from more draws; nothing where nothing was asked for."""
        if self._asked is None and self.finished is None:
            return []
        seed = f", seed={self._seed}" if self._seed else ""
        return [
            f"trusted = sw.trust({explanation}, stepwise.model, {scene}, measures={list(MEASURES)}{seed})",
            "sw.TrustCard(trusted)",
        ]

    @property
    def lasting(self) -> tuple[TrustCard, ...]:
        """The card, once it has all measures of what was asked for last."""
        return () if self.finished is None else (self.card,)

    def _work(self, job: Job, explanation: Explanation, scene: Scene) -> None:
        self.finished = None
        self.card.show(None)
        title, found = f"Trust in: {explanation.title}", list[Measurement]()
        pair = ExplainedPair.of(explanation, self._model, scene)
        for k, (name, measure) in enumerate(MEASURES.items()):
            pair.game.progress = partial(self._report, job, k, name)
            with self._lock:
                job.report(k, len(MEASURES), self._doing(name))
                found += measured(name, measure, pair, seed=self._seed)
            job.check()
            self.card.show(TrustTable(title, found, self._model.name))
        self.finished = explanation

    def _report(self, job: Job, k: int, name: str, done: int, total: int, _: str) -> None:
        job.report(k * _PARTS + _PARTS * done // max(1, total), len(MEASURES) * _PARTS, self._doing(name))

    @staticmethod
    def _doing(name: str) -> str:
        return f"How far can it be trusted? {name.capitalize()} is being measured."
