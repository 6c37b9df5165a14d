"""Where in the picture and in the caption the matching score comes from (SAII steps 3 to 5)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.attention_maps import finite_maps, refuse_unread
from saii_widgets.engine.map_call import MapCall
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.relevance_run import RelevanceRun
from saii_widgets.engine.runtime import Progress

Target = Literal["pair", "max"] | tuple[int, int]


class Relevance:
    """Relevance of patches and words for the logits of N pictures and M captions, in N + M forward passes.

    Layers under the start layer run without a graph; from there up the Jacobian is linear in the other side's
    embedding, so one batched vector-Jacobian product a layer serves all captions of a picture.

    Parameters
    ----------
    model : DualEncoder
        Its attention is read; weights, mode and settings are left as they were.
    start_layer : int or "all"
        First layer whose attention counts, in both towers; negative from the end, "all" is 0. Default: the last one,
        which is SAII's setting.
    target : "pair", "max" or (int, int)
        What is explained. "pair": each logit by itself. "max": of each picture the largest logit, the paper's one-hot;
        the other cells are zero and named in `origin.settings["no_relevance"]`. (a, b): why caption a and not b, that
        is logit a minus logit b.
    text_start_layer : int or "all", optional
        Another start layer for the text tower.
    progress : Progress, optional
        Called after every batch; may raise `Cancelled`.

    Raises
    ------
    ModelError
        The model's attention cannot be read, a layer is not there, or numbers overflow in the chosen precision.

    Source
    ------
    Chefer, Gur, Wolf 2021, arXiv:2103.15679, in the form of its authors' CLIP program (MATH.md 2). Agreement with an
    implementation from the definition: 1e-5 relative (`tests/engine/test_relevance.py`). Deviation: the pooling head of
    a tower without a class token is taken as one more layer.
    """

    def __init__(
        self,
        model: DualEncoder,
        *,
        start_layer: int | Literal["all"] = -1,
        target: Target = "pair",
        text_start_layer: int | Literal["all"] | None = None,
        progress: Progress | None = None,
    ) -> None:
        refuse_unread(model)
        self.model, self.progress = model, progress
        self.target: Target = _checked(target)
        self.start = _layer(start_layer, model.n_image_layers, "image")
        above = start_layer if text_start_layer is None else text_start_layer
        self.text_start = _layer(above, model.n_text_layers, "text")

    def __call__(
        self,
        images: Sequence[Image.Image | Scene],
        captions: Sequence[Caption | str],
        pairs: Sequence[tuple[int, int]] | None = None,
    ) -> Explanation:
        """Explain.

        Parameters
        ----------
        images : sequence of PIL.Image or Scene
            N pictures; those of scenes keep their names, others are numbered.
        captions : sequence of Caption or str
            M captions.
        pairs : sequence of (int, int), optional
            Cells (image, caption) to explain with target "pair"; the others stay zero and are named in
            `origin.settings["no_relevance"]`. Default: all.

        Returns
        -------
        Explanation
            float32, axes (image, caption, patch), or (image, patch) for a target (a, b); unit "relevance". Companions:
            "words" (image, word) raw sums over each word's tokens, "logits" and "probabilities" (image, caption).

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        Cancelled
            From `progress`.
        """
        started = time.perf_counter()
        call = MapCall.of(self.model, images, captions)
        if pairs is not None and self.target != "pair":
            raise InputError("pairs with target='pair'", f"target={self.target!r}", "Leave out pairs, or the target.")
        n, m = len(call.pictures), len(call.captions)
        run = RelevanceRun(
            self.model,
            call.pictures,
            call.captions,
            start=self.start,
            text_start=self.text_start,
            signs=None if self.target == "max" else _signs(self.target, n, m, pairs),
            contrast=isinstance(self.target, tuple),
            progress=self.progress,
        )
        maps, words = finite_maps(run), run.words.astype(np.float32)
        contrast = self.target if isinstance(self.target, tuple) else None
        origin = self._origin(run, time.perf_counter() - started)
        return call.explanation(maps, words, run.logits, origin, contrast=contrast)

    def _origin(self, run: RelevanceRun, seconds: float) -> Origin:
        settings: dict[str, Any] = {
            "start_layer": self.start,
            "text_start_layer": self.text_start,
            "target": list(self.target) if isinstance(self.target, tuple) else self.target,
        }
        if not isinstance(self.target, tuple) and (silent := (run.signs == 0).nonzero().tolist()):
            settings["no_relevance"] = silent
        return Origin.now(
            model=self.model.name,
            revision=self.model.revision,
            method="Relevance (Chefer et al. 2021)",
            settings=settings,
            encoder_passes=run.passes,
            seconds=seconds,
        )


def _checked(target: Any) -> Target:
    if target in ("pair", "max"):
        return target
    if isinstance(target, tuple) and len(target) == 2 and all(isinstance(k, int) for k in target):
        return target
    raise InputError(
        "a target", repr(target), "Take 'pair', 'max', or two captions' indices (a, b) for 'why a and not b'."
    )


def _layer(asked: int | Literal["all"], n_layers: int, tower: str) -> int:
    layer = 0 if asked == "all" else asked
    if not isinstance(layer, int) or not -n_layers <= layer < n_layers:
        raise ModelError(
            f"a layer of the {tower} tower, 0 to {n_layers - 1}, or -1 for the last one, or 'all'",
            repr(asked),
            "The towers differ in depth: text_start_layer sets the text tower's apart.",
        )
    return layer % n_layers


def _signs(
    target: Literal["pair"] | tuple[int, int], n: int, m: int, pairs: Sequence[tuple[int, int]] | None
) -> Tensor:
    """(N, M): 1 for a logit that is explained, and -1 for the one that a contrast subtracts."""
    if isinstance(target, tuple):
        a, b = target
        if not (0 <= a < m and 0 <= b < m and a != b):
            raise InputError(f"two different captions out of 0 to {m - 1}", repr(target), "Give their indices (a, b).")
        signs = torch.zeros(n, m)
        signs[:, a], signs[:, b] = 1, -1
        return signs
    if pairs is None:
        return torch.ones(n, m)
    signs = torch.zeros(n, m)
    for i, j in pairs:
        if not (0 <= i < n and 0 <= j < m):
            raise InputError(f"pairs (image, caption) under ({n}, {m})", repr((i, j)), "Count both from 0.")
        signs[i, j] = 1
    return signs
