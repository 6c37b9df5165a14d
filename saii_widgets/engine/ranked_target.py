"""A model that is asked for nothing but similarities, with each question counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder, PairScorer
from saii_widgets.engine.pairing import logits_of


class RankedTarget:
    """Similarities of a picture to captions, a query each, until a budget is spent.

    Parameters
    ----------
    model : DualEncoder or PairScorer
        Neither its weights nor its gradients are looked at.
    budget : int, optional
        Pairs of a picture and a caption that it may be asked for.

    Attributes
    ----------
    n_asked : int
        Pairs that it was asked for.

    Raises
    ------
    InputError
        A budget of less than one.
    ModelError
        A model of another kind; on asking, more pairs than the budget allows.
    """

    def __init__(self, model: DualEncoder | PairScorer, budget: int | None = None) -> None:
        if not isinstance(model, DualEncoder | PairScorer):
            raise ModelError(
                "a model that scores pictures and captions", type(model).__name__, "Wrap a function: BlackBox(score)."
            )
        if budget is not None and budget < 1:
            raise InputError("a budget of 1 or more queries", str(budget), "None stands for no limit.")
        self.model, self.budget = model, budget
        self.n_asked = 0
        self._texts: dict[str, Tensor] = {}  # of a dual encoder: a caption's embedding is computed once

    def allows(self, n_captions: int) -> bool:
        """Whether the budget is enough to ask for so many more pairs."""
        return self.budget is None or self.n_asked + n_captions <= self.budget

    def similarities(self, image: Image.Image, captions: Sequence[Caption]) -> NDArray[np.float64]:
        """Logits (M,) of a picture with M captions."""
        if not self.allows(len(captions)):
            raise ModelError(
                f"a budget for {len(captions)} more queries",
                f"{self.n_asked} of {self.budget} spent",
                "Raise the budget, or rank among fewer captions.",
            )
        self.n_asked += len(captions)
        if not isinstance(self.model, DualEncoder):
            return self.model.score([image] * len(captions), captions)
        new = list({caption.text: caption for caption in captions if caption.text not in self._texts}.values())
        if new:
            embedded = self.model.embed_captions(new)
            self._texts |= {caption.text: row for caption, row in zip(new, embedded, strict=True)}
        u = torch.stack([self._texts[caption.text] for caption in captions])  # (M, d)
        return logits_of(self.model, self.model.embed_images([image]), u)[0].double().cpu().numpy()
