"""A dual encoder with a list of captions as a classifier: the classes are what is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.errors import ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.attention import reading
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pairing import logits_of


def caption_classifier(
    model: TwoTowers, captions: Sequence[Caption | str], labels: Sequence[str] | None = None
) -> Classifier:
    """Which of some captions a picture goes with, as a classifier whose layers can be read.

    So the pictures of a stepwise study can be explained by concepts too, beside their maps.

    Parameters
    ----------
    model : TwoTowers
        From `load_model`.
    captions : sequence of Caption or str
        One a class; two or more.
    labels : sequence of str, optional
        Short names of the classes; by default the captions themselves.

    Raises
    ------
    ModelError
        Fewer than two captions, or a model that takes more than pixels (SigLIP 2 with pictures of any shape).

    Source
    ------
    The logits are those of `model.logits`: `test_caption_classifier.py::test_logits_are_the_model_s`.
    """
    texts = [caption if isinstance(caption, str) else caption.text for caption in captions]
    if len(texts) < 2:
        raise ModelError("two captions or more", str(len(texts)), "A class shows only beside another.")
    inputs = model.prepare_images([Image.new("RGB", (64, 64))])
    if set(inputs) != {"pixel_values"}:
        raise ModelError(
            "a dual encoder whose image tower takes pixels alone",
            f"{model.name}, which takes {', '.join(sorted(inputs))}",
            "Take a CLIP, a SigLIP, or a SigLIP 2 of fixed resolution.",
        )

    def preprocess(images: list[Image.Image]) -> Tensor:
        return model.prepare_images(images)["pixel_values"]

    return Classifier.from_module(
        _AgainstCaptions(model, model.embed_captions(texts)).eval(),
        preprocess,
        labels or texts,
        name=f"{model.name} with {len(texts)} captions",
        revision=model.revision,
    )


class _AgainstCaptions(nn.Module):
    """Pixels to logits against fixed captions."""

    captions: Tensor

    def __init__(self, model: TwoTowers, captions: Tensor) -> None:
        super().__init__()
        self.vision: Any = model.model.vision_model  # so that its layers are found, and hooks on them are called
        self.config = model.model.config.vision_config
        self._read: Any = model
        self.register_buffer("captions", captions.detach(), persistent=False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        with reading(self._read.model, {}):
            embedding = self._read.image_tower.encode({"pixel_values": pixel_values})
        return logits_of(self._read, nn.functional.normalize(embedding, dim=-1), self.captions)
