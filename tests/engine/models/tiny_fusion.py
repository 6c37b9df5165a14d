"""Tiny random fusion models of every family, through their own classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    BlipConfig,
    BlipForImageTextRetrieval,
    BlipForQuestionAnswering,
    ViltConfig,
    ViltForImageAndTextRetrieval,
    ViltForQuestionAnswering,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from transformers.models.vilt.image_processing_pil_vilt import ViltImageProcessorPil

from saii_widgets.engine.models.blip import Blip
from saii_widgets.engine.models.fusion_model import FusionModel
from saii_widgets.engine.models.vilt import Vilt
from tests.engine.tiny_models import BEGIN, END, PAD, tiny_tokenizer

FUSION_MODELS = ("vilt", "vilt answers", "blip", "blip answers")
ANSWERS = {0: "yes", 1: "no", 2: "a fence"}


def tiny_fusion(kind: str, dtype: torch.dtype = torch.float64, seed: int = 0, answer: str | None = None) -> FusionModel:
    """Two layers with two heads; an answering BLIP is asked for "a fence"."""
    model, processor = _transformer(kind, seed).to(dtype).eval(), _processor(kind)
    if kind == "blip answers":
        answer = answer or "a fence"
    ours = Vilt if kind.startswith("vilt") else Blip
    return ours(model, processor, tiny_tokenizer(), name=f"tiny {kind}", answer=answer)


def save_tiny_fusion(kind: str, folder: Path) -> Path:
    """A checkpoint as transformers writes it."""
    _transformer(kind).save_pretrained(folder)
    _processor(kind).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def _processor(kind: str) -> Any:
    if kind.startswith("vilt"):
        return ViltImageProcessorPil(size={"shortest_edge": 24}, size_divisor=8)  # pyright: ignore[reportCallIssue]
    return BlipImageProcessorPil(size={"height": 24, "width": 24})


def _transformer(kind: str, seed: int = 0) -> Any:
    torch.manual_seed(seed)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2}
    words = {"vocab_size": 40, "max_position_embeddings": 16, "pad_token_id": PAD}
    if kind.startswith("vilt"):
        config = ViltConfig(**size, **words, patch_size=8, image_size=24, id2label=ANSWERS)
        config.label2id = {label: k for k, label in ANSWERS.items()}
        model: Any = (ViltForQuestionAnswering if "answers" in kind else ViltForImageAndTextRetrieval)(config)
    else:
        text = (
            size | words | {"bos_token_id": BEGIN, "eos_token_id": END, "sep_token_id": END, "encoder_hidden_size": 16}
        )
        config = BlipConfig(text_config=text, vision_config=size | {"patch_size": 8, "image_size": 24})
        model = (BlipForQuestionAnswering if "answers" in kind else BlipForImageTextRetrieval)(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1 and "LayerNorm" not in name:
                weight.copy_(torch.randn_like(weight) * 0.4)
    return model
