"""What each layer of the two towers holds of pictures and captions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.attention import reading
from saii_widgets.engine.models.trace import Tower
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pairing import as_captions
from saii_widgets.engine.runtime import in_batches

T = TypeVar("T")
Floats = NDArray[np.float64]


def layer_embeddings(
    model: TwoTowers, images: Sequence[Image.Image], captions: Sequence[Caption | str]
) -> dict[str, tuple[Floats, Floats]]:
    """The hidden states of both towers, a pair of layers at the same depth each, and the embeddings at the end.

    Parameters
    ----------
    model : TwoTowers
    images, captions : sequences of N and M

    Returns
    -------
    dict of str to (float64 array (N, width), float64 array (M, width))
        "image layer 1, text layer 1" and so on, then "embedding": what `InformationDecomposition.of_layers` takes where
        picture k and caption k are one sample. A layer's state is that of the token that the embedding is read from; of
        a tower without one, the mean over its patches. Where the towers differ in depth, each layer of the deeper one
        goes with the layer of the other that ends nearest above it.

    Raises
    ------
    ModelError
        No pictures or no captions.
    """
    if not images or not captions:
        raise ModelError("pictures and captions", f"{len(images)} and {len(captions)}", "Give one of each at least.")
    pictures = _states(model, model.image_tower, model.prepare_images, list(images), side="image")
    texts = _states(model, model.text_tower, model.prepare_captions, as_captions(captions), side="text")
    n, m = len(pictures) - 1, len(texts) - 1
    deeper = max(n, m)
    found = {}
    for k in range(1, deeper + 1):
        i, j = (-(-k * depth // deeper) for depth in (n, m))
        found[f"image layer {i}, text layer {j}"] = (pictures[i - 1], texts[j - 1])
    return {**found, "embedding": (pictures[-1], texts[-1])}


def _states(
    model: TwoTowers, tower: Tower, prepare: Callable[[Sequence[T]], Mapping[str, Tensor]], items: list[T], *, side: Any
) -> list[Floats]:
    """(items, width) of each layer, and last of the embedding."""

    def work(batch: range) -> list[Tensor]:
        return _pass(model, tower, prepare(items[batch.start : batch.stop]))

    bytes_each = model.trace_bytes(0, side=side)[0]
    parts = list(in_batches(len(items), work, device=model.device, bytes_each=bytes_each))
    return [torch.cat([part[k] for part in parts]).double().cpu().numpy() for k in range(len(parts[0]))]


def _pass(model: TwoTowers, tower: Tower, inputs: Mapping[str, Tensor]) -> list[Tensor]:
    kept: list[Tensor] = []
    row = tower.readout(inputs) if tower.readout else None
    real = inputs.get("pixel_attention_mask")

    def keep(_: Any, __: Any, output: Any) -> None:
        hidden = output[0] if isinstance(output, tuple) else output  # (n, t, width)
        if row is not None:
            kept.append(hidden[torch.arange(len(hidden), device=hidden.device), row])
            return
        weight = torch.ones(hidden.shape[:2], device=hidden.device) if real is None else real.to(hidden.device)
        weight = weight.to(hidden.dtype)[..., None]
        kept.append((hidden * weight).sum(1) / weight.sum(1))

    with torch.no_grad(), reading(model.model, {}), ExitStack() as stack:
        for layer in tower.layers:
            stack.callback(layer.register_forward_hook(keep).remove)
        embedding = tower.encode(inputs)
    return [*kept, embedding]
