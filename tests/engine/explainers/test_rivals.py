"""Rollout, plain attention, Grad-ECLIP, lot and middle against slow plain implementations, in float64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.attention_rollout import AttentionRollout
from saii_widgets.engine.explainers.centre_baseline import CentreBaseline
from saii_widgets.engine.explainers.grad_eclip import GradEclip
from saii_widgets.engine.explainers.plain_attention import PlainAttention
from saii_widgets.engine.explainers.random_baseline import RandomBaseline
from saii_widgets.engine.models.two_towers import TwoTowers
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTIONS = [Caption.parse(text) for text in ("a red truck near a metal fence", "the blue bus", "a tree under the sky")]


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model(request: pytest.FixtureRequest) -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model(request.param)


@contextmanager
def eager(model: TwoTowers) -> Iterator[Any]:
    model.model.set_attn_implementation("eager")
    try:
        yield model.model
    finally:
        model.model.set_attn_implementation("sdpa")


def pooling(model: Any, inputs: Mapping[str, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Query, keys and values (n, t, width) of SigLIP's head, and its attention (n, heads, 1, t), written out."""
    tokens = model.vision_model(**inputs).last_hidden_state
    head = model.vision_model.head
    weights, biases = head.attention.in_proj_weight.chunk(3), head.attention.in_proj_bias.chunk(3)
    given = (head.probe.expand(len(tokens), -1, -1), tokens, tokens)
    query, key, value = (x @ w.T + b for x, w, b in zip(given, weights, biases, strict=True))
    heads = head.attention.num_heads
    q, k = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key))
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    present = inputs.get("pixel_attention_mask")
    if present is not None:
        scores = scores.masked_fill(present[:, None, None] == 0, -torch.inf)
    return query, key, value, scores.softmax(-1)


def n_patches(model: TwoTowers) -> int:
    return len(model.patch_axis(pictures(1)[0]))


def of_patches(model: TwoTowers, row: Tensor) -> NDArray:
    first = model.first_patch
    return row[..., first : first + n_patches(model)].detach().numpy()


def of_words(model: TwoTowers, rows: Tensor) -> list[float]:
    """Sums over the tokens of each word, one caption after the other."""
    found = []
    for row, caption in zip(rows, CAPTIONS, strict=True):
        words = model.token_words(caption)
        found += [
            sum(float(row[k]) for k, word in enumerate(words) if word == asked) for asked in range(len(caption.words))
        ]
    return found


def attentions(model: TwoTowers) -> tuple[list[Tensor], Tensor | None, list[Tensor], Tensor]:
    """Eager attention of all layers, heads averaged: pictures, pooling head, captions; and where captions are read."""
    texts = model.prepare_captions(CAPTIONS)
    with eager(model) as inner, torch.no_grad():
        inputs = model.prepare_images(pictures(2))
        pool = pooling(inner, inputs)[3].mean(1)[:, 0] if hasattr(inner.vision_model, "head") else None
        given = inputs if pool is not None else {"pixel_values": inputs["pixel_values"]}
        seen = inner.vision_model(**given, output_attentions=True).attentions
        read = inner.get_text_features(**texts, output_attentions=True).attentions
    readout = model.text_tower.readout
    assert readout is not None
    return [a.mean(1) for a in seen], pool, [a.mean(1) for a in read], readout(texts)


def rollout(layers: list[Tensor]) -> Tensor:
    product = torch.eye(layers[0].shape[-1], dtype=layers[0].dtype)
    for attention in layers:
        product = (0.5 * attention + 0.5 * torch.eye(attention.shape[-1])) @ product
    return product


def same_for_all(result: Any, maps: NDArray, words: list[float]) -> None:
    for m in range(len(CAPTIONS)):
        np.testing.assert_allclose(result.values[:, m], maps, rtol=1e-6, atol=1e-8)
    for n in range(len(maps)):
        np.testing.assert_allclose(result.companions["words"].values[n], words, rtol=1e-6, atol=1e-8)


def test_rollout_is_the_product_of_whole_matrices(model: TwoTowers) -> None:
    seen, pool, read, readout = attentions(model)
    whole = rollout(seen)
    row = whole[:, 0] if pool is None else (pool[:, None] @ whole)[:, 0]
    texts = rollout(read)[torch.arange(len(CAPTIONS)), readout]
    np.testing.assert_allclose(row.sum(1), 1)
    same_for_all(AttentionRollout(model)(pictures(2), CAPTIONS), of_patches(model, row), of_words(model, texts))


def test_plain_attention_is_the_last_row_that_is_read(model: TwoTowers) -> None:
    seen, pool, read, readout = attentions(model)
    row = seen[-1][:, 0] if pool is None else pool
    texts = read[-1][torch.arange(len(CAPTIONS)), readout]
    same_for_all(PlainAttention(model)(pictures(2), CAPTIONS), of_patches(model, row), of_words(model, texts))


def test_rollout_of_no_attention_to_others_stays_at_the_token() -> None:
    """All attention on the token itself: nothing of the words before the last reaches the embedding."""
    model = tiny_model("clip")
    rows = AttentionRollout(model)._rows
    trace = model.trace_images(pictures(1), 0)
    layers, tokens = len(trace.attentions), trace.hiddens[0].shape[1]
    trace.attentions = [torch.eye(tokens, dtype=torch.float64).expand(1, 2, -1, -1)] * (layers - 1)
    trace.attentions.append(torch.eye(tokens, dtype=torch.float64)[:1].expand(1, 2, 1, -1))
    gradients, parts = torch.ones(1, 1, 12, dtype=torch.float64), torch.ones(1, tokens, dtype=torch.bool)
    assert rows(trace, gradients, parts)[0, 0].tolist() == [1.0, *[0.0] * (tokens - 1)]
    trace.attentions = [torch.full_like(a, 1 / tokens) for a in trace.attentions]
    expected = 1 - 0.5**layers  # what even attention moves off the token, and on to all alike
    np.testing.assert_allclose(rows(trace, gradients, parts)[0, 0][1:], expected / tokens)


def loosened(query: Tensor, key: Tensor, chosen: list[int]) -> Tensor:
    """Cosines of one query (width,) and keys (t, width), scaled to 0..1 over the chosen tokens."""
    cosines = torch.stack([(query @ one) / (query.norm() * one.norm()) for one in key[chosen]])
    return (cosines - cosines.min()) / (cosines.max() - cosines.min())


def watched(tower_layer: Any) -> tuple[dict[str, Tensor], list[Any]]:
    """Queries, keys, values, and what goes into the mixing of heads, as one layer computes them."""
    seen: dict[str, Tensor] = {}
    attention = tower_layer.self_attn
    hooks = [
        getattr(attention, f"{name}_proj").register_forward_hook(lambda _, __, out, name=name: seen.update({name: out}))
        for name in ("q", "k", "v")
    ]
    hooks.append(attention.out_proj.register_forward_pre_hook(lambda _, args: seen.update(attended=args[0])))
    return seen, hooks


def unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def test_grad_eclip_equals_its_definition(model: TwoTowers) -> None:
    result = GradEclip(model)(pictures(2), CAPTIONS)
    inputs, texts = model.prepare_images(pictures(2)), model.prepare_captions(CAPTIONS)
    readout = model.text_tower.readout
    assert readout is not None
    first, count = model.first_patch, n_patches(model)
    patches = list(range(first, first + count))
    with eager(model) as inner:
        seen, hooks = watched(inner.vision_model.encoder.layers[-1])
        read, more = watched(inner.text_model.encoder.layers[-1])
        u = unit(inner.get_text_features(**texts).pooler_output)
        if hasattr(inner.vision_model, "head"):
            query, key, value, attention = pooling(inner, inputs)
            heads = attention.shape[1]
            attended = (attention @ value.unflatten(-1, (heads, -1)).transpose(1, 2)).transpose(1, 2).flatten(2)
            head = inner.vision_model.head
            mixed = attended @ head.attention.out_proj.weight.T + head.attention.out_proj.bias
            v = unit((mixed + head.mlp(head.layernorm(mixed)))[:, 0])
        else:
            v = unit(inner.get_image_features(inputs["pixel_values"]).pooler_output)
            query, key, value, attended = seen["q"], seen["k"], seen["v"], seen["attended"]
        logits = v @ u.T * model.scale
        for n in range(2):
            channels = [torch.autograd.grad(x, attended, retain_graph=True)[0][n, 0] for x in logits[n]]
            weight = loosened(query[n, 0], key[n], patches)
            maps = [(torch.relu((c * value[n, patches]).sum(1)) * weight).detach() for c in channels]
            np.testing.assert_allclose(result.values[n], np.stack(maps), rtol=1e-5, atol=1e-7)
            first_word = 0
            for m, caption in enumerate(CAPTIONS):
                words = model.token_words(caption)
                tokens = [k for k, word in enumerate(words) if word >= 0]
                place = int(readout(texts)[m])
                (channel,) = torch.autograd.grad(logits[n, m], read["attended"], retain_graph=True)
                weight = loosened(read["q"][m, place], read["k"][m], tokens)
                values = torch.relu((channel[m, place] * read["v"][m, tokens]).sum(1)) * weight
                expected = np.zeros(len(caption.words))
                for token, one in zip(tokens, values.detach().numpy(), strict=True):
                    expected[words[token]] += one
                came = result.companions["words"].values[n, first_word : first_word + len(expected)]
                np.testing.assert_allclose(came, expected, rtol=1e-5, atol=1e-7)
                first_word += len(expected)
        for hook in (*hooks, *more):
            hook.remove()
    assert result.values.max() > 0


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_grad_eclip_in_half_precision_is_close(dtype: torch.dtype) -> None:
    exact = GradEclip(tiny_model("siglip", torch.float32))(pictures(2), CAPTIONS).values
    half = GradEclip(tiny_model("siglip", dtype))(pictures(2), CAPTIONS).values
    assert np.abs(half - exact).max() <= 0.15 * exact.max()


def test_a_lot_is_the_pairs_own(model: TwoTowers) -> None:
    images = pictures(3)
    together = RandomBaseline(model)(images, CAPTIONS)
    alone = RandomBaseline(model)([images[2]], [CAPTIONS[1]])
    np.testing.assert_array_equal(alone.values[0, 0], together.values[2, 1])
    words = together.companions["words"].select(image=2, caption=1)
    np.testing.assert_array_equal(alone.companions["words"].values[0], words.values)  # pyright: ignore
    assert (RandomBaseline(model, seed=1)(images, CAPTIONS).values != together.values).all()
    assert ((together.values >= 0) & (together.values < 1)).all()


def test_the_middle_has_most_and_falls_as_a_gaussian() -> None:
    result = CentreBaseline(tiny_model("clip"), spread=1 / 3)(pictures(2, (30, 30)), CAPTIONS)
    assert "words" not in result.companions
    (grid,) = {tuple(map(tuple, result.map(n, m).round(6).tolist())) for n in range(2) for m in range(3)}
    side, corner = np.exp(-0.5), np.exp(-1.0)
    np.testing.assert_allclose(grid, [[corner, side, corner], [side, 1, side], [corner, side, corner]], atol=1e-5)


def test_logits_stand_beside(model: TwoTowers) -> None:
    expected = model.logits(pictures(2), CAPTIONS)
    for explainer in (AttentionRollout, CentreBaseline, GradEclip, PlainAttention, RandomBaseline):
        companions = explainer(model)(pictures(2), CAPTIONS).companions
        np.testing.assert_allclose(companions["logits"].values, expected.values, rtol=1e-5)
        np.testing.assert_allclose(
            companions["probabilities"].values, expected.companions["probabilities"].values, rtol=1e-4, atol=1e-7
        )


def test_refusals() -> None:
    for explainer in (AttentionRollout, CentreBaseline, GradEclip, PlainAttention, RandomBaseline):
        with pytest.raises(ModelError, match="load_model"):
            explainer(print)  # pyright: ignore[reportArgumentType]
        with pytest.raises(InputError, match="at least one picture"):
            explainer(tiny_model("clip"))([], CAPTIONS)
    with pytest.raises(InputError, match="spread"):
        CentreBaseline(tiny_model("clip"), spread=0)
