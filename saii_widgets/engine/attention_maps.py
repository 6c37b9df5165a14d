"""What explainers that read one row of numbers out of each traced pass have in common."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.map_call import MapCall
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.models.trace import Trace
from saii_widgets.engine.relevance_run import RelevanceRun
from saii_widgets.engine.runtime import Progress


def refuse_unread(model: Any) -> None:
    """Raise `ModelError` where the attention of a model cannot be read."""
    if not isinstance(model, DualEncoder):
        raise ModelError(
            "a model whose attention can be read (CLIP, SigLIP or SigLIP 2)",
            type(model).__name__,
            "Load one with load_model().",
        )


def finite_maps(run: RelevanceRun) -> NDArray[np.float32]:
    """The maps of a run.

    Raises
    ------
    ModelError
        Numbers overflowed in the model's precision.
    """
    if bool(torch.isfinite(run.maps).all()) and np.isfinite(run.words).all():
        return run.maps.float().numpy()
    model = run.model
    raise ModelError(
        "finite numbers",
        f"an overflow of {str(model.dtype).removeprefix('torch.')} inside {model.name}",
        "Load the model with precision='bfloat16' or 'float32'.",
    )


class AttentionMaps(ABC):
    """Maps of patches and values of words for N pictures and M captions, in N + M forward passes.

    A subclass says how one row of a traced pass is made.

    Parameters
    ----------
    model : DualEncoder
        Its attention is read; weights, mode and settings are left as they were.
    progress : Progress, optional
        Called after every batch; may raise `Cancelled`.

    Raises
    ------
    ModelError
        The model's attention cannot be read, or numbers overflow in the chosen precision.
    """

    method: ClassVar[str]
    about: ClassVar[str] = "Attention"
    unit: ClassVar[str] = "attention"
    from_layer: ClassVar[int] = -1

    def __init__(self, model: DualEncoder, *, progress: Progress | None = None) -> None:
        refuse_unread(model)
        self.model, self.progress = model, progress

    def __call__(self, images: Sequence[Image.Image | Scene], captions: Sequence[Caption | str]) -> Explanation:
        """Explain.

        Parameters
        ----------
        images : sequence of PIL.Image or Scene
            N pictures; those of scenes keep their names, others are numbered.
        captions : sequence of Caption or str
            M captions.

        Returns
        -------
        Explanation
            float32, axes (image, caption, patch), none of it negative. Companions: "words" (image, word), sums over
            each word's tokens, "logits" and "probabilities" (image, caption).

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        Cancelled
            From `progress`.
        """
        started = time.perf_counter()
        call = MapCall.of(self.model, images, captions)
        run = RelevanceRun(
            self.model,
            call.pictures,
            call.captions,
            start=self.from_layer % self.model.n_image_layers,
            text_start=self.from_layer % self.model.n_text_layers,
            signs=torch.ones(len(call.pictures), len(call.captions)),
            contrast=False,
            progress=self.progress,
            rows=self._rows,
        )
        origin = Origin.now(
            model=self.model.name,
            revision=self.model.revision,
            method=self.method,
            encoder_passes=run.passes,
            seconds=time.perf_counter() - started,
        )
        words = run.words.astype(np.float32)
        return call.explanation(finite_maps(run), words, run.logits, origin, about=self.about, unit=self.unit)

    @abstractmethod
    def _rows(self, trace: Trace, gradients: Tensor, parts: Tensor) -> Tensor:
        """A value for every token (k, n, t).

        Parameters
        ----------
        trace : Trace
            A forward pass over n inputs.
        gradients : Tensor
            (k, n, d): of k logits an input, in the raw embedding.
        parts : bool Tensor
            (n, t): tokens that are patches, or parts of words.
        """
