"""`load_classifier`: an image classifier by name, folder or "embedded"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image
from torch import Tensor
from transformers import AutoImageProcessor, AutoModelForImageClassification
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as _SERVED

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.models.checkpoint import open_checkpoint
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.engine.runtime import pick_device, pick_precision

EMBEDDED_CLASSIFIER: Final = Path(__file__).parent / "embedded" / "vehicles"


class PreparedByProcessor:
    """Pictures to pixels by the image processor of a checkpoint."""

    def __init__(self, image_processor: Any) -> None:
        self.image_processor = image_processor

    def __call__(self, images: list[Image.Image]) -> Tensor:
        """Pixels (n, 3, height, width)."""
        prepared: Mapping[str, Tensor] = self.image_processor(images, return_tensors="pt")
        return prepared["pixel_values"]


def load_classifier(
    name: str | Path = "embedded",
    *,
    device: str = "auto",
    precision: str = "float32",
    offline: bool | None = None,
) -> Classifier:
    """Load an image classifier.

    Parameters
    ----------
    name : str or Path
        "embedded" (tells drawn vehicles apart; ships with the package), a folder in transformers' format, or a name on
        the Hugging Face hub.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.
    precision : {"float32", "bfloat16", "float16"}
        Number format of weights and activations.
    offline : bool, optional
        Ask no hub; by default what HF_HUB_OFFLINE says.

    Returns
    -------
    Classifier
        In evaluation mode.

    Raises
    ------
    ModelError
        Unknown name, no network, no image classifier, weights that are missing, damaged, a pickle, or not those of the
        checksum. Only safetensors are read, and never code.
    """
    target = pick_device(device)
    wanted = pick_precision(precision)
    embedded = str(name) == "embedded"
    if embedded and not EMBEDDED_CLASSIFIER.is_dir():
        raise ModelError(
            "the embedded classifier", f"a package without its files ({EMBEDDED_CLASSIFIER})", "Install it anew."
        )
    checkpoint = open_checkpoint(str(EMBEDDED_CLASSIFIER if embedded else name), offline=offline)
    config = json.loads((checkpoint.folder / "config.json").read_text(encoding="utf-8"))
    made_as = (config.get("architectures") or ["ForImageClassification"])[0]
    if "ImageClassification" not in made_as or checkpoint.model_type not in _SERVED:
        some = "resnet, convnext, convnextv2, vit, deit, swin, dinov2, beit, efficientnet, mobilenet_v2"
        raise ModelError(
            "an image classifier",
            f"{checkpoint.name}, whose config.json says {made_as!r} of model_type {checkpoint.model_type!r}",
            f"All that AutoModelForImageClassification knows are served: {some}, ...",
        )
    model: Any = checkpoint.weights(AutoModelForImageClassification, wanted.dtype)
    return Classifier(
        model.to(target),
        PreparedByProcessor(checkpoint.image_processor(AutoImageProcessor)),
        [str(model.config.id2label[k]) for k in range(model.config.num_labels)],
        name="embedded classifier" if embedded else checkpoint.name,
        revision=checkpoint.revision,
    )
