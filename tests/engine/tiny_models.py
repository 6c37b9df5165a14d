"""Tiny random models of every family, through their own classes; and a tokenizer that knows some words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    CLIPConfig,
    CLIPModel,
    PreTrainedTokenizerFast,
    Siglip2Config,
    Siglip2Model,
    SiglipConfig,
    SiglipModel,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil

from saii_widgets.engine.models import find_families
from saii_widgets.engine.models.two_towers import TwoTowers

WORDS = [
    "a",
    "the",
    "red",
    "blue",
    "truck",
    "bus",
    "near",
    "metal",
    "fence",
    "road",
    "sign",
    "tree",
    "sky",
    "light",
    "under",
    "and",
]
PAD, UNKNOWN, BEGIN, END = 0, 1, 3, 4  # 2 would switch CLIP to its legacy read-out
MODEL_TYPES = sorted(find_families())
_IMAGE_PROCESSORS: dict[str, Any] = {
    "clip": lambda: CLIPImageProcessorPil(size={"shortest_edge": 24}, crop_size={"height": 24, "width": 24}),
    "siglip": lambda: SiglipImageProcessorPil(size={"height": 24, "width": 24}),
    "siglip2": lambda: Siglip2ImageProcessorPil(patch_size=8, max_num_patches=12),
}


def tiny_model(model_type: str, dtype: torch.dtype = torch.float64, seed: int = 0) -> TwoTowers:
    """Three picture layers and two text layers with two heads; weights large enough for uneven attention."""
    ours = find_families()[model_type][0]
    model = tiny_transformer(model_type, seed).to(dtype).eval()
    return ours(model, _IMAGE_PROCESSORS[model_type](), tiny_tokenizer(model_type), name=f"tiny {model_type}")


def tiny_transformer(model_type: str, seed: int = 0) -> Any:
    """The transformers model, float32."""
    torch.manual_seed(seed)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    text = size | {"num_hidden_layers": 2, "vocab_size": 40, "max_position_embeddings": 16}
    text |= {"bos_token_id": BEGIN, "eos_token_id": END, "pad_token_id": PAD, "projection_size": 16}
    vision: dict[str, Any] = size | {"num_hidden_layers": 3, "patch_size": 8, "image_size": 24}
    if model_type == "clip":
        model: Any = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=12))
    elif model_type == "siglip":
        model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision))
    else:
        vision["num_patches"] = 16
        model = Siglip2Model(Siglip2Config(text_config=text, vision_config=vision))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.copy_(torch.randn_like(weight) * 0.4)
            elif name == "logit_scale":
                weight.fill_(2.0)
            elif name == "logit_bias":
                weight.fill_(-1.5)
    return model


def tiny_tokenizer(model_type: str = "clip") -> PreTrainedTokenizerFast:
    """One token a word; unknown words and punctuation are <unk>. SigLIP's has no token to begin with."""
    vocabulary = {"<pad>": PAD, "<unk>": UNKNOWN, "<bos>": BEGIN, "<eos>": END}
    vocabulary |= {word: 5 + k for k, word in enumerate(WORDS)}
    tokenizer: Any = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    begin = "<bos> " if model_type == "clip" else ""
    special = [("<bos>", BEGIN), ("<eos>", END)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin}$A <eos>", special_tokens=special)
    names = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
    inputs = ["input_ids"] if model_type == "siglip" else ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=16, model_input_names=inputs, **names)


def save_tiny(model_type: str, folder: Path) -> Path:
    """A checkpoint as transformers writes it."""
    tiny_transformer(model_type).save_pretrained(folder)
    _IMAGE_PROCESSORS[model_type]().save_pretrained(folder)
    tiny_tokenizer(model_type).save_pretrained(folder)
    return folder


def pictures(n: int, size: tuple[int, int] = (40, 30), seed: int = 0) -> list[Image.Image]:
    """Noise in coarse blocks, (width, height)."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (n, 5, 5, 3), dtype=np.uint8)
    return [Image.fromarray(x).resize(size, Image.Resampling.BICUBIC) for x in coarse]
