"""Relevance as its definition reads (MATH.md 2): a repeated picture, full matrices, one autograd call a layer.

The tests take it for the truth, `benchmarks/relevance.py` for the baseline. It shares no code with the engine:
attention comes out of transformers' eager attention, and a pooling head is written out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


def slow_relevance(
    model: Any,
    image: Mapping[str, Tensor],
    texts: Mapping[str, Tensor],
    weights: Tensor,
    *,
    readout: Tensor,
    start_layer: int,
    text_start_layer: int,
    one_call: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Relevance for the sum of `weights * logits`.

    Parameters
    ----------
    model : PreTrainedModel
        A CLIPModel, SiglipModel or Siglip2Model in evaluation mode.
    image : mapping of str to Tensor
        Inputs of one picture; it is repeated K times.
    texts : mapping of str to Tensor
        Inputs of M captions.
    weights : Tensor
        (K, M): the identity explains each of M captions by one copy of the picture.
    readout : Tensor
        (M,): the token that each caption's embedding is read from.
    start_layer, text_start_layer : int
        First layers that count, from 0.
    one_call : bool
        Ask for all layers' gradients in one autograd call instead of one a layer.

    Returns
    -------
    tuple of Tensor
        Image rows (K, patches), text rows (M, tokens), logits (K, M).
    """
    with _eager_from(model, start_layer, text_start_layer):
        repeated = {key: value.repeat(len(weights), *[1] * (value.dim() - 1)) for key, value in image.items()}
        v, image_attention, pool = _image_side(model, repeated)
        out = model.get_text_features(**texts, output_attentions=True)
        u, text_attention = out.pooler_output, out.attentions
        v, u = v / v.norm(dim=-1, keepdim=True), u / u.norm(dim=-1, keepdim=True)
        logits = model.logit_scale.exp() * v @ u.T + getattr(model, "logit_bias", 0.0)
        score = (weights * logits).sum()
        wanted = [*image_attention[start_layer:], *text_attention[text_start_layer:], *([] if pool is None else [pool])]
        gradients = _gradients(score, wanted, one_call=one_call)
        cams = [(g * a.detach()).clamp(min=0).mean(1) for g, a in zip(gradients, wanted, strict=True)]
        n_image = len(image_attention) - start_layer
        image_r = _flow(cams[:n_image])
        text_r = _flow(cams[n_image : n_image + len(text_attention) - text_start_layer])
        picked = text_r[torch.arange(len(text_r)), readout]
        rows = image_r[:, 0, 1:] if pool is None else (cams[-1] @ image_r)[:, 0]
        return rows, picked, logits.detach()


@contextmanager
def _eager_from(model: Any, start_layer: int, text_start_layer: int) -> Iterator[None]:
    """Eager attention, and a graph that begins where it is needed; the published program builds all of it."""
    setting = {"": model.config._attn_implementation}
    setting |= {name: getattr(model.config, name)._attn_implementation for name in model.config.sub_configs}
    learning = [weight for weight in model.parameters() if weight.requires_grad]
    layers = model.vision_model.encoder.layers[start_layer], model.text_model.encoder.layers[text_start_layer]
    hooks = [layer.register_forward_pre_hook(_begin_graph, with_kwargs=True) for layer in layers]
    try:
        model.set_attn_implementation("eager")
        for weight in learning:
            weight.requires_grad_(False)
        yield
    finally:
        for hook in hooks:
            hook.remove()
        for weight in learning:
            weight.requires_grad_(True)
        model.set_attn_implementation(setting)


def _begin_graph(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    hidden, *others = args
    return (hidden.detach().requires_grad_(True), *others), kwargs


def _gradients(score: Tensor, wanted: Sequence[Tensor], *, one_call: bool) -> list[Tensor]:
    if one_call:
        return list(torch.autograd.grad(score, list(wanted), retain_graph=True))
    return [torch.autograd.grad(score, [a], retain_graph=True)[0] for a in wanted]


def _flow(cams: Sequence[Tensor]) -> Tensor:
    n, t, _ = cams[0].shape
    r = torch.eye(t, dtype=cams[0].dtype, device=cams[0].device).expand(n, t, t)
    for cam in cams:
        r = r + torch.bmm(cam, r)
    return r


def _image_side(model: Any, inputs: Mapping[str, Tensor]) -> tuple[Tensor, Sequence[Tensor], Tensor | None]:
    if not hasattr(model.vision_model, "head"):
        out = model.get_image_features(**inputs, output_attentions=True)
        return out.pooler_output, out.attentions, None
    out = model.vision_model(**inputs, output_attentions=True)
    embedding, pool = _pooled(model.vision_model.head, out.last_hidden_state, inputs.get("pixel_attention_mask"))
    return embedding, out.attentions, pool


def _pooled(head: Any, tokens: Tensor, present: Tensor | None) -> tuple[Tensor, Tensor]:
    attention: nn.MultiheadAttention = head.attention
    heads, width = attention.num_heads, attention.embed_dim
    q_weight, k_weight, v_weight = attention.in_proj_weight.split(width)
    q_bias, k_bias, v_bias = attention.in_proj_bias.split(width)
    n, t, _ = tokens.shape
    q = (head.probe @ q_weight.T + q_bias).view(1, 1, heads, -1)
    k = (tokens @ k_weight.T + k_bias).view(n, t, heads, -1)
    v = (tokens @ v_weight.T + v_bias).view(n, t, heads, -1)
    scores = torch.einsum("xqhc,nthc->nhqt", q, k) / (width // heads) ** 0.5
    if present is not None:
        scores = scores.masked_fill(present[:, None, None] == 0, float("-inf"))
    pool = scores.softmax(-1)
    mixed = torch.einsum("nhqt,nthc->nqhc", pool, v).flatten(2)
    x = mixed @ attention.out_proj.weight.T + attention.out_proj.bias
    return (x + head.mlp(head.layernorm(x)))[:, 0], pool
