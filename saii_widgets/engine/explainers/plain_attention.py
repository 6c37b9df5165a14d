"""Where the model looks: the attention by which an embedding is read out, whatever the other side says."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from saii_widgets.engine.attention_maps import AttentionMaps
from saii_widgets.engine.models.trace import Trace


class PlainAttention(AttentionMaps):
    """Attention of the last layer, from the token that the embedding is read from, averaged over heads.

    In a tower that pools by attention it is that of the pooling head. All captions of a picture have the same map, and
    all pictures the same words: a baseline, not an explanation of a match.

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
    The raw attention that Chefer, Gur, Wolf 2021 and Zhao et al. 2024 compare with. Agreement with transformers' own
    eager attention 1e-6 (`tests/engine/explainers/test_rivals.py`).
    """

    method: ClassVar[str] = "PlainAttention (last layer)"

    def _rows(self, trace: Trace, gradients: Tensor, parts: Tensor) -> Tensor:
        """The read-out row, the same for all captions."""
        del parts
        read = trace.attentions[-1] if trace.pool is None else trace.pool  # (n, heads, 1, t)
        return read.detach().to(gradients.dtype).mean(1)[:, 0].expand(len(gradients), -1, -1)
