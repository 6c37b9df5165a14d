"""From attention and its gradients to relevance, for many targets at once (MATH.md 2)."""

from __future__ import annotations

import torch
from torch import Tensor

from saii_widgets.engine.models.trace import Trace


def logit_gradient(embedding: Tensor, targets: Tensor, scale: float) -> Tensor:
    """Gradient of `scale * <e/|e|, target>` in the raw embedding e.

    Parameters
    ----------
    embedding : Tensor
        (n, d), not normalised.
    targets : Tensor
        (k, n, d): what each input's unit embedding is compared with, k targets an input.
    scale : float
        The model's logit scale.

    Returns
    -------
    Tensor
        (k, n, d), float32 or better.
    """
    exact = embedding.detach().to(targets.dtype)
    length = exact.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(exact.dtype).tiny)
    v = exact / length
    across = targets - (targets * v).sum(-1, keepdim=True) * v
    return across * (scale / length)


def relevance_rows(trace: Trace, gradients: Tensor, parts: Tensor | None = None) -> Tensor:
    """The read-out row of R for every target.

    R <- R + cam_l R from the start layer up means that a row of the final R is that row of the identity, multiplied
    from the right by (I + cam_l) from the top layer down: the order in which the gradients come, so that only one
    layer's are ever held.

    Parameters
    ----------
    trace : Trace
        A forward pass over n inputs.
    gradients : Tensor
        (k, n, d): of k targets an input, in the raw embedding.
    parts : Tensor, optional
        Tokens that are patches or parts of words; all tokens are treated alike here.

    Returns
    -------
    Tensor
        (k, n, t), float32 or better; the columns are the tower's tokens.
    """
    del parts
    exact = gradients.dtype
    k, n = gradients.shape[:2]
    size, gradient = _scaled(gradients, trace.embedding.dtype)
    output = trace.embedding
    if trace.pool is not None and trace.top is not None:
        into_pool, gradient = _pull_back(output, (trace.pool, trace.top), gradient)
        row = _cam(into_pool, trace.pool, size)[:, :, 0]  # (k, n, t)
        output = trace.top
        size, gradient = _rescaled(size, gradient)
    else:
        assert trace.readout is not None
        row = torch.nn.functional.one_hot(trace.readout, trace.hiddens[-1].shape[1]).to(exact).expand(k, n, -1)
    for layer in reversed(range(len(trace.attentions))):
        attention, hidden = trace.attentions[layer], trace.hiddens[layer]
        inputs = (attention, hidden) if layer else (attention,)
        into_attention, *below = _pull_back(output, inputs, gradient)
        cam = _cam(into_attention, attention, size)
        # a last layer that ran for the read-out token alone has that one row of cam, and the row of R is one-hot
        row = row + (cam[:, :, 0] if attention.shape[2] == 1 < hidden.shape[1] else _times(row, cam))
        if below:
            output = hidden
            size, gradient = _rescaled(size, below[0])
    return row


def _pull_back(output: Tensor, inputs: tuple[Tensor, ...], gradient: Tensor) -> tuple[Tensor, ...]:
    """One batched vector-Jacobian product: gradient (k, *output.shape) -> (k, *input.shape) for each input."""
    return torch.autograd.grad(output, inputs, gradient, is_grads_batched=True, retain_graph=True)


def _cam(gradient: Tensor, attention: Tensor, size: Tensor) -> Tensor:
    """Mean over heads of max(G * A, 0): (k, n, q, t)."""
    product = gradient.to(size.dtype) * attention.detach().to(size.dtype)
    return product.clamp_min_(0).mean(2) * size[..., None, None]


def _times(row: Tensor, cam: Tensor) -> Tensor:
    return (row[:, :, None] @ cam)[:, :, 0]


def _scaled(gradient: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Sizes (k, n) and the gradient divided by them, so that a half-precision way back neither over- nor underflows."""
    if dtype == gradient.dtype:
        return torch.ones(gradient.shape[:2], dtype=gradient.dtype, device=gradient.device), gradient
    largest = gradient.flatten(2).abs().amax(-1)
    size = torch.where(largest > 0, largest, 1)
    return size, (gradient / size.view(*size.shape, *[1] * (gradient.dim() - 2))).to(dtype)


def _rescaled(size: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    if gradient.dtype == size.dtype:
        return size, gradient
    more, gradient = _scaled(gradient.to(size.dtype), gradient.dtype)
    return size * more, gradient
