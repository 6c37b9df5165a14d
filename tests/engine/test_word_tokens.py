"""Tokens to words: pieces, phrases, emoji, other scripts, and captions that are too long."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from saii_widgets.core.errors import CaptionError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.word_tokens import spans_of_pieces, words_at
from tests.engine.tiny_models import tiny_model


def byte_pieces() -> PreTrainedTokenizerFast:
    """A byte-level tokenizer in the manner of CLIP's: lower case, pieces that end in </w>."""
    tokenizer: Any = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>", unk_token="<eos>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(" ", "removed"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<bos>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(["a red truck near a metal fence", "the fences"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", special_tokens=[("<bos>", 0), ("<eos>", 1)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>", unk_token="<eos>")


def aligned(text: str) -> dict[str, set[str]]:
    """Each word, and what of the text its tokens cover."""
    tokenizer = byte_pieces()
    coded = tokenizer(text, return_offsets_mapping=True)
    caption = Caption.parse(text, Lexicon.traffic())
    found: dict[str, set[str]] = {word.text: set() for word in caption.words}
    for (start, end), word in zip(coded["offset_mapping"], words_at(caption, coded["offset_mapping"]), strict=True):
        if word >= 0:
            found[caption.words[word].text].add(text[start:end].strip())
    return found


def test_every_piece_of_a_phrase_belongs_to_the_phrase() -> None:
    found = aligned("A red truck, near a metal fence.")
    assert "".join(sorted(found["metal fence"], key="metal fence".find)) == "metalfence"
    assert "," not in set().union(*found.values())


@pytest.mark.parametrize("text", ["a 🚒 near the wall", "красный грузовик near a 柵", "ein rötlicher Lkw"])
def test_emoji_and_other_scripts_get_tokens(text: str) -> None:
    found = aligned(text)
    assert all(found.values())
    for word, pieces in found.items():
        assert all(piece in word for piece in pieces)


def test_special_tokens_and_punctuation_belong_to_no_word() -> None:
    caption = Caption.parse("red, truck")
    assert words_at(caption, [(0, 0), (0, 3), (3, 4), (5, 10), (0, 0)]) == (-1, 0, -1, 1, -1)


def test_spans_are_found_again_where_a_tokenizer_gives_none() -> None:
    pieces = ["▁a", "▁red", "▁tru", "ck", None]
    assert spans_of_pieces("A red, Truck!", pieces) == [(0, 1), (2, 5), (7, 10), (10, 12), (0, 0)]


def test_padding_does_not_move_words() -> None:
    model = tiny_model("clip")
    long, short = Caption.parse("a red truck near the fence"), Caption.parse("blue bus")
    together = model.trace_captions([long, short], 0)
    alone = model.trace_captions([short], 0)
    assert together.readout is not None
    assert together.readout.tolist() == [7, 3]
    assert model.token_words(short) == (-1, 0, 1, -1)
    torch.testing.assert_close(together.attentions[0][1, :, :4, :4], alone.attentions[0][0])


def test_a_caption_that_is_too_long_names_the_words_that_fall_off() -> None:
    model = tiny_model("clip")  # 16 tokens, two of them special
    fits = Caption.parse("a red truck near a metal fence and a blue bus under the tree")
    model.check(fits)
    with pytest.raises(CaptionError, match=r"16 tokens.*'light', 'sky'\. Shorten"):
        model.check(Caption.parse(fits.text + " light, sky"))
    with pytest.raises(CaptionError, match="'sky'"):
        model.embed_captions([fits.text + " sky"])
    siglip = tiny_model("siglip")  # one special token
    siglip.check(Caption.parse(fits.text + " sky"))
    with pytest.raises(CaptionError, match="'sky'"):
        siglip.check(Caption.parse(fits.text + " light sky"))
