"""The passes of one call of `Relevance`: captions forward, pictures forward and back, captions back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.models.trace import Trace
from saii_widgets.engine.pairing import logits_of, unit
from saii_widgets.engine.relevance_flow import logit_gradient, relevance_rows
from saii_widgets.engine.runtime import Progress, in_batches, memory_budget

Side = Literal["image", "text"]
Rows = Callable[[Trace, Tensor, Tensor], Tensor]


class RelevanceRun:
    """Relevance of patches and tokens as arrays.

    The captions' traces are kept until all pictures have been seen, as far as a batch's share of the memory goes; the
    others are traced again.

    Parameters
    ----------
    model : DualEncoder
        Reads both sides.
    images, captions : list
        N pictures and M captions, none too long.
    start, text_start : int
        First layers that count, from 0.
    signs : Tensor or None
        (N, M): which logits are explained (1, else 0); None for the largest of each row.
    contrast : bool
        Each row of `signs` is one target, its ones minus its minus ones.
    progress : Progress, optional
        Called after every batch.
    rows : callable, optional
        What makes values of tokens (k, n, t) of a trace, gradients (k, n, d) and the tokens (n, t) that are patches or
        parts of words; by default the read-out rows of R.
    """

    maps: Tensor
    """(N, M, patches), or (N, patches) of a contrast."""
    words: NDArray[np.float64]
    """(N, W): raw sums over the tokens of all captions' words, one caption after the other."""
    logits: Tensor
    """(N, M)."""
    signs: Tensor
    """(N, M): what was explained."""
    passes: int
    """Inputs that went forward through a tower."""

    def __init__(
        self,
        model: DualEncoder,
        images: list[Image.Image],
        captions: list[Caption],
        *,
        start: int,
        text_start: int,
        signs: Tensor | None,
        contrast: bool,
        progress: Progress | None,
        rows: Rows = relevance_rows,
    ) -> None:
        self._of_trace = rows
        self.model, self.images, self.captions = model, images, captions
        self._start: dict[Side, int] = {"image": start, "text": text_start}
        self._asked, self._contrast, self._progress = signs, contrast, progress
        self.passes = 0
        kept, u = self._read_captions()
        v = self._explain_images(u)
        self.logits = logits_of(model, v, u)
        self._explain_captions(kept, v)

    def _read_captions(self) -> tuple[list[tuple[range, Trace | None]], Tensor]:
        room = memory_budget(self.model.device)
        kept: list[tuple[range, Trace | None]] = []
        embeddings: list[Tensor] = []

        def work(batch: range) -> tuple[range, Trace]:
            return batch, self._trace_captions(batch)

        batches = in_batches(
            len(self.captions),
            work,
            device=self.model.device,
            bytes_each=self.model.trace_bytes(self._start["text"], side="text")[0],
            progress=self._progress,
            label="captions",
        )
        for batch, trace in batches:
            embeddings.append(unit(trace.embedding.detach()))
            room -= trace.n_bytes
            kept.append((batch, trace if room > 0 else None))
        return kept, torch.cat(embeddings)

    def _trace_captions(self, batch: range) -> Trace:
        trace = self.model.trace_captions(self.captions[batch.start : batch.stop], self._start["text"])
        self.passes += len(batch)
        return trace

    def _explain_images(self, u: Tensor) -> Tensor:
        first = self.model.first_patch
        grid = self.model.patch_axis(self.images[0]).grid or (0, 0)
        patches = slice(first, first + grid[0] * grid[1])

        def work(batch: range) -> tuple[Tensor, Tensor, Tensor]:
            trace = self.model.trace_images(self.images[batch.start : batch.stop], self._start["image"])
            self.passes += len(batch)
            v = unit(trace.embedding.detach())
            logits = logits_of(self.model, v, u)
            if self._asked is None:
                signs = torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1]).to(logits)
            else:
                signs = self._asked[batch.start : batch.stop].to(logits)
            parts = torch.zeros(trace.hiddens[0].shape[:2], dtype=torch.bool, device=u.device)
            parts[:, patches] = True
            rows = (
                self._contrast_rows(trace, signs, u, parts)
                if self._contrast
                else self._rows(trace, signs, u, parts, "image")
            )
            return v, signs, rows[..., patches].cpu()

        parts = list(
            in_batches(
                len(self.images),
                work,
                device=self.model.device,
                bytes_each=self.model.trace_bytes(self._start["image"], side="image")[0],
                progress=self._progress,
                label="pictures",
            )
        )
        v, self.signs, self.maps = (torch.cat(x) for x in zip(*parts, strict=True))
        return v

    def _explain_captions(self, kept: list[tuple[range, Trace | None]], v: Tensor) -> None:
        n_words = [len(caption.words) for caption in self.captions]
        first = np.cumsum([0, *n_words])
        self.words = np.zeros((len(self.images), sum(n_words)))
        while kept:
            batch, trace = kept.pop(0)
            if not bool(self.signs[:, batch.start : batch.stop].any()):
                continue

            def work(part: range, batch: range = batch, trace: Trace | None = trace) -> tuple[range, Tensor]:
                chosen = range(batch.start + part.start, batch.start + part.stop)
                usable = trace if trace is not None and len(chosen) == len(batch) else self._trace_captions(chosen)
                signs = self.signs[:, chosen.start : chosen.stop].T
                return chosen, self._rows(usable, signs, v, self._word_tokens(usable, chosen), "text")

            # a batch that was traced is gone through whole, unless the memory does not allow it
            for chosen, rows in in_batches(len(batch), work, device=self.model.device, bytes_each=1):
                for k, m in enumerate(chosen):
                    self._add_words(rows[k].cpu().numpy(), self.captions[m], int(first[m]))

    def _add_words(self, rows: NDArray[np.floating], caption: Caption, first: int) -> None:
        """Add each token's column of `rows` (N, t) to the column of its word."""
        for token, word in enumerate(self.model.token_words(caption)):
            if word >= 0:
                self.words[:, first + word] += rows[:, token]

    def _word_tokens(self, trace: Trace, chosen: range) -> Tensor:
        """Which tokens (n, t) of a trace of captions are parts of words."""
        parts = torch.zeros(trace.hiddens[0].shape[:2], dtype=torch.bool)
        for k, m in enumerate(chosen):
            words = torch.tensor(self.model.token_words(self.captions[m]))
            parts[k, : len(words)] = words >= 0
        return parts.to(trace.embedding.device)

    def _contrast_rows(self, trace: Trace, signs: Tensor, others: Tensor, parts: Tensor) -> Tensor:
        """Rows of R (n, t) for the sum of each input's signed logits."""
        gradient = logit_gradient(trace.embedding, (signs @ others)[None], self.model.scale)
        return self._of_trace(trace, gradient, parts)[0]

    def _rows(self, trace: Trace, signs: Tensor, others: Tensor, parts: Tensor, side: Side) -> Tensor:
        """Rows of R (n, K, t), for each signed logit of signs (n, K) by itself; zero where the sign is."""
        asked = signs != 0
        most = int(asked.sum(1).max())
        order = asked.int().argsort(dim=1, descending=True, stable=True)[:, :most]  # (n, k)
        used = signs.gather(1, order)[..., None]
        tokens = trace.hiddens[0].shape[1]
        out = torch.zeros(*signs.shape, tokens, dtype=others.dtype, device=others.device)

        def work(batch: range) -> tuple[Tensor, Tensor]:
            chosen = order[:, batch.start : batch.stop]  # (n, k)
            targets = (others[chosen] * used[:, batch.start : batch.stop]).transpose(0, 1)  # (k, n, d)
            gradient = logit_gradient(trace.embedding, targets, self.model.scale)
            return chosen, self._of_trace(trace, gradient, parts).transpose(0, 1)

        cell = self.model.trace_bytes(self._start[side], side=side)[1]
        for chosen, rows in in_batches(most, work, device=self.model.device, bytes_each=len(signs) * cell):
            out.scatter_(1, chosen[..., None].expand(-1, -1, tokens), rows)
        # a row with fewer cells than `most` was filled up with cells that nobody asked for
        return out * asked[..., None]
