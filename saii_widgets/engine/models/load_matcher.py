"""`load_matcher`: a fusion model by name, folder or "embedded"."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models import declared
from saii_widgets.engine.models.checkpoint import open_checkpoint
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.runtime import pick_device, pick_precision

EMBEDDED_MATCHER: Final = Path(__file__).parent / "embedded" / "vilt"


@cache
def find_fusion_families() -> dict[str, tuple[type[FusionModel], dict[str, Any], Any]]:
    """All families of fusion models that the folder holds.

    Returns
    -------
    dict of str to tuple
        transformers' `model_type` -> our class, transformers' model classes by the name that config.json calls its
        architecture, and the image processor's class, from each file that has `FUSION_TYPES`.
    """
    return declared("FUSION_TYPES")


def load_matcher(
    name: str | Path = "embedded",
    *,
    answer: str | None = None,
    device: str = "auto",
    precision: str = "float32",
    offline: bool | None = None,
) -> FusionModel:
    """Load a model that reads a picture and a caption together: image-text matching, or question answering.

    Parameters
    ----------
    name : str or Path
        "embedded" (a small ViLT matcher that ships with the package), a folder in transformers' format, or a name on
        the Hugging Face hub.
    answer : str, optional
        Of a model that answers questions: the answer whose score is explained. Captions are the questions then.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    precision : {"float32", "bfloat16", "float16"}
        Number format of weights and activations.
    offline : bool, optional
        Ask no hub; by default what HF_HUB_OFFLINE says.

    Returns
    -------
    FusionModel

    Raises
    ------
    ModelError
        Unknown name, no network, no fusion model, weights that are missing, damaged, a pickle, or not those of the
        checksum; an answer that the model can't give.
    """
    target, wanted = pick_device(device), pick_precision(precision)
    embedded = str(name) == "embedded"
    if embedded and not EMBEDDED_MATCHER.is_dir():
        raise ModelError(
            "the embedded matcher", f"a package without its files ({EMBEDDED_MATCHER})", "Install the package anew."
        )
    checkpoint = open_checkpoint(str(EMBEDDED_MATCHER if embedded else name), offline=offline)
    families = find_fusion_families()
    asked = json.loads((checkpoint.folder / "config.json").read_text(encoding="utf-8")).get("architectures") or [""]
    ours, classes, processor_class = families.get(checkpoint.model_type, (None, {}, None))
    if ours is None or asked[0] not in classes:
        served = ", ".join(sorted(name for _, known, _ in families.values() for name in known))
        raise ModelError(
            "a model that reads a picture and a caption together",
            f"{checkpoint.name}, whose config.json says {asked[0] or checkpoint.model_type!r}",
            f"These are served: {served}. A dual encoder such as CLIP is loaded with load_model().",
        )
    model: Any = checkpoint.weights(classes[asked[0]], wanted.dtype)
    return ours(
        model.to(target),
        checkpoint.image_processor(processor_class),
        checkpoint.tokenizer(),
        name="embedded matcher" if embedded else checkpoint.name,
        revision=checkpoint.revision,
        answer=answer,
    )
