"""From class logits to an Explanation over (image, class)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin


def class_scores(
    logits: torch.Tensor, images: Sequence[Image.Image], labels: Sequence[str], *, name: str, revision: str
) -> Explanation:
    """Logits (N, C) as an Explanation, with their softmax over the classes as the companion "probabilities"."""
    shown: dict[str, Any] = {
        "axes": (Axis.images([f"image {n + 1}" for n in range(len(images))]), Axis("class", tuple(labels))),
        "origin": Origin.now(
            model=name,
            revision=revision,
            method="logits",
            settings={"probability": "softmax"},
            encoder_passes=len(images),
        ),
        "images": tuple(images),
    }
    exact = logits.double().cpu()
    share = Explanation(exact.softmax(1).numpy(), unit="probability", title="Softmax over classes", **shown)
    return Explanation(exact.numpy(), unit="logit", title="Logits", companions={"probabilities": share}, **shown)
