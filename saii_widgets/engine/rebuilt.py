"""The explainer that made an explanation, built again from what its origin says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.explainers.interactions import Interactions
from saii_widgets.engine.explainers.relevance import Relevance

Make = Callable[[Any], Callable[[Any, Any], Explanation]]
"""Takes a model and returns an explainer, which takes a list of pictures and a list of captions."""


def maskings_of(explanation: Explanation) -> tuple[str, str] | None:
    """How players of the picture and of the caption were taken away, (image, caption); None where it does not say."""
    said = explanation.origin.masking if explanation.origin is not None else None
    if not said:
        return None
    image, caption = (part.rpartition(": ")[2] for part in said.split(", "))
    return image, caption


def rebuilt(explanation: Explanation) -> Make | None:
    """How to make such an explanation; None where its origin does not tell.

    Interactions are made with the least budget: the same coalitions are drawn each time, so that two of them can be
    compared, though neither is precise.
    """
    origin = explanation.origin
    if origin is None:
        return None
    said = origin.settings
    if origin.method.startswith("Relevance (") and said.get("target") == "pair":
        return lambda model: Relevance(
            model, start_layer=said["start_layer"], text_start_layer=said["text_start_layer"]
        )
    if not origin.method.startswith("Interactions (") or any(name.startswith("given") for name in said["players"]):
        return None

    def make(model: Any) -> Callable[[Any, Any], Explanation]:
        explainer = Interactions(
            model,
            index=said["index"],
            p=said["p"] if said["index"] == "banzhaf" else 0.5,
            players=tuple(said["players"]),
            masking=maskings_of(explanation),
            seed=origin.seed or 0,
        )
        return lambda images, captions: next(explainer.refine(images, captions))

    return make
