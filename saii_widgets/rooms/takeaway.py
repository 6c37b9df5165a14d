"""What becomes of a match when the caption's principal words, or the picture's patches, go one after the other."""

from __future__ import annotations

import threading

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.counterfactual import Counterfactual
from saii_widgets.rooms.rivals import rivals
from saii_widgets.stepwise import Stepwise
from saii_widgets.widgets.counterfactual_slider import CounterfactualSlider
from saii_widgets.widgets.latest import Job, LatestWins

_N_PATCHES = 24  # steps of a slide; by then the thing itself is grey in most pictures


class Takeaway:
    """A slider over what is taken away from the pair that is looked at.

    Parameters
    ----------
    stepwise : Stepwise
        Whose pictures and captions these are; it has done step 3.
    lock : threading.Lock
        Held while the model is at work.

    Attributes
    ----------
    slider : CounterfactualSlider
        Of the pair's caption against the likeliest ones that differ in one principal word, and the study's others.
    """

    def __init__(self, stepwise: Stepwise, lock: threading.Lock) -> None:
        self._stepwise, self._lock = stepwise, lock
        self._captions = stepwise.captions()[: len(stepwise.few)]
        self._pair = (0, 0)
        self._rivals: list[Caption] = []
        self.slider = CounterfactualSlider(self._compute(*self._pair))
        self._worker = LatestWins(self._work, self.slider.show, view=self.slider)

    @property
    def widgets(self) -> tuple[CounterfactualSlider]:
        """The slider."""
        return (self.slider,)

    @property
    def below(self) -> tuple[()]:
        """Nothing: the slider itself is an experiment."""
        return ()

    @property
    def lasting(self) -> tuple[CounterfactualSlider]:
        """The slider: all its steps are computed beforehand."""
        return (self.slider,)

    def choose(self, image: int, caption: int) -> None:
        """Take up another pair of the study."""
        if (image, caption) != self._pair:
            self._pair = (image, caption)
            self._worker.submit(image, caption)

    def rest(self) -> None:
        """The last pair's slider is finished also where nobody looks."""

    def wait(self, seconds: float | None = None) -> bool:
        """Until the slider shows the last pair; False where that took longer."""
        return self._worker.wait(seconds)

    def code(self) -> list[str]:
        """The slider, by hand."""
        image, caption = self._pair
        return [
            "captions = stepwise.captions()[: len(stepwise.few)]",
            f"rivals = {[rival.text for rival in self._rivals]}",
            f"scene, own = stepwise.few.scenes[{image}], captions[{caption}]",
            "taken = sw.Counterfactual(stepwise.model)(scene, own, [*rivals, *captions])",
            "sw.CounterfactualSlider(taken)",
        ]

    def _work(self, job: Job, image: int, caption: int) -> dict[str, Explanation]:
        job.check()
        return self._compute(image, caption)

    def _compute(self, image: int, caption: int) -> dict[str, Explanation]:
        stepwise, own = self._stepwise, self._captions[caption]
        found: dict[str, Explanation] = {}
        with self._lock:
            self._rivals = rivals(stepwise, image, own)
            others = [*self._rivals, *self._captions]
            scene, model, layer = stepwise.few.scenes[image], stepwise.model, stepwise.start_layer
            if own.indices(Role.PRINCIPAL):
                words = Counterfactual(model, start_layer=layer)
                found["principal words"] = words(scene, own, others)
            patches = Counterfactual(model, of="patches", n_steps=_N_PATCHES, start_layer=layer)
            found["strongest patches"] = patches(scene, own, others)
        return found
