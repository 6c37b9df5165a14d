"""Where in the picture and in the caption the matching score comes from (SAII steps 3 to 5)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.models.trace import Trace
from saii_widgets.engine.models.two_towers import as_captions, unit
from saii_widgets.engine.relevance_flow import logit_gradient, relevance_rows
from saii_widgets.engine.runtime import Progress, in_batches, memory_budget

Target = Literal["pair", "max"] | tuple[int, int]
_NAME: Final = "Relevance (Chefer et al. 2021)"


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
        if not isinstance(model, DualEncoder):
            raise ModelError(
                "a model whose attention can be read (CLIP, SigLIP or SigLIP 2)",
                type(model).__name__,
                "Load one with load_model().",
            )
        self.model, self.target, self.progress = model, _checked(target), progress
        self.start = _layer(start_layer, model.n_image_layers, "image")
        above = start_layer if text_start_layer is None else text_start_layer
        self.text_start = _layer(above, model.n_text_layers, "text")

    def __call__(
        self,
        images: Sequence[Image.Image],
        captions: Sequence[Caption | str],
        pairs: Sequence[tuple[int, int]] | None = None,
    ) -> Explanation:
        """Explain.

        Parameters
        ----------
        images : sequence of PIL.Image
            N pictures.
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
        run = _Run(self, list(images), as_captions(captions), pairs)
        run.read_captions()
        run.explain_images()
        run.explain_captions()
        return run.result(time.perf_counter() - started)


class _Run:
    """One call: the captions' traces are kept until all pictures have been seen."""

    def __init__(
        self,
        settings: Relevance,
        images: list[Image.Image],
        captions: list[Caption],
        pairs: Sequence[tuple[int, int]] | None,
    ) -> None:
        if not images or not captions:
            raise InputError(
                "at least one picture and one caption",
                f"{len(images)} pictures and {len(captions)} captions",
                "Give a list of each.",
            )
        self.settings, self.model, self.images, self.captions = settings, settings.model, images, captions
        self.axis, self.shown = _patches(self.model, images)
        n, m = len(images), len(captions)
        self.signs = _signs(settings.target, n, m, pairs)  # (N, M): what each logit counts in the target(s) of its row
        for caption in captions:
            self.model.check(caption)
        self.token_words = [self.model.token_words(caption) for caption in captions]
        self.kept: list[tuple[range, Trace | None]] = []
        self.passes = 0

    @property
    def _contrast(self) -> bool:
        return isinstance(self.settings.target, tuple)

    def read_captions(self) -> None:
        model, room = self.model, memory_budget(self.model.device)

        def work(batch: range) -> tuple[range, Trace]:
            return batch, model.trace_captions(self.captions[batch.start : batch.stop], self.settings.text_start)

        embeddings = []
        for batch, trace in self._batches(len(self.captions), work, "text", self.settings.text_start, "captions"):
            self.passes += len(batch)
            embeddings.append(unit(trace.embedding.detach()))
            room -= trace.n_bytes
            self.kept.append((batch, trace if room > 0 else None))
        self.u = torch.cat(embeddings)  # (M, d)

    def explain_images(self) -> None:
        model, grid = self.model, len(self.axis.labels)

        def work(batch: range) -> tuple[Tensor, Tensor, Tensor]:
            trace = model.trace_images(self.images[batch.start : batch.stop], self.settings.start)
            v = unit(trace.embedding.detach())
            logits = v @ self.u.T * model.scale + model.bias
            signs = self.signs[batch.start : batch.stop].to(logits)
            if self.settings.target == "max":
                signs = torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1]).to(logits)
            rows = self._rows(trace, signs, self.u, "image", self.settings.start)
            return v, signs, rows[..., model.first_patch :][..., :grid]

        v, signs, maps = [], [], []
        for part in self._batches(len(self.images), work, "image", self.settings.start, "pictures"):
            v.append(part[0])
            signs.append(part[1])
            maps.append(part[2].cpu())
        self.passes += len(self.images)
        self.v = torch.cat(v)
        self.signs = torch.cat(signs)
        self.maps = torch.cat(maps)  # (N, M, patches), or (N, patches) of a contrast

    def explain_captions(self) -> None:
        words = [len(caption.words) for caption in self.captions]
        self.words = np.zeros((len(self.images), sum(words)), np.float64)
        first = np.cumsum([0, *words])
        signs = self.signs.T  # (M, N)
        for batch, kept in self.kept:
            if not signs[batch.start : batch.stop].any():
                continue
            trace = kept
            if trace is None:
                captions = self.captions[batch.start : batch.stop]
                trace = self.model.trace_captions(captions, self.settings.text_start)
                self.passes += len(batch)
            cells = signs[batch.start : batch.stop]
            rows = self._rows(trace, cells, self.v, "text", self.settings.text_start, each=True).cpu().numpy()
            for k, m in enumerate(batch):
                owner = np.array(self.token_words[m])
                inside = np.flatnonzero(owner >= 0)
                np.add.at(self.words, (slice(None), first[m] + owner[inside]), rows[k][:, inside])
        self.kept.clear()

    def _batches(self, count: int, work: Any, side: Literal["image", "text"], start: int, label: str) -> Any:
        bytes_each = self.model.trace_bytes(start, side=side)[0]
        progress = self.settings.progress
        return in_batches(count, work, device=self.model.device, bytes_each=bytes_each, progress=progress, label=label)

    def _rows(
        self,
        trace: Trace,
        signs: Tensor,
        others: Tensor,
        side: Literal["image", "text"],
        start: int,
        *,
        each: bool = False,
    ) -> Tensor:
        """Rows of R: (n, K, t) for signs (n, K) of the other side's K embeddings; (n, t) for a picture's contrast.

        `each` takes every logit by itself with its sign, also in a contrast: a caption is in one logit of a row only.
        """
        n, tokens = len(signs), trace.hiddens[0].shape[1]
        if self._contrast and not each:
            targets = (signs @ others)[None]  # (1, n, d)
            rows = relevance_rows(trace, logit_gradient(trace.embedding, targets, self.model.scale))
            return rows[0]
        most = int((signs != 0).sum(1).max())
        order = (signs != 0).int().argsort(dim=1, descending=True, stable=True)[:, :most]  # (n, k)
        used = signs.gather(1, order)
        out = torch.zeros(n, signs.shape[1], tokens, dtype=others.dtype, device=others.device)

        def work(batch: range) -> tuple[Tensor, Tensor]:
            chosen = order[:, batch.start : batch.stop]  # (n, k)
            targets = others[chosen] * used[:, batch.start : batch.stop, None]
            gradient = logit_gradient(trace.embedding, targets.transpose(0, 1), self.model.scale)
            return chosen, relevance_rows(trace, gradient).transpose(0, 1)

        cell = self.model.trace_bytes(start, side=side)[1]
        for chosen, rows in in_batches(most, work, device=self.model.device, bytes_each=n * cell):
            out.scatter_(1, chosen[..., None].expand(-1, -1, tokens), rows)
        # padding targets are zero vectors, whose rows still hold the identity; and no cell explains its own token
        return out * (signs != 0)[..., None]

    def result(self, seconds: float) -> Explanation:
        model, target = self.model, self.settings.target
        if not bool(torch.isfinite(self.maps).all()) or not np.isfinite(self.words).all():
            raise ModelError(
                "finite numbers",
                f"an overflow of {str(model.dtype).removeprefix('torch.')} inside {model.name}",
                "Load the model with precision='bfloat16' or 'float32'.",
            )
        silent = [] if self._contrast else (self.signs == 0).nonzero().tolist()
        settings: dict[str, Any] = {
            "start_layer": self.settings.start,
            "text_start_layer": self.settings.text_start,
            "target": list(target) if isinstance(target, tuple) else target,
        }
        if silent:
            settings["no_relevance"] = silent
        origin = Origin.now(
            model=model.name,
            revision=model.revision,
            method=_NAME,
            settings=settings,
            encoder_passes=self.passes,
            seconds=seconds,
        )
        logits = model.pairing(self.v @ self.u.T * model.scale + model.bias, self.shown, self.captions)
        pictures = logits.axes[0]
        words, asked = self.words, self.captions
        if isinstance(target, tuple):
            asked = [self.captions[k] for k in target]
            first = np.cumsum([0, *(len(c.words) for c in self.captions)])
            words = np.concatenate([words[:, first[k] : first[k + 1]] for k in target], 1)
        shown: dict[str, Any] = {"origin": origin, "images": tuple(self.shown), "unit": "relevance"}
        companions = {
            "words": Explanation(
                words, axes=(pictures, Axis.words(asked)), captions=tuple(asked), title="Relevance of words", **shown
            ),
            "logits": logits,
            "probabilities": logits.companions["probabilities"],
        }
        axes = (pictures, self.axis) if self._contrast else (pictures, logits.axes[1], self.axis)
        title = "Relevance of patches"
        if isinstance(target, tuple):
            title += f": why {asked[0].text!r} and not {asked[1].text!r}"
        return Explanation(
            self.maps.numpy(), axes=axes, captions=tuple(asked), title=title, companions=companions, **shown
        )


def _checked(target: Target) -> Target:
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


def _signs(target: Target, n: int, m: int, pairs: Sequence[tuple[int, int]] | None) -> Tensor:
    """(N, M): 1 for a logit that is explained, and -1 for the one that a contrast subtracts."""
    if isinstance(target, tuple):
        a, b = target
        if not (0 <= a < m and 0 <= b < m and a != b):
            raise InputError(f"two different captions out of 0 to {m - 1}", repr(target), "Give their indices (a, b).")
        signs = torch.zeros(n, m)
        signs[:, a], signs[:, b] = 1, -1
    elif pairs is not None and target == "pair":
        signs = torch.zeros(n, m)
        for i, j in pairs:
            if not (0 <= i < n and 0 <= j < m):
                raise InputError(f"pairs (image, caption) under ({n}, {m})", repr((i, j)), "Count both from 0.")
            signs[i, j] = 1
    else:
        signs = torch.ones(n, m)
    if pairs is not None and target != "pair":
        raise InputError("pairs with target='pair'", f"target={target!r}", "Leave out pairs, or the target.")
    return signs


def _patches(model: DualEncoder, images: Sequence[Image.Image]) -> tuple[Axis, list[Image.Image]]:
    """One patch axis for all pictures, and the pictures that it lies on.

    Where pictures of several shapes are cropped differently, no one set of boxes fits them: then they are shown as the
    model sees them.
    """
    axes = {image.size: model.patch_axis(image) for image in images}
    first = next(iter(axes.values()))
    if any(axis.grid != first.grid for axis in axes.values()):
        grids = sorted({f"{axis.grid[0]} x {axis.grid[1]}" for axis in axes.values() if axis.grid})
        raise ModelError(
            "pictures that the model cuts into the same grid of patches",
            f"grids of {', '.join(grids)}",
            "Explain pictures of one shape at a time, or crop them to one shape.",
        )
    boxes = [np.asarray(axis.boxes) for axis in axes.values()]
    if all(np.allclose(boxes[0], other, atol=1e-3) for other in boxes):
        return first, list(images)
    shown = []
    for image in images:
        edges = np.asarray(axes[image.size].boxes) * np.tile(image.size, 2)
        shown.append(image.crop((*map(round, edges.min(0)[:2]), *map(round, edges.max(0)[2:]))))  # pyright: ignore[reportArgumentType]
    assert first.grid is not None
    return Axis.patches(*first.grid), shown
