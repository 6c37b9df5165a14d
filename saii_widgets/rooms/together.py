"""Which words and which parts of the picture count only together, for the pair that is looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.rooms.code import settings_code
from saii_widgets.rooms.trust_strip import TrustStrip
from saii_widgets.stepwise import Stepwise
from saii_widgets.widgets.interaction_matrix import InteractionMatrix
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.trust_card import TrustCard

_GOOD, _FAIR = 0.8, 0.5  # R2 above which the numbers tell most, and a good part, of the story


class Together:
    """Interactions of the pair that is chosen elsewhere: coarse at once, better while one looks.

    What was encoded of a picture or a caption is kept, so that coming back to it costs the fits alone.

    Parameters
    ----------
    stepwise : Stepwise
        Whose pictures and captions these are; it has done step 3.
    lock : threading.Lock
        Held while the model is at work, for one round of the refinement at a time.

    Attributes
    ----------
    matrix : InteractionMatrix
        Empty until one looks; its status says how certain the numbers are.
    pair : (int, int) or None
        Picture and caption that the matrix is of.
    finished : bool
        Whether no better round follows.
    trust : TrustStrip
        How far the last round can be trusted.
    """

    def __init__(self, stepwise: Stepwise, lock: threading.Lock) -> None:
        self._stepwise, self._lock = stepwise, lock
        self._captions = stepwise.captions()[: len(stepwise.few)]
        self._turn = threading.Lock()  # held while it is settled who works on what
        self._chosen, self._running, self._resting = (0, 0), 0, False
        self._budget = 0
        self.pair: tuple[int, int] | None = None
        self.finished = False
        self.matrix = InteractionMatrix(_nothing_of(stepwise.step3()), label="Words and parts of the picture, together")
        self._explainer = Interactions(stepwise.model, seed=stepwise.seed)
        self._worker = LatestWins(self._work, lambda _: None, view=self.matrix)
        self.trust = TrustStrip(stepwise.model, lock, seed=stepwise.seed)

    @property
    def widgets(self) -> tuple[InteractionMatrix]:
        """The matrix."""
        return (self.matrix,)

    @property
    def below(self) -> tuple[TrustCard]:
        """The strip of trust."""
        return (self.trust.card,)

    @property
    def lasting(self) -> tuple[InteractionMatrix | TrustCard, ...]:
        """The matrix as it is, once one has looked, and its strip, once it is measured."""
        return () if self.pair is None else (self.matrix, *self.trust.lasting)

    def choose(self, image: int, caption: int) -> None:
        """Take up another pair of the study, or go on with this one."""
        with self._turn:
            self._resting = False
            if (image, caption) == self._chosen and (self.finished or self._running):
                self._measure()
                return
            self._chosen, self.finished = (image, caption), False
            self._running = self._worker.submit(image, caption)

    def rest(self) -> None:
        """Refine no further; a first matrix that was begun is finished."""
        with self._turn:
            self._resting = True
            if self.pair == self._chosen:
                self._worker.cancel()
                self._running = 0
        self.trust.rest()

    def wait(self, seconds: float | None = None) -> bool:
        """Until the matrix gets no better; False where that took longer."""
        return self._worker.wait(seconds) and self.trust.wait(seconds)

    def code(self) -> list[str]:
        """The matrix, by hand, with all its rounds, and the strip once it is asked for."""
        if self.pair is None:
            return []
        image, caption = self.pair
        seed = f", seed={self._stepwise.seed}" if self._stepwise.seed else ""
        return [
            f"scene, caption = stepwise.few.scenes[{image}], stepwise.captions()[{caption}]",
            f"together = sw.Interactions(stepwise.model{seed})(scene, caption)",
            f"sw.InteractionMatrix(together{settings_code(self.matrix)})",
            *self.trust.code("together", "scene"),
        ]

    def _work(self, job: Job, image: int, caption: int) -> None:
        try:
            for better in self._rounds(job, image, caption):
                job.check()
                self._show(better, (image, caption))
                with self._turn:
                    if self._resting and self._running == job.number:
                        self._running = 0
                        return
        finally:
            with self._turn:
                if self._running == job.number:
                    self._running = 0

    def _measure(self) -> None:
        """Once no better round follows, how far the matrix can be trusted."""
        if self.finished and self.pair is not None and not self._resting:
            self.trust.measure(self.matrix.result, self._stepwise.few.scenes[self.pair[0]])

    def _rounds(self, job: Job, image: int, caption: int) -> Iterator[Explanation]:
        """Each with the model's lock of its own, so that a changed caption comes in between."""
        self._explainer.progress = lambda done, total, _: job.report(done, total, self._doing(image, caption))
        rounds = self._explainer.refine(self._stepwise.few.scenes[image], self._captions[caption])
        while True:
            with self._lock:
                job.check()
                better = next(rounds, None)
            if better is None:
                return
            yield better

    def _doing(self, image: int, caption: int) -> str:
        if self.pair != (image, caption):
            return "A first matrix of this pair is being computed."
        return f"{self._worker.conclusion} It gets better while you look."

    def _show(self, result: Explanation, pair: tuple[int, int]) -> None:
        """In place, unless the pair is known better already; of another pair a strong word is chosen."""
        assert result.origin is not None
        settings, is_new = result.origin.settings, self.pair != pair
        if is_new or settings["masked_pictures_each"] >= self._budget:
            self.matrix.show(result.renamed(f"Words and parts of {self._stepwise.few.scenes[pair[0]].name}, together"))
            if is_new and self.matrix.selected_word < 0:
                self.matrix.selected_word = int(np.abs(result.values).sum(axis=1).argmax())
            self._budget, self._worker.conclusion = settings["masked_pictures_each"], certainty(result)
        with self._turn:
            self.pair, self.finished = pair, settings["r2"] is not None and pair == self._chosen
            self._measure()


def certainty(result: Explanation) -> str:
    """How far the numbers of a pair can be trusted, in plain words.

    Parameters
    ----------
    result : Explanation
        Of `Interactions`; what it says of R2 only its last round knows.
    """
    assert result.origin is not None
    share, r2 = (result.origin.settings[name] for name in ("error_over_spread", "r2"))
    if share is None or share > 1:
        error = "Coarse: standard errors are larger than the spread of the numbers"
    else:
        error = f"Standard errors are {share:.0%} of the spread of the numbers"
    if r2 is None:
        return f"{error}."
    if r2 >= _GOOD:
        return f"{error}. Added up, they tell most of how the score varies (R2 {r2:.2f})."
    if r2 >= _FAIR:
        return f"{error}. Added up, they tell a good part of how the score varies (R2 {r2:.2f})."
    return f"{error}. The model mixes more than two things at a time here (R2 {r2:.2f}): read cells as rough averages."


def _nothing_of(maps: Explanation) -> Explanation:
    """No words yet, and the patches of the study's pictures."""
    patches = maps.axis("patch")
    return Explanation(
        np.zeros((0, len(patches)), np.float32), (Axis("word", ()), patches), "logit", "Nothing is computed yet"
    )
