"""A space in which segments of a picture and names of things lie beside one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from saii_widgets.core.errors import InputError

_WIDTH: Final = 128


class JointSpace(nn.Module):
    """Segment features on one side, names of a few words on the other, both as unit vectors.

    Parameters
    ----------
    n_features : int
        Of a segment, as a `ConceptExtractor` describes it.
    words : sequence of str
        All words that names are made of.
    names : sequence of str
        The names that concepts are given.
    width : int
        Of the space.

    Source
    ------
    US 2025/0259436, paragraphs 24 to 26: learnt with InfoNCE from pairs of segments and names
    (`saii train narrator`); equal to a loop over pairs: `test_joint_space.py::test_loss_equals_a_loop`.
    """

    def __init__(self, n_features: int, words: Sequence[str], names: Sequence[str], width: int = 96) -> None:
        super().__init__()
        self.settings: dict[str, Any] = {
            "n_features": n_features,
            "words": list(words),
            "names": list(names),
            "width": width,
        }
        self.words, self.names, self.width = tuple(words), tuple(names), width
        self._number = {word: k for k, word in enumerate(words)}
        self.of_segments = nn.Sequential(
            nn.Linear(n_features, 2 * _WIDTH), nn.GELU(), nn.LayerNorm(2 * _WIDTH), nn.Linear(2 * _WIDTH, width)
        )
        self.of_words = nn.Embedding(len(words), _WIDTH)
        self.of_names = nn.Sequential(nn.Linear(_WIDTH, _WIDTH), nn.GELU(), nn.Linear(_WIDTH, width))
        self.log_scale = nn.Parameter(torch.tensor(2.5))

    def segment_features(self, features: Tensor) -> Tensor:
        """Unit vectors (n, width) of segments (n, n_features)."""
        return nn.functional.normalize(self.of_segments(features), dim=-1)

    def text_features(self, names: Sequence[str]) -> Tensor:
        """Unit vectors (m, width) of names.

        Raises
        ------
        InputError
            A name with a word that the space does not know.
        """
        unknown = sorted({word for name in names for word in name.split() if word not in self._number})
        if unknown or not all(name.split() for name in names):
            raise InputError(
                f"names made of {', '.join(self.words)}",
                f"words unknown to this space: {', '.join(map(repr, unknown)) or 'an empty name'}",
                "Name a CLIP or SigLIP as the space, which reads any name.",
            )
        means = [self.of_words(torch.tensor([self._number[word] for word in name.split()])).mean(0) for name in names]
        return nn.functional.normalize(self.of_names(torch.stack(means)), dim=-1)

    def loss(self, features: Tensor, names: Sequence[str], which: Tensor) -> Tensor:
        """InfoNCE in both directions; segments of one name are no negatives of one another.

        Parameters
        ----------
        features : Tensor, (n, n_features)
        names : sequence of str
            m different ones.
        which : int64 Tensor, (n,)
            Each segment's name.
        """
        logits = self.log_scale.exp().clamp(max=50) * self.segment_features(features) @ self.text_features(names).T
        to_names = nn.functional.cross_entropy(logits, which)  # (n, m)
        own = nn.functional.one_hot(which, len(names)).bool()  # (n, m)
        shares = logits.log_softmax(0)
        there = own.any(0)
        to_segments = -(torch.where(own, shares, 0).sum(0) / own.sum(0).clamp(min=1))[there].mean()
        return (to_names + to_segments) / 2
