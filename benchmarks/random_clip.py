"""A CLIP of the size of ViT-B/32 with random weights, pictures and captions: speed does not depend on their values."""

from __future__ import annotations

from random import Random
from typing import Final

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from saii_widgets.engine.models.clip import Clip

_WORDS: Final = [
    "red",
    "blue",
    "white",
    "truck",
    "bus",
    "car",
    "van",
    "fence",
    "road",
    "sign",
    "tree",
    "sky",
    "marking",
    "light",
    "wall",
    "house",
    "rain",
    "near",
    "under",
]
_PAD, _BEGIN, _END, _VOCABULARY = 0, 49406, 49407, 49408


def random_clip(seed: int = 0) -> Clip:
    """ViT-B/32 and its text tower, 151 million weights, on the CPU."""
    torch.manual_seed(seed)
    special = {"bos_token_id": _BEGIN, "eos_token_id": _END, "pad_token_id": _PAD}
    model = CLIPModel(CLIPConfig(text_config={"vocab_size": _VOCABULARY, **special}, vision_config={})).eval()
    return Clip(model, CLIPImageProcessorPil(), _tokenizer(), name="random ViT-B/32")


def small_random_clip(rows: int = 7, seed: int = 0) -> Clip:
    """Four layers of width 128, rows x rows patches, weights large enough that parts of a picture interact."""
    torch.manual_seed(seed)
    tower = {"hidden_size": 128, "intermediate_size": 512, "num_attention_heads": 4, "num_hidden_layers": 4}
    special = {"bos_token_id": _BEGIN, "eos_token_id": _END, "pad_token_id": _PAD}
    vision = {**tower, "patch_size": 16, "image_size": 16 * rows}
    config = CLIPConfig(text_config={**tower, "vocab_size": _VOCABULARY, **special}, vision_config=vision)
    model = CLIPModel(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.mul_(4)
    size = {"height": 16 * rows, "width": 16 * rows}
    processor = CLIPImageProcessorPil(size={"shortest_edge": 16 * rows}, crop_size=size)
    return Clip(model, processor, _tokenizer(), name="small random CLIP")


def random_pictures(n: int, seed: int = 0, side: int = 224) -> list[Image.Image]:
    """Noise, 224 x 224."""
    noise = np.random.default_rng(seed).integers(0, 256, (n, side, side, 3), dtype=np.uint8)
    return [Image.fromarray(x) for x in noise]


def random_captions(m: int, seed: int = 0, words: int | None = None) -> list[str]:
    """Eight to twenty words each, or a given number."""
    rng = Random(seed)
    return [" ".join(rng.choices(_WORDS, k=words or rng.randint(8, 20))) for _ in range(m)]


def _tokenizer() -> PreTrainedTokenizerFast:
    vocabulary = {"<pad>": _PAD, "<unk>": 1, "<bos>": _BEGIN, "<eos>": _END}
    vocabulary |= {word: 2 + k for k, word in enumerate(_WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.post_processor = processors.TemplateProcessing(  # pyright: ignore[reportAttributeAccessIssue]
        single="<bos> $A <eos>", special_tokens=[("<bos>", _BEGIN), ("<eos>", _END)]
    )
    names = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=77, **names)
