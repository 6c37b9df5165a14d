"""What the picture tower is asked to do, as four losses on one table of scores.

A caption is a set of facts, so it is true, false or unknown of every picture of a batch; captions that are true of
several pictures are never held against them, and unknown pairs count nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

_LOWEST = torch.finfo(torch.float32).min / 4


@dataclass(frozen=True)
class Verdicts:
    """Whether each caption is true, and whether false, of each picture: two bool tensors, (pictures, captions)."""

    true: Tensor
    false: Tensor

    @classmethod
    def of(cls, truth: Tensor, stated: Tensor) -> Verdicts:
        """From the truth of facts (b, f) in 0, 1, 2 and the facts that captions state (c, f) in 0, 1."""
        holds = (truth == 1).float() @ stated.T  # (b, c)
        fails = (truth == 0).float() @ stated.T
        return cls(holds >= stated.sum(1) - 0.5, fails > 0.5)

    def columns(self, part: slice) -> Verdicts:
        return Verdicts(self.true[:, part], self.false[:, part])


def contrast(logits: Tensor, verdicts: Verdicts) -> Tensor:
    """Own caption against all false captions, and own picture against all pictures it is false of.

    `logits` is (b, c) with the own captions in the first b columns.
    """
    n = len(logits)
    own = logits.diagonal()
    rivals = logits.masked_fill(~verdicts.false, _LOWEST).logsumexp(1)
    pictures = logits[:, :n].masked_fill(~verdicts.false[:, :n], _LOWEST).logsumexp(0)
    per_picture = torch.logaddexp(own, rivals) - own
    per_caption = torch.logaddexp(own, pictures) - own
    return 0.5 * (per_picture.mean() + per_caption.mean())


def phrase_contrast(logits: Tensor, verdicts: Verdicts) -> Tensor:
    """Every true phrase of a picture against all its false phrases; (b, phrases)."""
    rivals = logits.masked_fill(~verdicts.false, _LOWEST).logsumexp(1, keepdim=True)
    loss = (torch.logaddexp(logits, rivals) - logits) * verdicts.true
    return loss.sum() / verdicts.true.sum().clamp(min=1)


def presence(logits: Tensor, verdicts: Verdicts) -> Tensor:
    """Sigmoid loss of true and of false pairs, each averaged by itself; (b, captions)."""
    positive = (softplus(-logits) * verdicts.true).sum() / verdicts.true.sum().clamp(min=1)
    negative = (softplus(logits) * verdicts.false).sum() / verdicts.false.sum().clamp(min=1)
    return positive + negative


def places(logits: Tensor, shares: Tensor, known: Tensor) -> Tensor:
    """Patches that a thing covers score high with its phrase, patches without any of it low.

    Parameters
    ----------
    logits : Tensor, (b, patches, phrases)
    shares : Tensor, (b, patches, phrases)
        Share of the patch that the named thing covers, 0..1; a third of a patch counts as all of it.
    known : Tensor, (b, 1, phrases)
        0 where it is unknown whether the phrase is true of the picture.
    """
    target = (shares * 3).clamp(0, 1)
    inside = target * known
    outside = (1 - target) * known * (target < 0.05)
    positive = (softplus(-logits) * inside).sum() / inside.sum().clamp(min=1)
    negative = (softplus(logits) * outside).sum() / outside.sum().clamp(min=1)
    return positive + negative
