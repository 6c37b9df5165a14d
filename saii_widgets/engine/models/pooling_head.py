"""The attention of a pooling head, which is a `torch.nn.MultiheadAttention` and out of the interface's reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from saii_widgets.engine.models.attention import probabilities


@dataclass(frozen=True)
class ReadOut:
    """The one row of attention that an embedding is read out by; all tensors hang in the graph of their trace.

    Parameters
    ----------
    query : Tensor, (n, heads, 1, c)
    key, value : Tensor, (n, heads, t, c)
    attended : Tensor, (n, heads, 1, c)
        Values weighted by the attention, before the heads are mixed.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    attended: Tensor


class PoolingHead:
    """Recomputes a pooling head's per-head attention from its hooked input (MATH.md 2).

    Parameters
    ----------
    attention : nn.MultiheadAttention
        Batch first, one query a picture, keys and values from the same tokens.
    last_layer : nn.Module
        The encoder layer whose output the head is given (after a norm).
    """

    attention: Tensor
    top: Tensor
    read_out: ReadOut

    def __init__(self, attention: nn.MultiheadAttention, last_layer: nn.Module) -> None:
        self._module, self._last_layer = attention, last_layer

    def hooks(self) -> list[Any]:
        """Register; the caller removes what is returned."""
        return [
            self._last_layer.register_forward_hook(self._keep_top),
            self._module.register_forward_hook(self._recompute, with_kwargs=True),
        ]

    def _keep_top(self, _: nn.Module, __: Any, output: Tensor) -> None:
        self.top = output

    def _recompute(
        self, module: nn.MultiheadAttention, args: tuple[Tensor, ...], kwargs: dict[str, Any], _: Any
    ) -> tuple[Tensor, None]:
        probe, tokens = args[0], args[1]  # (n, 1, width), (n, t, width)
        width, heads = module.embed_dim, module.num_heads
        weight, bias = module.in_proj_weight, module.in_proj_bias
        query = nn.functional.linear(probe, weight[:width], bias[:width])
        key, value = nn.functional.linear(tokens, weight[width:], bias[width:]).chunk(2, -1)
        query, key, value = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
        mask = kwargs.get("attn_mask")
        if mask is not None:
            mask = mask.unflatten(0, (-1, heads))  # (n, h, 1, t)
        self.attention = probabilities(query, key, mask, (width // heads) ** -0.5)
        attended = self.attention @ value
        self.read_out = ReadOut(query, key, value, attended)
        return module.out_proj(attended.transpose(1, 2).flatten(2)), None
