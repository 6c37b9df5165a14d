"""Relevance against the implementation from the definition, in float64, for every family, layer and target."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from benchmarks.slow_relevance import slow_relevance
from saii_widgets.core.errors import CaptionError, InputError, ModelError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.runtime import Cancelled
from tests.engine.tiny_models import MODEL_TYPES, pictures, tiny_model

CAPTIONS = [
    Caption.parse(text, Lexicon.traffic())
    for text in ("a red truck near a metal fence", "the blue bus", "a tree under the sky, and a road sign")
]


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model(request: pytest.FixtureRequest) -> TwoTowers:
    torch.set_num_threads(1)
    return tiny_model(request.param)


def slow(model: TwoTowers, image: Any, weights: Any, start: int, text_start: int) -> tuple[NDArray, NDArray]:
    """Patch rows (K, patches) and word rows (W,) for a sum of weighted logits (K, M)."""
    texts = model.prepare_captions(CAPTIONS)
    readout = model.text_tower.readout(texts)
    inputs = model.prepare_images([image])
    weights = torch.as_tensor(weights, dtype=torch.float64)
    rows, picked, _ = slow_relevance(
        model.model, inputs, texts, weights, readout=readout, start_layer=start, text_start_layer=text_start
    )
    words = [np.zeros(len(c.words)) for c in CAPTIONS]
    for m, caption in enumerate(CAPTIONS):
        for token, word in enumerate(model.token_words(caption)):
            if word >= 0:
                words[m][word] += picked[m, token].item()
    rows_, columns = model.patch_axis(image).grid or (0, 0)
    return rows.detach().numpy()[:, : rows_ * columns], np.concatenate(words)


def close(ours: NDArray, theirs: NDArray) -> None:
    assert theirs.max() > 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * theirs.max())


@pytest.mark.parametrize("start", [0, 1, 2])
@pytest.mark.parametrize("text_start", [0, 1])
def test_equals_the_definition(model: TwoTowers, start: int, text_start: int) -> None:
    images = pictures(3)
    result = Relevance(model, start_layer=start, text_start_layer=text_start)(images, CAPTIONS)
    for n, image in enumerate(images):
        maps, words = slow(model, image, np.eye(3), start, text_start)
        close(result.values[n], maps)
        close(result.companions["words"].values[n], words)


def test_a_single_pair_equals_its_cell(model: TwoTowers) -> None:
    images = pictures(2)
    together = Relevance(model, start_layer="all")(images, CAPTIONS)
    alone = Relevance(model, start_layer="all")([images[1]], [CAPTIONS[0]])
    close(alone.values[0, 0], together.values[1, 0])
    close(alone.companions["words"].values[0], together.companions["words"].values[1, : len(CAPTIONS[0].words)])


def test_target_max_explains_the_largest_logit_of_each_picture(model: TwoTowers) -> None:
    images = pictures(3)
    result = Relevance(model, start_layer=0, target="max")(images, CAPTIONS)
    best = result.companions["logits"].values.argmax(1)
    assert result.origin is not None
    silent = result.origin.settings["no_relevance"]
    first = np.cumsum([0, *(len(c.words) for c in CAPTIONS)])
    for n, image in enumerate(images):
        maps, words = slow(model, image, np.eye(3)[[best[n]]], 0, 0)
        close(result.values[n, best[n]], maps[0])
        kept = slice(first[best[n]], first[best[n] + 1])
        close(result.companions["words"].values[n, kept], words[kept])
        losers = [m for m in range(3) if m != best[n]]
        assert (result.values[n, losers] == 0).all()
        assert all([n, m] in silent for m in losers)
        assert [n, best[n]] not in silent


def test_target_contrast_explains_one_logit_minus_another(model: TwoTowers) -> None:
    images = pictures(2)
    result = Relevance(model, start_layer=0, target=(2, 0))(images, CAPTIONS)
    assert [axis.kind for axis in result.axes] == ["image", "patch"]
    count = [len(c.words) for c in CAPTIONS]
    for n, image in enumerate(images):
        maps, words = slow(model, image, [[-1, 0, 1]], 0, 0)
        close(result.values[n], maps[0])
        close(result.companions["words"].values[n], np.concatenate([words[-count[2] :], words[: count[0]]]))


def test_pairs_leave_the_other_cells_zero(model: TwoTowers) -> None:
    images = pictures(3)
    full = Relevance(model)(images, CAPTIONS)
    some = Relevance(model)(images, CAPTIONS, pairs=[(0, 1), (2, 2), (2, 0)])
    asked = np.zeros((3, 3), bool)
    asked[[0, 2, 2], [1, 2, 0]] = True
    np.testing.assert_allclose(some.values[asked], full.values[asked], rtol=1e-6)
    assert (some.values[~asked] == 0).all()
    assert some.origin is not None
    assert len(some.origin.settings["no_relevance"]) == 6


@pytest.mark.parametrize("start", [-1, "all"])
def test_each_input_goes_forward_once(model: TwoTowers, start: Any) -> None:
    seen = {"image": 0, "text": 0}
    towers = {"image": model.model.vision_model, "text": model.model.text_model}
    handles = []
    for side, tower in towers.items():

        def count(_: Any, args: Any, kwargs: Any, side: str = side) -> None:
            seen[side] += len((*args, *kwargs.values())[0])

        handles.append(tower.register_forward_pre_hook(count, with_kwargs=True))
        for layer in tower.encoder.layers:
            handles.append(layer.register_forward_hook(lambda *_, side=side: seen.update({f"{side} layers": 1})))
    result = Relevance(model, start_layer=start)(pictures(4), CAPTIONS)
    for handle in handles:
        handle.remove()
    assert (seen["image"], seen["text"]) == (4, 3)
    assert result.origin is not None
    assert result.origin.encoder_passes == 7


def test_companions_are_the_models_own_logits_and_probabilities(model: TwoTowers) -> None:
    images = pictures(2)
    result = Relevance(model)(images, CAPTIONS)
    with torch.no_grad():
        outputs = model.model(**model.prepare_images(images), **model.prepare_captions(CAPTIONS))
    logits = outputs.logits_per_image
    own = logits.softmax(1) if model.probability == "softmax" else logits.sigmoid()
    np.testing.assert_allclose(result.companions["logits"].values, logits, rtol=1e-5)
    np.testing.assert_allclose(result.companions["probabilities"].values, own, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(model.logits(images, CAPTIONS).values, logits, rtol=1e-5)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.bfloat16, 0.15), (torch.float16, 0.02)])
@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_half_precision_is_close(model_type: str, dtype: torch.dtype, tolerance: float) -> None:
    exact = Relevance(tiny_model(model_type, torch.float32), start_layer="all")(pictures(2), CAPTIONS)
    half = Relevance(tiny_model(model_type, dtype), start_layer="all")(pictures(2), CAPTIONS)
    assert half.values.dtype == np.float32
    assert np.abs(half.values - exact.values).max() <= tolerance * exact.values.max()
    words = half.companions["words"].values, exact.companions["words"].values
    assert np.abs(words[0] - words[1]).max() <= tolerance * words[1].max()


def test_float16_neither_underflows_nor_overflows() -> None:
    """Gradients ten million times as small as usual: a logit scale of e^-14 gives maps scaled by just that."""
    usual, small = tiny_model("clip", torch.float16), tiny_model("clip", torch.float16)
    with torch.no_grad():
        usual.model.logit_scale.fill_(0.0)
        small.model.logit_scale.fill_(-14.0)
    a = Relevance(usual, start_layer="all")(pictures(1), CAPTIONS).values[..., :]
    b = Relevance(small, start_layer="all")(pictures(1), CAPTIONS).values
    ratio = b[a > 0.2 * a.max()] / a[a > 0.2 * a.max()]
    assert (b > 0).any()
    np.testing.assert_allclose(ratio, np.exp(-14.0), rtol=0.05)


def state(model: TwoTowers) -> Any:
    inner = model.model
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in inner.modules()]
    attention = [inner.config._attn_implementation, inner.config.vision_config._attn_implementation]
    attention.append(inner.config.text_config._attn_implementation)
    weights = [(p.requires_grad, p.grad is None, float(p.detach().sum())) for p in inner.parameters()]
    return hooks, attention, [m.training for m in inner.modules()], weights


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_it_was(model: TwoTowers, fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = model.model
    inner.train()
    inner.vision_model.eval()
    next(inner.parameters()).requires_grad_(False)
    inner.set_attn_implementation({"vision_config": "sdpa", "text_config": "eager"})
    before = state(model)
    try:
        if fails:
            layer = inner.vision_model.encoder.layers[1]
            with monkeypatch.context() as patched:
                patched.setattr(layer.mlp, "forward", lambda _: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    Relevance(model)(pictures(1), CAPTIONS)
        else:
            Relevance(model, start_layer="all")(pictures(1), CAPTIONS)
        assert state(model) == before
    finally:
        inner.eval().requires_grad_(True)
        inner.set_attn_implementation("sdpa")


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 GB")])
def test_goes_on_in_halves_when_memory_runs_out(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model("clip")
    wanted = Relevance(model, start_layer="all")(pictures(5), CAPTIONS)
    sizes = {"image": [], "text": []}

    def limited(side: str, most: int, real: Any) -> Any:
        def trace(items: Any, start: int) -> Any:
            sizes[side].append(len(items))
            if len(items) > most:
                raise error
            return real(items, start)

        return trace

    monkeypatch.setattr(model, "trace_images", limited("image", 2, model.trace_images))
    monkeypatch.setattr(model, "trace_captions", limited("text", 1, model.trace_captions))
    came = Relevance(model, start_layer="all")(pictures(5), CAPTIONS)
    assert sizes["image"] == [5, 2, 2, 1]
    assert sizes["text"] == [3, 1, 1, 1]
    np.testing.assert_allclose(came.values, wanted.values, rtol=1e-6)
    np.testing.assert_allclose(came.companions["words"].values, wanted.companions["words"].values, rtol=1e-6)


def test_captions_are_traced_again_where_they_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model("siglip")
    wanted = Relevance(model, start_layer="all")(pictures(2), CAPTIONS)
    monkeypatch.setattr("saii_widgets.engine.relevance_run.memory_budget", lambda _: 0)
    came = Relevance(model, start_layer="all")(pictures(2), CAPTIONS)
    np.testing.assert_allclose(came.companions["words"].values, wanted.companions["words"].values, rtol=1e-6)
    assert came.origin is not None
    assert came.origin.encoder_passes == 2 + 3 + 3


def test_threads_that_share_a_model_do_not_meet() -> None:
    """One thread explains all layers while another, of the last layer alone, waits to begin."""
    model = tiny_model("clip")
    alone = Relevance(model, start_layer="all")(pictures(1), ["a red truck"])
    begun: list[threading.Thread] = []

    def begin(*_: Any) -> None:
        if not begun:
            begun.append(threading.Thread(target=Relevance(model), args=(pictures(1), ["a red truck"])))
            begun[0].start()
            begun[0].join(0.3)  # long enough to get as far as it can

    handle = model.model.text_model.encoder.layers[0].register_forward_pre_hook(begin)
    both = Relevance(model, start_layer="all")(pictures(1), ["a red truck"])
    handle.remove()
    begun[0].join()
    np.testing.assert_array_equal(both.companions["words"].values, alone.companions["words"].values)


def test_cancelling_stops_and_restores() -> None:
    model = tiny_model("clip")
    before = state(model)

    def stop(*work: Any) -> None:
        if work == (2, 2, "pictures"):
            raise Cancelled

    with pytest.raises(Cancelled):
        Relevance(model, progress=stop)(pictures(2), CAPTIONS)
    assert state(model) == before


def test_pictures_of_several_shapes_are_shown_as_the_model_crops_them() -> None:
    model = tiny_model("clip")
    result = Relevance(model)([*pictures(1, (60, 30)), *pictures(1, (30, 30))], CAPTIONS)
    assert [image.size for image in result.images] == [(30, 30), (30, 30)]
    alone = Relevance(model)(pictures(1, (60, 30)), CAPTIONS)
    boxes = alone.axes[2].boxes
    assert boxes is not None
    np.testing.assert_allclose([boxes[:, 0].min(), boxes[:, 2].max()], [0.25, 0.75], atol=1e-6)


def test_refusals() -> None:
    model = tiny_model("clip")
    with pytest.raises(ModelError, match="0 to 2"):
        Relevance(model, start_layer=3)
    with pytest.raises(ModelError, match="text_start_layer"):
        Relevance(model, start_layer=2)
    with pytest.raises(InputError, match="target"):
        Relevance(model, target="best")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="different captions"):
        Relevance(model, target=(0, 3))(pictures(1), CAPTIONS)
    with pytest.raises(InputError, match="at least one picture"):
        Relevance(model)([], CAPTIONS)
    with pytest.raises(InputError, match="Count both from 0"):
        Relevance(model)(pictures(1), CAPTIONS, pairs=[(1, 0)])
    with pytest.raises(InputError, match="Leave out pairs"):
        Relevance(model, target="max")(pictures(1), CAPTIONS, pairs=[(0, 0)])
    with pytest.raises(ModelError, match="attention can be read"):
        Relevance(print)  # pyright: ignore[reportArgumentType]
    with pytest.raises(CaptionError, match="'sign'"):
        Relevance(model)(pictures(1), ["a red truck near a metal fence and a blue bus under the tree and sign"])
    naflex = tiny_model("siglip2")
    with pytest.raises(ModelError, match="one shape at a time"):
        Relevance(naflex)([*pictures(1, (60, 20)), *pictures(1, (30, 30))], CAPTIONS)
