"""Does the model choose the caption that is true of a picture, and notice a single wrong word?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.unseen_scenes import UnseenScene
from saii_widgets.data.scenes.captions import CaptionKind, Swap, compose, swapped, true_facts
from saii_widgets.data.scenes.facts import FACTS, FALSE, HELD_OUT, TRUE

SWAPS: Final[tuple[Swap, ...]] = ("colour", "type", "context", "binding")


class TextEncoder(Protocol):
    """What is needed of the model here."""

    def embed_captions(self, captions: Sequence[str]) -> Tensor: ...


@dataclass(frozen=True)
class Rate:
    """How often the model was right.

    Parameters
    ----------
    share : float
        In 0..1.
    n : int
        Cases.
    error : float
        Standard error of the share.
    """

    share: float
    n: int
    error: float

    @classmethod
    def of(cls, cases: Sequence[float]) -> Rate:
        """Mean of cases that are each in 0..1; of no cases it is not a number."""
        if not cases:
            return cls(np.nan, 0, np.nan)
        values = np.array(cases, float)
        return cls(float(values.mean()), len(values), float(values.std() / len(values) ** 0.5))


class OwnCaptions:
    """One true caption a scene, and how it fares against those of the other scenes.

    Parameters
    ----------
    scenes : sequence of UnseenScene
        N scenes.
    pictures : float array, (N, d)
        Their unit embeddings.
    model : TextEncoder
    kind : {"mixed", "vehicles", "context"}
        What the captions are about.
    """

    def __init__(
        self, scenes: Sequence[UnseenScene], pictures: NDArray[np.float32], model: TextEncoder, kind: CaptionKind
    ) -> None:
        rng = Random(7)
        self.facts = [true_facts(scene.truth, scene.vehicles, rng, kind) for scene in scenes]
        texts = [compose([FACTS[i] for i in facts], rng) for facts in self.facts]
        captions = model.embed_captions(texts).cpu().numpy()
        self._scores = pictures @ captions.T  # (pictures, captions)
        stated = np.zeros((len(scenes), len(FACTS)), bool)
        for row, facts in zip(stated, self.facts, strict=True):
            row[facts] = True
        false = np.stack([scene.truth == FALSE for scene in scenes])
        self._false = false.astype(int) @ stated.T.astype(int) > 0  # caption m says something false of picture n

    def among(self, n_captions: int) -> Rate:
        """Own caption first among `n_captions`, the others drawn from all captions that are false of the picture."""
        return self._rate(n_captions, self._false)

    def among_same_type(self, n_captions: int) -> Rate:
        """The same where all captions name one vehicle type that the own caption names."""
        types = [{kind for i in facts if (kind := FACTS[i].type)} for facts in self.facts]
        shared = [sorted(kinds)[n % len(kinds)] if kinds else None for n, kinds in enumerate(types)]
        same = np.array([[kind in others for others in types] for kind in shared])
        return self._rate(n_captions, self._false & same)

    def _rate(self, n_captions: int, rivals: NDArray[np.bool_]) -> Rate:
        own = self._scores.diagonal()[:, None]
        beaten_by = (rivals & (self._scores >= own)).sum(1)
        cases = [
            chance_of_first(int(total), int(better), n_captions - 1)
            for total, better in zip(rivals.sum(1), beaten_by, strict=True)
            if total >= n_captions - 1
        ]
        return Rate.of(cases)


def chance_of_first(n_rivals: int, n_better: int, n_drawn: int) -> float:
    """Probability that none of the better rivals is among those drawn: the mean over all draws, without dice."""
    chance = 1.0
    for k in range(n_drawn):
        chance *= max(n_rivals - n_better - k, 0) / (n_rivals - k)
    return chance


def one_word_swap(
    scenes: Sequence[UnseenScene],
    pictures: NDArray[np.float32],
    model: TextEncoder,
    what: Swap,
    facts: Sequence[Sequence[int]],
    *,
    may_name_held_out: bool = False,
) -> Rate:
    """Share of pictures whose true caption scores above the same caption with one word exchanged.

    Parameters
    ----------
    scenes : sequence of UnseenScene
        N scenes.
    pictures : float array, (N, d)
    model : TextEncoder
    what : {"colour", "type", "context", "binding"}
    facts : sequence of sequence of int
        What each scene's true caption states; scenes in which nothing of the kind can be exchanged are left out.
    may_name_held_out : bool
        Whether the false caption may name a pair of :data:`~saii_widgets.data.scenes.facts.HELD_OUT`.
    """
    rows, true, false = swapped_captions(scenes, what, facts, may_name_held_out=may_name_held_out)
    if not rows:
        return Rate.of([])
    texts = model.embed_captions(true + false).cpu().numpy()
    own, other = (np.einsum("nd,nd->n", pictures[rows], part) for part in (texts[: len(rows)], texts[len(rows) :]))
    return Rate.of((own > other).tolist())


def swapped_captions(
    scenes: Sequence[UnseenScene],
    what: Swap,
    facts: Sequence[Sequence[int]],
    *,
    may_name_held_out: bool = False,
) -> tuple[list[int], list[str], list[str]]:
    """Pictures, their true captions, and the same captions with one word exchanged; see :func:`one_word_swap`."""
    rng = Random(11)
    rows, true, false = [], [], []
    for n, (scene, stated) in enumerate(zip(scenes, facts, strict=True)):
        exchanged = swapped(stated, scene.truth, rng, what, may_name_held_out) if stated else None
        if exchanged is None:
            continue
        dice = rng.randrange(1 << 30)  # the same for both, so that they differ in no other word
        rows.append(n)
        true.append(compose([FACTS[i] for i in stated], Random(dice)))
        false.append(compose([FACTS[i] for i in exchanged], Random(dice)))
    return rows, true, false


def held_out_facts(scenes: Sequence[UnseenScene]) -> list[list[int]]:
    """For each scene one visible pair of colour and type that training never showed, if there is one."""
    pairs = [FACTS.index(fact) for fact in FACTS if (fact.colour, fact.type) in HELD_OUT]
    return [[i for i in pairs if scene.truth[i] == TRUE][:1] for scene in scenes]


def with_all_vehicles(scenes: Sequence[UnseenScene], facts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The stated facts with every visible vehicle of a colour of its own, instead of some of them."""
    pairs = [i for i, fact in enumerate(FACTS) if fact.colour and fact.type]
    return [
        [i for i in pairs if scene.truth[i] == TRUE] + [i for i in stated if FACTS[i].context]
        for scene, stated in zip(scenes, facts, strict=True)
    ]
