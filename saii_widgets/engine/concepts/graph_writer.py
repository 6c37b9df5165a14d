"""An encoder-decoder that reads the told concepts and their graph, and writes the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import GenerationConfig, T5Config, T5ForConditionalGeneration

from saii_widgets.engine.concepts.sentences import TENTHS, TOKENS
from saii_widgets.engine.concepts.telling import PLACES, RELATION_WORDS, Telling, place_number, relation_number

MOST_TOLD: Final = 6
_PAD, _END = "<pad>", "<end>"
_LONGEST: Final = 120  # tokens; six concepts with names of three words take 90
_PARTS: Final = ("class", "looks", "name", "sign", "strength", "place", "edge")
#: The number of a concept is written as its rank: whatever numbers a user's concepts have, these are known.
_NUMBERS: Final = tuple(f"<{k + 1}>" for k in range(MOST_TOLD))


class GraphWriter(nn.Module):
    """A small T5 whose encoder reads concepts and edges instead of words.

    A concept is five tokens (what it looks like; the text features of its name; its sign, strength and place), an edge
    is one (how a concept lies to another), each marked with the rank of its concept. Nothing but these reaches the
    decoder: neither names nor a template.

    Parameters
    ----------
    words : sequence of str
        The words of names.
    width : int
        Of the joint space.
    size : int
        Of the model, with two layers on either side.

    Source
    ------
    US 2025/0259436, paragraphs 17, 18, 23, 27; trained by `saii train narrator`.
    """

    def __init__(self, words: Sequence[str], width: int, size: int = 128) -> None:
        super().__init__()
        self.settings: dict[str, Any] = {"words": list(words), "width": width, "size": size}
        self.tokens = (_PAD, _END, *dict.fromkeys((*TOKENS, *_NUMBERS, *words)))
        self.number = {token: k for k, token in enumerate(self.tokens)}
        config: Any = T5Config(
            vocab_size=len(self.tokens),
            d_model=size,
            d_kv=size // 4,
            d_ff=2 * size,
            num_heads=4,
            num_layers=2,
            dropout_rate=0.0,
            feed_forward_proj="gelu",
            pad_token_id=0,
            eos_token_id=1,
        )
        config.decoder_start_token_id = 0
        self.t5: Any = T5ForConditionalGeneration(config)
        self.ranks, self.seen_from = nn.Embedding(MOST_TOLD, size), nn.Embedding(MOST_TOLD, size)
        self.parts, self.flags = nn.Embedding(len(_PARTS), size), nn.Embedding(4, size)
        # features come as unit vectors, embeddings with one unit an entry: normalised, both are heard
        self.of_segment, self.of_name, self.of_edge, self.of_box = (
            nn.Sequential(nn.Linear(n, size), nn.LayerNorm(size)) for n in (width, width, 5, 4)
        )
        self.places, self.relations = nn.Embedding(len(PLACES), size), nn.Embedding(len(RELATION_WORDS), size)

    def encode(self, telling: Telling, segments: Tensor, names: Tensor) -> Tensor:
        """What the encoder reads of one picture, (tokens, size).

        Parameters
        ----------
        telling : Telling
            n concepts, at most `MOST_TOLD`.
        segments, names : Tensor, (n, width)
            Features of the concepts' segments and of their names, in the joint space.
        """
        n = len(telling)
        rank, shared = self.ranks.weight[:n], self.t5.shared.weight
        flag = self.flags.weight[int(telling.predicted)][None]
        part = self.parts.weight
        read = [flag + part[0]]
        if n:
            signs = self.flags(torch.from_numpy((telling.values > 0).astype("int64")) + 2)
            strengths = shared[[self.number[TENTHS[k - 1]] for k in telling.tenths]]
            where = self.places(torch.from_numpy(place_number(telling.boxes)))
            read += [
                self.of_segment(segments) + rank + part[1],
                self.of_name(names) + rank + part[2],
                signs + rank + part[3],
                strengths + rank + part[4],
                where + self.of_box(torch.from_numpy(telling.boxes)) + rank + part[5],
            ]
        if n > 1:
            j, i = torch.nonzero(~torch.eye(n, dtype=torch.bool), as_tuple=True)
            relations = torch.from_numpy(telling.relations)[j, i]  # (n (n - 1), 5)
            direction = self.relations(torch.from_numpy(relation_number(telling.relations))[j, i])
            edges = self.of_edge(relations) + direction + self.ranks(i) + self.seen_from(j)
            read.append(edges + part[6])
        return torch.cat(read)

    def read(self, encoded: Sequence[Tensor]) -> dict[str, Tensor]:
        """Several pictures of different length as the T5 takes them."""
        padded = nn.utils.rnn.pad_sequence(list(encoded), batch_first=True)
        lengths = torch.tensor([len(each) for each in encoded])
        return {"inputs_embeds": padded, "attention_mask": (torch.arange(padded.shape[1]) < lengths[:, None]).long()}

    def loss(self, encoded: Sequence[Tensor], texts: Sequence[Sequence[str]], tellings: Sequence[Telling]) -> Tensor:
        """Mean cross entropy of the texts' tokens."""
        rows = []
        for text, telling in zip(texts, tellings, strict=True):
            ranks = {str(k + 1): _NUMBERS[rank] for rank, k in enumerate(telling.concepts)}
            rows.append(torch.tensor([*(self.number[ranks.get(token, token)] for token in text), 1]))
        labels = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-100)
        return self.t5(**self.read(encoded), labels=labels).loss

    @torch.no_grad()
    def write(self, encoded: Sequence[Tensor], tellings: Sequence[Telling]) -> list[list[str]]:
        """Tokens of each text, decoded freely: the likeliest next token, whatever it is."""
        plain = GenerationConfig(
            max_new_tokens=_LONGEST, do_sample=False, num_beams=1, pad_token_id=0, eos_token_id=1,
            decoder_start_token_id=0,
        )  # fmt: skip
        written = self.t5.generate(**self.read(encoded), generation_config=plain)
        texts = []
        for row, telling in zip(written[:, 1:].tolist(), tellings, strict=True):
            numbers = {_NUMBERS[rank]: str(k + 1) for rank, k in enumerate(telling.concepts)}
            texts.append([numbers.get(self.tokens[k], self.tokens[k]) for k in row if k > 1])
        return texts
