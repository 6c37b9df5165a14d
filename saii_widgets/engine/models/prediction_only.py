"""A classifier of which only the predictions are known: a closed service, or any callable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.models.class_scores import class_scores

_LEAST = 1e-7  # probability whose logarithm a prediction of 0 gets


class PredictionOnly:
    """A callable `predict(images)` as a classifier without features and without attention.

    Parameters
    ----------
    predict : callable
        n pictures (RGB) to scores (n, C): an array, a tensor or lists.
    labels : sequence of str
        Names of the C classes.
    unit : {"probability", "logit"}
        What the scores are; of probabilities the logarithms are taken as logits.
    name, revision : str
        What results say they come from.

    Raises
    ------
    ModelError
        Nothing that can be called; on asking: scores of another shape, NaN, or probabilities outside 0 to 1.
    """

    layers: tuple[str, ...] = ()

    def __init__(
        self,
        predict: Callable[[list[Image.Image]], Any],
        labels: Sequence[str],
        *,
        unit: Literal["probability", "logit"] = "probability",
        name: str = "",
        revision: str = "",
    ) -> None:
        if not callable(predict):
            raise ModelError("a callable predict(images)", type(predict).__name__, "Pass a function.")
        if unit not in ("probability", "logit"):
            raise InputError("a unit", repr(unit), "Choose 'probability' or 'logit'.")
        self._predict, self.unit = predict, unit
        self.labels = tuple(str(label) for label in labels)
        self.name = name or getattr(predict, "__name__", type(predict).__name__)
        self.revision = revision
        self.device, self.dtype = torch.device("cpu"), torch.float32

    def logits(self, images: Sequence[Image.Image]) -> Explanation:
        """Logits over (image, class) with the companion "probabilities"."""
        return class_scores(self.class_logits(images), images, self.labels, name=self.name, revision=self.revision)

    def class_logits(self, images: Sequence[Image.Image]) -> Tensor:
        """Logits (N, C), float32.

        Raises
        ------
        ModelError
            See the class; also where no picture is given.
        """
        if not len(images):
            raise ModelError("at least one picture", "none", "Give a list of pictures.")
        came = self._predict([image.convert("RGB") for image in images])
        if isinstance(came, Tensor):
            came = came.detach().float().cpu()
        try:
            scores = np.asarray(came, np.float64)
        except (TypeError, ValueError):
            scores = np.empty(())
        wanted = (len(images), len(self.labels))
        if scores.shape != wanted:
            shape = f"shape {np.shape(came) if scores.shape == () else scores.shape}"
            raise ModelError(f"scores of shape {wanted}, pictures by classes", shape, f"Mend {self.name}.")
        low, high = (0.0, 1.0) if self.unit == "probability" else (-np.inf, np.inf)
        if not np.isfinite(scores).all() or scores.min() < low - 1e-6 or scores.max() > high + 1e-6:
            what = "probabilities from 0 to 1" if self.unit == "probability" else "finite logits"
            raise ModelError(what, f"{scores.min():.3g} to {scores.max():.3g}", "Say unit='logit', or mend the scores.")
        if self.unit == "probability":
            scores = np.log(np.clip(scores, _LEAST, 1.0))
        return torch.from_numpy(scores.astype(np.float32))

    def features(self, images: Sequence[Image.Image], layers: Sequence[str] | None = None) -> NoReturn:  # noqa: ARG002
        """Refused: a callable shows no features."""
        self._refuse("features")

    def attention(self, images: Sequence[Image.Image], classes: Sequence[int | str]) -> NDArray[np.float32]:  # noqa: ARG002
        """Refused: without gradients there is no gradient-weighted attention."""
        self._refuse("attention")

    def _refuse(self, what: str) -> NoReturn:
        raise ModelError(
            f"a classifier that gives {what}",
            f"{self.name}, of which only predictions are known",
            "Occlusion serves it; or load the network with load_classifier() or Classifier.from_module().",
        )
