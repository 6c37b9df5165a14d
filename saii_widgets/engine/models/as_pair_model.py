"""`as_pair_model`: whatever a caller names as a model of pairs, as one that can be asked with players taken away."""

from __future__ import annotations

from typing import Any

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder


def as_pair_model(model: Any) -> DualEncoder | CoalitionScorer:
    """A dual encoder or a scorer of pairs as it is, a plain function as a `BlackBox`.

    Raises
    ------
    ModelError
        Anything else; a network of torch or transformers is told how to come in.
    """
    if isinstance(model, DualEncoder | CoalitionScorer):
        return model
    wanted = "a dual encoder, a matcher, or a callable score(images, captions)"
    if hasattr(model, "state_dict"):
        raise ModelError(
            wanted,
            f"a network, {type(model).__name__}",
            "Load its folder with load_model() (CLIP, SigLIP) or load_matcher() (ViLT, BLIP), or pass a function that"
            " takes pictures and captions and returns one score for each pair.",
        )
    if not callable(model) or isinstance(model, type):
        came = model.__name__ if isinstance(model, type) else type(model).__name__
        raise ModelError(wanted, came, "Load one with load_model() or load_matcher(), or pass BlackBox(your_function).")
    return BlackBox(model)
