"""Maps and words by lot: what every explainer has to beat."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import numpy as np
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.map_call import MapCall, refuse_uncut
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder


class RandomBaseline:
    """A number from 0 to 1 for every patch and every word, by lot.

    The lot of a pair depends on its picture, its caption and the seed, not on what else is asked.

    Parameters
    ----------
    model : DualEncoder or CoalitionScorer
        Says how pictures are cut; a dual encoder gives the logits that are returned beside.
    seed : int

    Raises
    ------
    ModelError
        A model that does not cut pictures into patches.

    Source
    ------
    A uniform lot; the chance level of each measure (`tests/engine/explainers/test_rivals.py`).
    """

    def __init__(self, model: DualEncoder | CoalitionScorer, *, seed: int = 0) -> None:
        refuse_uncut(model)
        self.model, self.seed = model, seed

    def __call__(self, images: Sequence[Image.Image | Scene], captions: Sequence[Caption | str]) -> Explanation:
        """Draw.

        Parameters
        ----------
        images : sequence of PIL.Image or Scene
            N pictures.
        captions : sequence of Caption or str
            M captions.

        Returns
        -------
        Explanation
            float32, axes (image, caption, patch). Companions: "words" (image, word); of a dual
            encoder "logits" and "probabilities" too.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        started = time.perf_counter()
        call = MapCall.of(self.model, images, captions)
        first = call.first_words
        maps = np.empty((len(call.pictures), len(call.captions), len(call.patches)), np.float32)
        words = np.empty((len(call.pictures), first[-1]), np.float32)
        for n, picture in enumerate(call.pictures):
            for m, caption in enumerate(call.captions):
                lot = np.random.default_rng(_lot(self.seed, picture, caption))
                maps[n, m] = lot.random(len(call.patches))
                words[n, first[m] : first[m + 1]] = lot.random(first[m + 1] - first[m])
        seconds = time.perf_counter() - started
        return call.baseline(
            maps, words, about="Random values", method="RandomBaseline", seconds=seconds, seed=self.seed
        )


def _lot(seed: int, picture: Image.Image, caption: Caption) -> list[int]:
    told = hashlib.sha256(picture.tobytes() + caption.text.encode()).digest()
    return [seed, *np.frombuffer(told, np.uint32).tolist()]
