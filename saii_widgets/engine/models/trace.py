"""One forward pass through a tower, with the attention of the layers from the start layer up laid open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from saii_widgets.engine.models.attention import probabilities, reading
from saii_widgets.engine.models.pooling_head import PoolingHead, ReadOut


@dataclass
class Trace:
    """What relevance needs of a forward pass over n inputs; all tensors hang in one graph.

    Parameters
    ----------
    embedding : Tensor
        (n, d), not normalised.
    attentions : list of Tensor
        (n, heads, q, t) from the start layer up. q is t, or 1 in a last layer of which only the row that is read
        out matters.
    hiddens : list of Tensor
        (n, t, width): what each of these layers was given.
    readout : Tensor or None
        (n,): the token that the embedding is read from; None for a tower with a pooling head.
    pool : Tensor or None
        (n, heads, 1, t): the pooling head's attention.
    top : Tensor or None
        (n, t, width): what the last layer gave to the pooling head.
    last : ReadOut or None
        The attention that the embedding is read out by: of the pooling head, or of the last layer.
    """

    embedding: Tensor
    attentions: list[Tensor] = field(default_factory=list)
    hiddens: list[Tensor] = field(default_factory=list)
    readout: Tensor | None = None
    pool: Tensor | None = None
    top: Tensor | None = None
    last: ReadOut | None = None

    @property
    def n_bytes(self) -> int:
        """A lower bound of the memory that the trace holds."""
        tensors = [*self.attentions, *self.hiddens]
        # each layer keeps about twelve tensors of its input's size for the way back
        return sum(x.element_size() * x.numel() for x in tensors) + 12 * sum(
            x.element_size() * x.numel() for x in self.hiddens
        )


@dataclass(frozen=True)
class Tower:
    """One side of a dual encoder.

    Parameters
    ----------
    model : PreTrainedModel
        The whole model, unmodified.
    encode : callable
        Inputs -> embeddings (n, d), not normalised, through the model's own classes.
    layers : sequence of nn.Module
        The encoder layers; each has `layer_norm1` and `self_attn` with `q_proj`, `k_proj`, `v_proj`.
    readout : callable or None
        Inputs -> (n,) the token that the embedding is read from.
    head : nn.MultiheadAttention or None
        The attention of a pooling head, where the tower has no such token.
    tokens : callable or None
        Inputs -> (n, t, width), what the first layer is given: affine in the pixels. Of an image tower.
    encode_tokens : callable or None
        These tokens, or some of them, -> embeddings (n, d), not normalised. Of an image tower.
    """

    model: PreTrainedModel
    encode: Callable[[Mapping[str, Tensor]], Tensor]
    layers: Sequence[nn.Module]
    readout: Callable[[Mapping[str, Tensor]], Tensor] | None = None
    head: nn.MultiheadAttention | None = None
    tokens: Callable[[Mapping[str, Tensor]], Tensor] | None = None
    encode_tokens: Callable[[Tensor], Tensor] | None = None

    def embed(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """Embeddings (n, d), not normalised, without a graph."""
        with torch.no_grad(), reading(self.model, {}):
            return self.encode(inputs)

    def embed_readout(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """The same in less time: the last layer runs for the token that is read out alone."""
        with torch.no_grad(), self._last_layer_at(self.readout(inputs) if self.readout else None):
            return self.encode(inputs)

    def embed_tokens(self, tokens: Tensor, readout: int | None) -> Tensor:
        """Embeddings (n, d) of what the first layer is given, (n, t, width), read out at one place."""
        assert self.encode_tokens is not None
        row = None if readout is None else torch.full((len(tokens),), readout, device=tokens.device)
        with torch.no_grad(), self._last_layer_at(row):
            return self.encode_tokens(tokens)

    @contextmanager
    def _last_layer_at(self, row: Tensor | None) -> Iterator[None]:
        if row is None:
            with reading(self.model, {}):
                yield
            return
        last = _LayerReading(self.layers[-1], first=False, row=row)
        with reading(self.model, {last.self_attn: last.attend}), ExitStack() as stack:
            for handle in last.hooks():
                stack.callback(handle.remove)
            yield

    def trace(self, inputs: Mapping[str, Tensor], start: int) -> Trace:
        """One forward pass; layers under `start` (counted from 0) run without a graph."""
        read = _Reading(self, inputs, start)
        with ExitStack() as stack:
            stack.enter_context(reading(self.model, {x.self_attn: x.attend for x in read.layers}))
            for handle in read.hooks():  # under the lock: another thread's pass must not run through these
                stack.callback(handle.remove)
            stack.enter_context(torch.enable_grad())
            embedding = self.encode(inputs)
        return Trace(
            embedding,
            [x.attention for x in read.layers],
            [x.hidden for x in read.layers],
            read.readout,
            read.pool.attention if read.pool else None,
            read.pool.top if read.pool else None,
            read.pool.read_out if read.pool else read.layers[-1].read_out,
        )


class _Reading:
    """The hooks of one trace."""

    def __init__(self, tower: Tower, inputs: Mapping[str, Tensor], start: int) -> None:
        self.readout = tower.readout(inputs) if tower.readout else None
        last = len(tower.layers) - 1
        self.layers = [
            _LayerReading(layer, first=k == start, row=self.readout if k == last else None)
            for k, layer in enumerate(tower.layers)
            if k >= start
        ]
        self.pool = PoolingHead(tower.head, tower.layers[-1]) if tower.head is not None else None

    def hooks(self) -> list[Any]:
        handles = [handle for layer in self.layers for handle in layer.hooks()]
        return handles + (self.pool.hooks() if self.pool else [])


class _LayerReading:
    """Reads one encoder layer. Where a row is given, the layer runs for that token of each input alone.

    In a tower that is read out at one token, no other token of the last layer reaches the embedding except through its
    keys and values: so these are computed for all tokens, and everything else for the one.
    """

    hidden: Tensor
    attention: Tensor
    read_out: ReadOut | None = None

    def __init__(self, layer: nn.Module, *, first: bool, row: Tensor | None) -> None:
        self.layer, self.first, self.row = layer, first, row
        self.self_attn: Any = layer.self_attn
        self._all: tuple[Tensor, Tensor] | None = None

    def hooks(self) -> list[Any]:
        handles = [self.layer.register_forward_pre_hook(self._before, with_kwargs=True)]
        if self.row is not None:
            handles.append(self.layer.register_forward_hook(self._after))
        return handles

    def _before(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
        given = dict(zip(("hidden_states", "attention_mask"), args, strict=False)) | kwargs
        hidden, mask = given.pop("hidden_states"), given.pop("attention_mask", None)
        if self.first:
            hidden = hidden.detach().requires_grad_(True)
        self.hidden = hidden
        if self.row is not None:
            self._all = self._keys_and_values(hidden)
            batch = torch.arange(len(hidden), device=hidden.device)
            hidden = hidden[batch, self.row][:, None]  # (n, 1, width)
            if mask is not None:
                mask = mask.expand(len(batch), -1, -1, -1)[batch, :, self.row][:, :, None]  # (n, 1, 1, t)
        return (hidden, mask), given

    def _keys_and_values(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        norm: Any = self.layer.layer_norm1
        normed = norm(hidden)
        shape = (*normed.shape[:2], -1, self.self_attn.head_dim)
        key, value = (
            projection(normed).view(shape).transpose(1, 2)  # (n, h, t, c)
            for projection in (self.self_attn.k_proj, self.self_attn.v_proj)
        )
        return key, value

    def attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float) -> Tensor:
        if self._all is not None:
            key, value = self._all
        self.attention = probabilities(query, key, mask, scaling)
        attended = self.attention @ value
        if self.row is not None:
            self.read_out = ReadOut(query, key, value, attended)
        return attended

    def _after(self, _: nn.Module, __: Any, output: Tensor) -> Tensor:
        # the tower goes on to pick its token: whichever it picks is the one computed
        return output.expand(-1, self.hidden.shape[1], -1)
