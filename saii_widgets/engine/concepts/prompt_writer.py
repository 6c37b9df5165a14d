"""Texts by a language model of transformers that is told the facts in a prompt."""

from __future__ import annotations

import re
from typing import Any, Final

import torch
from PIL import Image
from transformers import AutoModelForSeq2SeqLM, BlipForConditionalGeneration, GenerationConfig
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from saii_widgets.engine.concepts.sentences import CLASS, Said, compose, join
from saii_widgets.engine.models.checkpoint import open_checkpoint

_LONGEST: Final = 160  # new tokens
_TASK: Final = "Tell why the picture is or is not taken for the class, in exactly this form: "
_EXAMPLE: Final = (
    "This is taken for a car. What speaks for it most is wheel 2 (9/10) at the bottom, followed by window 4 (3/10) "
    "above wheel 2. Nothing that was found speaks against it. The facts: "
)


class PromptWriter:
    """An encoder-decoder of the T5 kind, or a BLIP, which also sees the picture.

    It reads the facts as words. What it makes of them is checked like any other text; where a model doesn't keep to
    them, little of what it writes is left.

    Parameters
    ----------
    name : str
        A folder in transformers' format or a name on the hub; weights as safetensors, and no code.
    offline : bool, optional
        Ask no hub.

    Raises
    ------
    ModelError
        Unknown, damaged, or of another kind.
    """

    def __init__(self, name: str, *, offline: bool | None = None) -> None:
        checkpoint = open_checkpoint(name, offline=offline)
        self.about = f"{checkpoint.name} {checkpoint.revision}".strip()
        sees = checkpoint.model_type == "blip"
        kind: Any = BlipForConditionalGeneration if sees else AutoModelForSeq2SeqLM
        self.model: Any = checkpoint.weights(kind, torch.float32)
        self.tokenizer: Any = checkpoint.tokenizer()
        self.processor = checkpoint.image_processor(BlipImageProcessorPil) if sees else None

    @torch.no_grad()
    def write(self, said: Said, class_name: str, picture: Image.Image | None) -> list[str]:
        """Tokens of its text, as `sentences.parse` reads them."""
        asked = self.tokenizer(_TASK + _EXAMPLE + join(compose(said), class_name), return_tensors="pt")
        inputs = {name: asked[name] for name in ("input_ids", "attention_mask")}
        if self.processor is not None and picture is not None:
            inputs |= self.processor(picture.convert("RGB"), return_tensors="pt")
        settings = GenerationConfig(**{**self.model.generation_config.to_diff_dict(), "max_new_tokens": _LONGEST})
        (row,) = self.model.generate(**inputs, generation_config=settings)
        return tokens_of(self.tokenizer.decode(row, skip_special_tokens=True), class_name)


def tokens_of(text: str, class_name: str) -> list[str]:
    """Running text as tokens: marks apart, and the class with its article as one."""
    marked = re.sub(rf"\ban? {re.escape(class_name)}(?!\w)", CLASS, text)
    return re.sub(r"([.,])(?=\s|$)", r" \1", marked).split()
