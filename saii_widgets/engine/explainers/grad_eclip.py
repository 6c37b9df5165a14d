"""Values of the last attention, weighted by what the score asks of each channel and by likeness to the query."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from saii_widgets.engine.attention_maps import AttentionMaps
from saii_widgets.engine.models.trace import Trace


class GradEclip(AttentionMaps):
    """Gradient-based maps of the last layer with a loosened attention.

    With o the read-out token's attended values before the heads are mixed, the channel weights are the gradient of the
    logit in o. A token's value is the sum over channels of weight times its own value, times the cosine of its key
    and the read-out query (all heads as one vector) scaled to 0..1 over the patches or the tokens of words; negative
    ones count as 0.

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

    Source
    ------
    Zhao et al. 2024, Gradient-based Visual Explanation for Transformer-based CLIP (MATH.md 5). Agreement with an
    implementation from the definition 1e-6 (`tests/engine/explainers/test_rivals.py`). Deviations: the logit in the
    place of the cosine, which changes the scale alone; the pooling head of a tower without a class token is its last
    attention.
    """

    method: ClassVar[str] = "GradEclip (Zhao et al. 2024)"
    about: ClassVar[str] = "Relevance"
    unit: ClassVar[str] = "relevance"

    def _rows(self, trace: Trace, gradients: Tensor, parts: Tensor) -> Tensor:
        """Weighted values (k, n, t)."""
        last = trace.last
        assert last is not None
        exact = gradients.dtype
        largest = gradients.abs().amax(-1, keepdim=True).clamp_min(torch.finfo(exact).tiny)
        given = (gradients / largest).to(trace.embedding.dtype)  # a half-precision way back must not underflow
        (weights,) = torch.autograd.grad(
            trace.embedding, (last.attended,), given, is_grads_batched=True, retain_graph=True
        )
        query, key, value = (x.detach().to(exact) for x in (last.query, last.key, last.value))
        weighted = torch.einsum("knhc,nhtc->knt", weights[:, :, :, 0].to(exact), value)
        loosened = _scaled_over(parts, _cosine(query, key))  # (n, t)
        return weighted.clamp_min(0) * loosened * largest


def _cosine(query: Tensor, key: Tensor) -> Tensor:
    """(n, t): of (n, heads, 1, c) and (n, heads, t, c), all heads as one vector."""
    return torch.nn.functional.cosine_similarity(query.transpose(1, 2).flatten(2), key.transpose(1, 2).flatten(2), -1)


def _scaled_over(parts: Tensor, values: Tensor) -> Tensor:
    """Values (n, t) moved and scaled to 0..1 over the chosen tokens; where all of these are alike, 1."""
    low = values.masked_fill(~parts, torch.inf).amin(1, keepdim=True)
    high = values.masked_fill(~parts, -torch.inf).amax(1, keepdim=True)
    alike = high <= low
    scaled = (values - low) / torch.where(alike, 1, high - low)
    return torch.where(alike, 1.0, scaled).masked_fill(~parts, 0)
