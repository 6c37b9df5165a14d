"""The word-level tokenizer of the embedded models: one token a word of the caption grammar."""

from __future__ import annotations

from typing import Final

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from saii_widgets.data.scenes.captions import vocabulary

#: 2 is left to <mask>: as an end-of-text id it would switch CLIP to its legacy pooling.
PAD, UNKNOWN, BEGIN, END = 0, 1, 3, 4
SPECIALS: Final = ("<pad>", "<unk>", "<mask>", "<bos>", "<eos>")
MAX_TOKENS: Final = 40


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Tokenizer over :func:`~saii_widgets.data.scenes.captions.vocabulary`, as CLIPProcessor saves and loads it."""
    words = [*SPECIALS, *vocabulary()]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", special_tokens=[("<bos>", BEGIN), ("<eos>", END)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=MAX_TOKENS,
    )
