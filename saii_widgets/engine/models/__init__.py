"""Image-text models, one family a file; `load_model` finds the family that a checkpoint belongs to."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.checkpoint import Checkpoint, open_checkpoint
from saii_widgets.engine.models.familiarity import Familiarity
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.runtime import Precision, pick_device, pick_precision


def declared(name: str) -> dict[str, Any]:
    """What the files of this folder hold under a name, all of it in one dict."""
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{info.name}"), name, {})
    return found


@cache
def find_families() -> dict[str, tuple[type[TwoTowers], Any, Any]]:
    """All families that this folder holds.

    Returns
    -------
    dict of str to tuple
        transformers' `model_type` -> our class, transformers' model class and image processor class, from each file
        that has a `MODEL_TYPES`.
    """
    return declared("MODEL_TYPES")


def load_model(
    name: str | Path = "embedded",
    *,
    device: str = "auto",
    precision: str = "float32",
    offline: bool | None = None,
) -> TwoTowers:
    """Load an image-text model.

    Parameters
    ----------
    name : str or Path
        "embedded" (ships with the package), a folder in transformers' format, or a name on the Hugging Face hub.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    precision : {"float32", "bfloat16", "float16"}
        Number format of weights and activations.
    offline : bool, optional
        Ask no hub; by default what HF_HUB_OFFLINE says.

    Returns
    -------
    TwoTowers
        A dual encoder, in evaluation mode.

    Raises
    ------
    ModelError
        Unknown name, no network, no dual encoder, weights that are missing, damaged, a pickle, or not those of the
        checksum. Only safetensors are read, and never code.
    """
    target, wanted = pick_device(device), pick_precision(precision)
    checkpoint = open_checkpoint(str(name), offline=offline)
    families = find_families()
    if checkpoint.model_type not in families:
        raise ModelError(
            "a dual encoder (one tower for pictures, one for captions)",
            f"{checkpoint.name}, whose config.json says model_type {checkpoint.model_type!r}",
            f"These model types are served: {', '.join(sorted(families))}. A matcher is loaded with load_matcher().",
        )
    return _build(checkpoint, families[checkpoint.model_type], target, wanted)


def _build(
    checkpoint: Checkpoint, family: tuple[type[TwoTowers], Any, Any], device: Any, precision: Precision
) -> TwoTowers:
    ours, model_class, processor_class = family
    model = checkpoint.weights(model_class, precision.dtype).to(device)
    return ours(
        model,
        checkpoint.image_processor(processor_class),
        checkpoint.tokenizer(),
        name=checkpoint.name,
        revision=checkpoint.revision,
        familiarity=Familiarity.load(checkpoint.folder, device),
    )
