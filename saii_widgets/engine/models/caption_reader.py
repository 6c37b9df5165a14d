"""Captions as a model reads them: tokens, the characters that each stands for, and the words that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from saii_widgets.core.errors import CaptionError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.word_tokens import spans_of_pieces, words_at


class CaptionReader:
    """What a tokenizer makes of captions, for a model that reads at most `max_tokens`.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerBase
    max_tokens : int
    name : str
        Of the model, for errors.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, max_tokens: int, name: str) -> None:
        self.tokenizer, self.max_tokens, self.name = tokenizer, max_tokens, name

    def token_ids(self, text: str) -> list[int]:
        """Tokens of a text, special ones too, never cut."""
        return self._tokens(text)[0]

    def token_spans(self, caption: Caption) -> tuple[tuple[int, int], ...]:
        """For each token of the caption, its characters; an empty span for special tokens."""
        return tuple(self._tokens(caption.text)[1])

    def token_words(self, caption: Caption) -> tuple[int, ...]:
        """For each token of the caption, the index of its word, or -1 (special tokens, punctuation)."""
        return words_at(caption, self._tokens(caption.text)[1])

    def check(self, caption: Caption) -> None:
        """Refuse a caption of more tokens than the model reads.

        Raises
        ------
        CaptionError
            Names the words that would fall off.
        """
        ids, spans = self._tokens(caption.text)
        if len(ids) <= self.max_tokens:
            return
        closing = next((k for k, (start, end) in enumerate(reversed(spans)) if start < end), 0)
        words = words_at(caption, spans)
        lost = sorted({w for w in words[self.max_tokens - closing : len(ids) - closing] if w >= 0})
        named = ", ".join(repr(caption.words[k].text) for k in lost)
        raise CaptionError(
            f"a caption of at most {self.max_tokens} tokens, which is what {self.name} reads",
            f"{len(ids)} tokens; the words that fall off are {named or 'none, only punctuation'}",
            "Shorten the caption, or split it in two.",
        )

    def unknown_words(self, caption: Caption) -> tuple[str, ...]:
        """Words that have a token the tokenizer does not know; the model reads these all alike."""
        unknown = self.tokenizer.unk_token_id
        if unknown is None or unknown == self.tokenizer.eos_token_id:
            return ()
        ids, spans = self._tokens(caption.text)
        words = words_at(caption, spans)
        hit = sorted({w for w, i in zip(words, ids, strict=True) if w >= 0 and i == unknown})
        return tuple(caption.words[k].text for k in hit)

    def _padded(self, rows: Sequence[Sequence[int]], length: int) -> dict[str, Tensor]:
        """Token ids (k, length), padded on the right, and which of them are real."""
        padding: Any = self.tokenizer.pad_token_id or 0
        ids = torch.full((len(rows), length), padding)
        mask = torch.zeros_like(ids)
        for k, row in enumerate(rows):
            ids[k, : len(row)] = torch.tensor(row)
            mask[k, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def _tokens(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids with special tokens, never cut, and their spans of characters."""
        if self.tokenizer.is_fast:
            coded = self.tokenizer(text, return_offsets_mapping=True, truncation=False, verbose=False)
            return list(coded["input_ids"]), [tuple(span) for span in coded["offset_mapping"]]
        ids = list(self.tokenizer(text, truncation=False, verbose=False)["input_ids"])
        special = set(self.tokenizer.all_special_ids)
        pieces = [None if i in special else str(self.tokenizer.convert_ids_to_tokens(i)) for i in ids]
        return ids, spans_of_pieces(text, pieces)
