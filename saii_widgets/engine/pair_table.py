"""Scores of any picture with any caption of a few, computed once each: what modality-level games look up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder, PairScorer

Value = Literal["probability", "logit"]


class PairTable:
    """Called with indices of pictures and of captions, gives the scores of these pairs.

    Parameters
    ----------
    model : DualEncoder or PairScorer
        A dual encoder is asked once for the whole table, another model for each pair when it is first looked up.
    images : sequence of PIL.Image
    captions : sequence of Caption
    value : {"probability", "logit"}
        A dual encoder that learnt with a softmax is asked for the probability of each caption among all of these.
    """

    def __init__(
        self,
        model: DualEncoder | PairScorer,
        images: Sequence[Image.Image],
        captions: Sequence[Caption],
        value: Value,
    ) -> None:
        self.model, self.images, self.captions = model, list(images), list(captions)
        self.value: Value = value
        self.passes = 0
        self._known = np.full((len(images), len(captions)), np.nan)
        if isinstance(model, DualEncoder):
            logits = model.logits(self.images, self.captions)
            self._known[:] = (logits if value == "logit" else logits.companions["probabilities"]).values
            self.passes = len(images) + len(captions)

    def __call__(self, inputs: list[Any]) -> NDArray[np.float64]:
        """Scores (n,) of pictures and captions, given as two arrays of indices (n,)."""
        rows, columns = np.asarray(inputs[0]), np.asarray(inputs[1])
        asked = np.unique(np.stack([rows, columns]), axis=1)  # (2, pairs)
        missing = asked[:, np.isnan(self._known[asked[0], asked[1]])]
        if missing.size and not isinstance(self.model, DualEncoder):
            pictures, texts = [self.images[i] for i in missing[0]], [self.captions[j] for j in missing[1]]
            self._known[missing[0], missing[1]] = self.model.score(pictures, texts, value=self.value)
            self.passes += missing.shape[1]
        return self._known[rows, columns]
