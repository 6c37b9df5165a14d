"""How much of each token reaches the embedding if attention is all that moves it."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from saii_widgets.engine.attention_maps import AttentionMaps
from saii_widgets.engine.models.trace import Trace


class AttentionRollout(AttentionMaps):
    """Product over layers of half the attention, heads averaged, and half the identity.

    All captions of a picture have the same map, and all pictures the same words: a baseline, not an explanation of a
    match.

    Parameters
    ----------
    model : DualEncoder
        Its attention is read; weights, mode and settings are left as they were.
    progress : Progress, optional
        Called after every batch; may raise `Cancelled`.

    Raises
    ------
    ModelError
        The model's attention cannot be read.

    Source
    ------
    Abnar and Zuidema 2020, arXiv:2005.00928 (MATH.md 5). Agreement with the product of whole matrices 1e-6
    (`tests/engine/explainers/test_rivals.py`). Deviation: the probe of a pooling head is no token of the layers below,
    so that its row is its attention alone.
    """

    method: ClassVar[str] = "AttentionRollout (Abnar and Zuidema 2020)"
    from_layer: ClassVar[int] = 0

    def _rows(self, trace: Trace, gradients: Tensor, parts: Tensor) -> Tensor:
        """The read-out row of the product, the same for all captions."""
        del parts
        exact, layers = gradients.dtype, list(trace.attentions)
        if trace.pool is not None:
            row = trace.pool.detach().to(exact).mean(1)  # (n, 1, t)
        else:
            assert trace.readout is not None
            own = torch.nn.functional.one_hot(trace.readout, trace.hiddens[-1].shape[1])[:, None].to(exact)
            # the last layer ran for the token that is read out alone: it has that one row
            row = (layers.pop().detach().to(exact).mean(1) + own) / 2
        for attention in reversed(layers):
            row = (row @ attention.detach().to(exact).mean(1) + row) / 2
        return row[:, 0].expand(len(gradients), -1, -1)
