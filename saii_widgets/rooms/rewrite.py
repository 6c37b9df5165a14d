"""What becomes of a picture's map when its caption is written anew."""

from __future__ import annotations

import threading
from typing import Any

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.stepwise import Stepwise
from saii_widgets.widgets.heatmap_view import HeatmapView
from saii_widgets.widgets.latest import Job, LatestWins
from saii_widgets.widgets.word_editor import WordEditor


class Rewrite:
    """A caption to change, and its map before and after.

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
        The map of the study's caption, and beside it that of the changed one.
    image : int
        The picture that is asked about, out of the study's.
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
        self._worker = LatestWins(self._work, self._deliver, view=self.editor)
        self.editor.show_effects(self._maps, image=0, caption=0)
        self.editor.observe(self._edited, "caption")

    @property
    def widgets(self) -> tuple[WordEditor, HeatmapView]:
        """Both."""
        return self.editor, self.view

    @property
    def lasting(self) -> tuple[HeatmapView, ...]:
        """The map, once there is one of a changed caption."""
        return (self.view,) if self.edited else ()

    @property
    def edited(self) -> Caption | None:
        """The caption as it was changed; None while it is the study's own."""
        caption = self.editor.value
        return None if caption.text == self._captions[self._caption].text else caption

    def choose(self, image: int, caption: int) -> None:
        """Take up another pair of the study; a change to the last one is left."""
        if (image, caption) == (self.image, self._caption):
            return
        self._worker.cancel()
        self.image, self._caption = image, caption
        self.editor.value = self._captions[caption]
        self._edited()

    def wait(self, seconds: float | None = None) -> bool:
        """Until the last change is explained; False where that took longer."""
        return self._worker.wait(seconds)

    def code(self) -> list[str]:
        """The map of the changed caption, by hand."""
        if self.edited is None:
            return []
        return [
            f"changed = stepwise.explainer([stepwise.few.scenes[{self.image}]], [{self.edited.text!r}])",
            "sw.HeatmapView(changed)",
        ]

    def _original(self) -> Explanation:
        one = self._maps.select(
            image=slice(self.image, self.image + 1), caption=slice(self._caption, self._caption + 1)
        )
        assert isinstance(one, Explanation)
        return one.renamed("as it was")

    def _edited(self, _: Any = None) -> None:
        changed = self.edited
        if changed is None:
            self._worker.cancel()
            self.view.show(self._original())
            self.editor.show_effects(self._maps, image=self.image, caption=self._caption)
        else:
            self._worker.submit(self.image, self._original(), changed)

    def _work(self, job: Job, image: int, before: Explanation, caption: Caption) -> tuple[Explanation, Explanation]:
        with self._lock:
            job.check()
            after = self._stepwise.explainer([self._stepwise.few.scenes[image]], [caption])
        return before, after.renamed("as changed")

    def _deliver(self, maps: tuple[Explanation, Explanation]) -> None:
        before, after = maps
        first = self.view.other is None
        self.view.show(before, after)
        if first:
            self.view.mode = "swipe"
        if self.editor.caption == after.captions[0].text:
            self.editor.show_effects(after)
