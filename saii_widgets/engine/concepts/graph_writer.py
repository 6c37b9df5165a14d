"""An encoder-decoder that reads the told concepts and their graph, and writes the sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import GenerationConfig, T5Config, T5ForConditionalGeneration

from saii_widgets.engine.concepts.sentences import NUMBERS, TENTHS, TOKENS
from saii_widgets.engine.concepts.telling import PLACES, RELATION_WORDS, Telling, place_number, relation_number

MOST_TOLD: Final = 6
_PAD, _END = "<pad>", "<end>"
_LONGEST: Final = 120  # tokens; six concepts with names of three words take 90
_PARTS: Final = ("looks", "sign", "strength", "number", "place", "edge", "class")


class GraphWriter(nn.Module):
    """A small T5 whose encoder reads concepts and edges instead of words.

    A concept is five tokens (what it looks like beside the text features of its name; its sign, strength, number and
    place), an edge is one (how a concept lies to another), each marked with the rank of its concept. Nothing but these
    reaches the decoder: neither names nor a template.

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
        self.tokens = (_PAD, _END, *dict.fromkeys((*TOKENS, *words)))
        self.number = {token: k for k, token in enumerate(self.tokens)}
        config = T5Config(
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
            decoder_start_token_id=0,
        )
        self.t5 = T5ForConditionalGeneration(config)
        self.ranks, self.seen_from = nn.Embedding(MOST_TOLD, size), nn.Embedding(MOST_TOLD, size)
        self.parts, self.flags = nn.Embedding(len(_PARTS), size), nn.Embedding(4, size)
        self.of_segment, self.of_name = nn.Linear(width, size), nn.Linear(width, size)
        self.of_edge, self.of_box = nn.Linear(5, size), nn.Linear(4, size)
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
        read = [flag + self.parts.weight[6]]
        if n:
            signs = self.flags(torch.from_numpy((telling.values > 0).astype("int64")) + 2)
            strengths = shared[[self.number[TENTHS[k - 1]] for k in telling.tenths]]
            numbers = shared[[self.number[NUMBERS[k]] for k in telling.concepts]]
            where = self.places(torch.from_numpy(place_number(telling.boxes)))
            read += [
                self.of_segment(segments) + self.of_name(names) + rank + self.parts.weight[0],
                signs + rank + self.parts.weight[1],
                strengths + rank + self.parts.weight[2],
                numbers + rank + self.parts.weight[3],
                where + self.of_box(torch.from_numpy(telling.boxes)) + rank + self.parts.weight[4],
            ]
        if n > 1:
            j, i = torch.nonzero(~torch.eye(n, dtype=torch.bool), as_tuple=True)
            relations = torch.from_numpy(telling.relations)[j, i]  # (n (n - 1), 5)
            direction = self.relations(torch.from_numpy(relation_number(telling.relations))[j, i])
            edges = self.of_edge(relations) + direction + self.ranks(i) + self.seen_from(j)
            read.append(edges + self.parts.weight[5])
        return torch.cat(read)

    def read(self, encoded: Sequence[Tensor]) -> dict[str, Tensor]:
        """Several pictures of different length as the T5 takes them."""
        padded = nn.utils.rnn.pad_sequence(list(encoded), batch_first=True)
        lengths = torch.tensor([len(each) for each in encoded])
        return {"inputs_embeds": padded, "attention_mask": (torch.arange(padded.shape[1]) < lengths[:, None]).long()}

    def loss(self, encoded: Sequence[Tensor], texts: Sequence[Sequence[str]]) -> Tensor:
        """Mean cross entropy of the texts' tokens."""
        rows = [torch.tensor([*(self.number[token] for token in text), 1]) for text in texts]
        labels = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-100)
        return self.t5(**self.read(encoded), labels=labels).loss

    @torch.no_grad()
    def write(self, encoded: Sequence[Tensor]) -> list[list[str]]:
        """Tokens of each text, decoded freely: the likeliest next token, whatever it is."""
        plain = GenerationConfig(
            max_new_tokens=_LONGEST, do_sample=False, num_beams=1, pad_token_id=0, eos_token_id=1,
            decoder_start_token_id=0,
        )  # fmt: skip
        written = self.t5.generate(**self.read(encoded), generation_config=plain)
        return [[self.tokens[k] for k in row if k > 1] for row in written[:, 1:].tolist()]
