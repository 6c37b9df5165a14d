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


def random_pictures(n: int, seed: int = 0) -> list[Image.Image]:
    """Noise, 224 x 224."""
    noise = np.random.default_rng(seed).integers(0, 256, (n, 224, 224, 3), dtype=np.uint8)
    return [Image.fromarray(x) for x in noise]


def random_captions(m: int, seed: int = 0) -> list[str]:
    """Eight to twenty words each."""
    rng = Random(seed)
    return [" ".join(rng.choices(_WORDS, k=rng.randint(8, 20))) for _ in range(m)]


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
