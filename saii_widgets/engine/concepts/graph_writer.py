"""An encoder-decoder that reads the told concepts and their graph, and writes the sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import GenerationConfig, T5Config, T5ForConditionalGeneration

from saii_widgets.engine.concepts.sentences import AT, TENTHS, TOKENS
from saii_widgets.engine.concepts.telling import RELATION_WORDS, Telling, place_number, relation_number

MOST_TOLD: Final = 6
_PAD, _END = "<pad>", "<end>"
_LONGEST: Final = 120  # tokens; six concepts with names of three words take 90
_PARTS: Final = ("class", "looks", "name", "sign", "strength", "place", "edge")
#: The number of a concept is written as its rank: whatever numbers a user's concepts have, these are known.
_NUMBERS: Final = tuple(f"<{k + 1}>" for k in range(MOST_TOLD))
#: Stands for the number of the first where another is seen from it. So the last rank that was written is that of the
#: concept told last, and the next to be told is easily found.
_SEEN_FROM: Final = "<from>"
#: What the text says with one token is read as the same token: it has only to be found and copied.
_SHARED: Final = {
    "number": _NUMBERS,
    "sign": ("against", "for"),
    "tenths": TENTHS,
    "place": AT,
    "relation": RELATION_WORDS,
}


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
        self.tokens = (_PAD, _END, *dict.fromkeys((*TOKENS, *_NUMBERS, _SEEN_FROM, *words)))
        self.number = {token: k for k, token in enumerate(self.tokens)}
        self._of = {kind: torch.tensor([self.number[token] for token in tokens]) for kind, tokens in _SHARED.items()}
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
        self.seen_from, self.parts, self.flags = (nn.Embedding(n, size) for n in (MOST_TOLD, len(_PARTS), 2))
        # features come as unit vectors, embeddings with one unit an entry: normalised, both are heard
        self.of_segment, self.of_name, self.of_edge, self.of_box = (
            nn.Sequential(nn.Linear(n, size), nn.LayerNorm(size)) for n in (width, width, 5, 4)
        )

    def encode(self, tellings: Sequence[Telling], segments: Tensor, names: Tensor) -> dict[str, Tensor]:
        """What the encoder reads of some pictures, padded to the longest, as the T5 takes it.

        Parameters
        ----------
        tellings : sequence of Telling
            Of n concepts in all, at most `MOST_TOLD` each.
        segments, names : Tensor, (n, width)
            Features of the concepts' segments and of their names, in the joint space, one telling after the other.
        """
        part = self.parts.weight
        lengths = [len(telling) for telling in tellings]
        flags = self.flags(torch.tensor([int(telling.predicted) for telling in tellings])) + part[0]
        tenths = np.concatenate([telling.tenths for telling in tellings])
        boxes = np.concatenate([telling.boxes for telling in tellings])
        signs = np.concatenate([telling.values > 0 for telling in tellings])
        rank = self._token("number", np.concatenate([np.arange(n) for n in lengths]))  # (n, size)
        nodes = torch.stack(
            [
                self.of_segment(segments) + part[1],
                self.of_name(names) + part[2],
                self._token("sign", signs) + part[3],
                self._token("tenths", tenths - 1) + part[4],
                self._token("place", place_number(boxes)) + self.of_box(torch.from_numpy(boxes)) + part[5],
            ],
            1,
        )  # (n, 5, size)
        pairs = [np.nonzero(~np.eye(n, dtype=bool)) for n in lengths]
        j, i = (np.concatenate(ends) for ends in zip(*pairs, strict=True))
        relations = np.concatenate([t.relations[at] for t, at in zip(tellings, pairs, strict=True)])  # (e, 5)
        edges = self.of_edge(torch.from_numpy(relations)) + self._token("relation", relation_number(relations))
        edges = edges + self._token("number", i) + self.seen_from(torch.from_numpy(j)) + part[6]  # (e, size)
        read = zip(
            flags[:, None],
            (nodes + rank[:, None]).split(lengths),
            edges.split([n * (n - 1) for n in lengths]),
            strict=True,
        )
        rows = [torch.cat([flag, of_nodes.flatten(0, 1), of_edges]) for flag, of_nodes, of_edges in read]
        padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        ends = torch.tensor([len(row) for row in rows])
        return {"inputs_embeds": padded, "attention_mask": (torch.arange(padded.shape[1]) < ends[:, None]).long()}

    def _token(self, kind: str, which: NDArray[np.generic]) -> Tensor:
        return self.t5.shared(self._of[kind][torch.from_numpy(which.astype(np.int64))])

    def loss(self, read: dict[str, Tensor], texts: Sequence[Sequence[str]], tellings: Sequence[Telling]) -> Tensor:
        """Mean cross entropy of the texts' tokens."""
        rows = []
        for text, telling in zip(texts, tellings, strict=True):
            rows.append(torch.tensor([*(self.number[token] for token in ranked_tokens(text, telling)), 1]))
        labels = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-100)
        return self.t5(**read, labels=labels).loss

    @torch.no_grad()
    def write(self, read: dict[str, Tensor], tellings: Sequence[Telling]) -> list[list[str]]:
        """Tokens of each text, decoded freely: the likeliest next token, whatever it is."""
        plain = GenerationConfig(
            max_new_tokens=_LONGEST, do_sample=False, num_beams=1, pad_token_id=0, eos_token_id=1,
            decoder_start_token_id=0,
        )  # fmt: skip
        written = self.t5.generate(**read, generation_config=plain)
        texts = []
        for row, telling in zip(written[:, 1:].tolist(), tellings, strict=True):
            told = [str(k + 1) for k in telling.concepts]
            numbers = dict(zip((_SEEN_FROM, *_NUMBERS), (*told[:1], *told), strict=False))
            texts.append([numbers.get(self.tokens[k], self.tokens[k]) for k in row if k > 1])
        return texts


def ranked_tokens(text: Sequence[str], telling: Telling) -> Iterator[str]:
    """Tokens with ranks instead of numbers; a concept's own number is followed by its strength."""
    ranks = {str(k + 1): _NUMBERS[rank] for rank, k in enumerate(telling.concepts)}
    for token, following in pairwise([*text, ""]):
        own = ranks.get(token, token)
        yield _SEEN_FROM if token in ranks and following not in TENTHS else own
