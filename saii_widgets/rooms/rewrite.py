"""What becomes of a picture's map, and of its captions' probabilities, when its caption is written anew."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.rooms.trust_strip import TrustStrip
from saii_widgets.stepwise import Stepwise
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.score_bars import ScoreBars
from saii_widgets.widgets.trust_card import TrustCard
from saii_widgets.widgets.word_editor import WordEditor


@dataclass(frozen=True)
class _Changed:
    """Maps over (image, caption, patch), one of each, with None for an unchanged caption; and all probabilities."""

    before: Explanation
    after: Explanation | None
    chances: Explanation


class Rewrite:
    """A caption to change, its map before and after, and its probability among the study's captions.

    The latest change wins; while it is worked on, what was found before stays in view.

    Parameters
    ----------
    stepwise : Stepwise
        Whose pictures and captions these are; it has done step 3.
    lock : threading.Lock
        Held while the model is at work.

    Attributes
    ----------
    editor : WordEditor
        Holds the caption, with each word's share in the map shaded under it.
    view : HeatmapView
        The map of the study's caption, and beside it that of the changed one; hidden until there is one.
    bars : ScoreBars
        Probabilities of all captions for the picture, the edited one first.
    image : int
        The picture that is asked about, out of the study's.
    trust : TrustStrip
        How far the map of the study's own caption can be trusted.
    """

    def __init__(self, stepwise: Stepwise, lock: threading.Lock) -> None:
        self._stepwise, self._lock = stepwise, lock
        self._maps = stepwise.step3()
        self._captions = stepwise.captions()[: len(stepwise.few)]
        self.image, self._caption = 0, 0
        words = (*stepwise.vocabulary.colours, *stepwise.vocabulary.types, *stepwise.vocabulary.context)
        self.editor = WordEditor(
            self._captions[0], lexicon=stepwise.lexicon, suggestions=words, label="Change the caption"
        )
        self.view = HeatmapView(self._original(), label="Map of the changed caption")
        self.view.layout.display = "none"  # the room shows the study's own map already
        self.bars = ScoreBars(self._chances(0, self._captions[0]), highlighted=[0])
        self._worker = LatestWins(self._work, self._deliver, view=self.editor)
        self.trust = TrustStrip(stepwise.model, lock, seed=stepwise.seed)
        self.editor.show_effects(self._maps, image=0, caption=0)
        self.editor.observe(self._edited, "caption")

    @property
    def widgets(self) -> tuple[WordEditor, ScoreBars, HeatmapView]:
        """All three."""
        return self.editor, self.bars, self.view

    @property
    def below(self) -> tuple[TrustCard]:
        """The strip of trust."""
        return (self.trust.card,)

    @property
    def lasting(self) -> tuple[ScoreBars | HeatmapView | TrustCard, ...]:
        """The map and the bars, once there are some of a changed caption; the strip, once it is measured."""
        return (*((self.bars, self.view) if self.edited else ()), *self.trust.lasting)

    @property
    def edited(self) -> Caption | None:
        """The caption as it was changed; None while it is the study's own."""
        caption = self.editor.value
        return None if caption.text == self._captions[self._caption].text else caption

    def choose(self, image: int, caption: int) -> None:
        """Take up another pair of the study; a change to the last one is left."""
        scene = self._stepwise.few.scenes[image]
        one = self._maps.select(image=image, caption=caption)
        assert isinstance(one, Explanation)
        self.trust.measure(one.renamed(f"the map of {scene.name}"), scene)
        if (image, caption) == (self.image, self._caption):
            return
        self._worker.cancel()
        self.image, self._caption = image, caption
        self.editor.value = self._captions[caption]
        self._edited()

    def rest(self) -> None:
        """The last change is explained also where nobody looks; trust is measured no further."""
        self.trust.rest()

    def wait(self, seconds: float | None = None) -> bool:
        """Until the last change is explained; False where that took longer."""
        return self._worker.wait(seconds) and self.trust.wait(seconds)

    def code(self) -> list[str]:
        """The map of the changed caption, by hand, and the strip of the study's own caption."""
        lines = []
        if trust := self.trust.code("map_of_pair", "scene"):
            lines = [
                f"scene, caption = stepwise.few.scenes[{self.image}], stepwise.captions()[{self._caption}]",
                "map_of_pair = stepwise.explainer([scene], [caption])",
                *trust,
            ]
        if self.edited is not None:
            lines += [
                f"changed = stepwise.explainer([stepwise.few.scenes[{self.image}]], [{self.edited.text!r}])",
                "sw.HeatmapView(changed)",
            ]
        return lines

    def _original(self) -> Explanation:
        one = self._maps.select(
            image=slice(self.image, self.image + 1), caption=slice(self._caption, self._caption + 1)
        )
        assert isinstance(one, Explanation)
        return one.renamed("as it was")

    def _chances(self, image: int, caption: Caption) -> Explanation:
        """Probabilities over (caption): the caption, and all others of the study."""
        pictures = self._stepwise.few.select([image])
        captions = [caption, *(one for one in self._captions if one.text != caption.text)]
        return Explanation(
            pictures.probabilities(pictures.raw_logits(captions))[0],
            (Axis.captions(captions),),
            "probability",
            f"Captions for {pictures.scenes[0].name}",
            origin=pictures.origin("probability of a changed caption"),
        )

    def _edited(self, _: Any = None) -> None:
        self._worker.submit(self.image, self._original(), self.editor.value, self.edited is None)

    def _work(self, job: Job, image: int, before: Explanation, caption: Caption, own: bool) -> _Changed:
        with self._lock:
            job.check()
            chances = self._chances(image, caption)
            if own:
                return _Changed(before, None, chances)
            after = self._stepwise.explainer([self._stepwise.few.scenes[image]], [caption])
            return _Changed(before, after.renamed("as changed"), chances)

    def _deliver(self, changed: _Changed) -> None:
        compare = changed.after is not None and self.view.other is None
        self.view.show(changed.before, changed.after)
        if compare:
            self.view.mode = "swipe"
        self.view.layout.display = "none" if changed.after is None else None
        self.bars.show(changed.chances, highlighted=[0])
        if self.editor.caption == changed.chances.axis("caption").labels[0]:
            self.editor.show_effects(changed.after or changed.before)
