"""Pictures of a study with their features, encoded once and scored against any number of captions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder

Floats = NDArray[np.float32]


def softmax(logits: NDArray[np.floating], axis: int = -1) -> Floats:
    """Softmax in float64, returned as float32."""
    shifted = np.exp(np.asarray(logits, np.float64) - logits.max(axis=axis, keepdims=True))
    return (shifted / shifted.sum(axis=axis, keepdims=True)).astype(np.float32)


def row_ranks(logits: NDArray[np.floating]) -> Floats:
    """Rank of every caption for its picture, 1 = best; equal logits share the better rank."""
    return 1 + (logits[:, None, :] > logits[:, :, None]).sum(-1).astype(np.float32)  # (n, m)


class Pictures:
    """Scenes and their embeddings under one model.

    Parameters
    ----------
    model : DualEncoder
        Encodes and scores.
    scenes : sequence of Scene
        The pictures; their names label the image axis.
    """

    def __init__(self, model: DualEncoder, scenes: Sequence[Scene]) -> None:
        self.model, self.scenes = model, tuple(scenes)

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def images(self) -> list:
        return [scene.image for scene in self.scenes]

    @property
    def axis(self) -> Axis:
        return Axis.images([scene.name for scene in self.scenes])

    @cached_property
    def features(self) -> Floats:
        """Unit-length embeddings, (n, d)."""
        return self.model.embed_images(self.images).float().cpu().numpy()

    def select(self, rows: Sequence[int]) -> Pictures:
        """Some of the pictures, in the order given; what is encoded stays encoded."""
        chosen = Pictures(self.model, [self.scenes[i] for i in rows])
        chosen.features = self.features[list(rows)]
        return chosen

    def raw_logits(self, captions: Sequence[Caption]) -> Floats:
        """Logits of every picture and caption, (n, m)."""
        texts = self.model.embed_captions(captions).float().cpu().numpy()  # (m, d)
        return (self.model.scale * (self.features @ texts.T) + self.model.bias).astype(np.float32)

    def probabilities(self, logits: Floats) -> Floats:
        """The model's own probability of each caption for each picture, (n, m)."""
        if self.model.probability == "softmax":
            return softmax(logits, axis=1)
        return (1 / (1 + np.exp(-logits.astype(np.float64)))).astype(np.float32)

    def origin(self, method: str, **settings: object) -> Origin:
        return Origin.now(model=self.model.name, revision=self.model.revision, method=method, settings=settings)

    def explain_logits(
        self, captions: Sequence[Caption], logits: Floats, *, title: str, method: str, **settings: object
    ) -> Explanation:
        """Logits over (image, caption) with the probabilities and ranks of the same cells beside them."""
        origin = self.origin(method, probability=self.model.probability, **settings)
        axes = (self.axis, Axis.captions(captions))
        common = {"axes": axes, "origin": origin, "images": tuple(self.images), "captions": tuple(captions)}
        by_softmax = self.model.probability == "softmax"
        words = "softmax over captions" if by_softmax else "the model's own sigmoid"
        companions = {
            "probabilities": Explanation(
                self.probabilities(logits), unit="probability", title=f"{title}: probability, {words}", **common
            ),
            "ranks": Explanation(row_ranks(logits), unit="rank", title=f"{title}: rank of each caption", **common),
        }
        return Explanation(logits, unit="logit", title=title, companions=companions, **common)
