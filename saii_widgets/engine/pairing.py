"""From embeddings to logits and probabilities over (image, caption) (MATH.md 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import DualEncoder


def as_captions(captions: Sequence[Caption | str]) -> list[Caption]:
    """Captions, with plain sentences parsed."""
    return [Caption.parse(c) if isinstance(c, str) else c for c in captions]


def unit(embedding: Tensor) -> Tensor:
    """Embeddings at unit length, in float32 or better."""
    exact = embedding.to(torch.promote_types(embedding.dtype, torch.float32))
    return exact / exact.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(exact.dtype).tiny)


def logits_of(model: DualEncoder, v: Tensor, u: Tensor) -> Tensor:
    """Logits (N, M) of unit embeddings (N, d) and (M, d)."""
    return v @ u.T * model.scale + model.bias


def probabilities_of(model: DualEncoder, logits: Tensor) -> Tensor:
    """The model's own probabilities for logits (N, M): softmax over captions, or sigmoid of each cell."""
    return logits.softmax(1) if model.probability == "softmax" else logits.sigmoid()


def pairing(
    model: DualEncoder,
    logits: Tensor,
    images: Sequence[Image.Image],
    captions: Sequence[Caption],
    passes: int,
    names: Sequence[str] | None = None,
) -> Explanation:
    """Logits (N, M) as an Explanation, with the model's own probabilities as the companion "probabilities".

    Pictures without `names` are numbered.
    """
    shown: dict[str, Any] = {
        "axes": (Axis.images(names or [f"image {n + 1}" for n in range(len(images))]), Axis.captions(captions)),
        "origin": Origin.now(
            model=model.name,
            revision=model.revision,
            method="logits",
            settings={"probability": model.probability},
            encoder_passes=passes,
        ),
        "images": tuple(images),
        "captions": tuple(captions),
    }
    exact = logits.detach().double().cpu()
    share = probabilities_of(model, exact)
    title = "Softmax over captions" if model.probability == "softmax" else "Sigmoid of each pair"
    probabilities = Explanation(share.numpy(), unit="probability", title=title, **shown)
    return Explanation(
        exact.numpy(), unit="logit", title="Logits", companions={"probabilities": probabilities}, **shown
    )
