"""What attacks have in common: pairs that a target ranks right, a surrogate to take steps on, a budget of queries."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.attacked import Attacked
from saii_widgets.engine.models.model import DualEncoder, PairScorer
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.pairing import as_captions
from saii_widgets.engine.ranked_target import RankedTarget
from saii_widgets.engine.runtime import Progress
from saii_widgets.engine.surrogate_steps import Bounds, SurrogateSteps


class PairAttack(ABC):
    """A stress test of a model that the user owns or is allowed to test.

    Parameters
    ----------
    target : DualEncoder or PairScorer
        Asked for similarities only.
    surrogate : TwoTowers
        Gradients are taken through it.
    n_rounds : int
    budget : int, optional
        Queries a pair; one is a picture with one caption.
    bounds : Bounds
    seed : int
    progress : Progress, optional
    """

    method: str

    def __init__(
        self,
        target: DualEncoder | PairScorer,
        surrogate: TwoTowers,
        *,
        n_rounds: int = 5,
        budget: int | None = None,
        bounds: Bounds | None = None,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        if not isinstance(surrogate, TwoTowers):
            raise ModelError(
                "a dual encoder whose gradients can be taken as the surrogate",
                type(surrogate).__name__,
                "Take load_model('embedded'), or a public checkpoint that resembles the target.",
            )
        if n_rounds < 1:
            raise InputError("1 or more rounds", str(n_rounds), "5 are usual.")
        RankedTarget(target, budget)  # what is wrong with either is said now
        self.target, self.surrogate = target, surrogate
        self.n_rounds, self.budget, self.bounds = n_rounds, budget, bounds or Bounds()
        self.seed, self.progress = seed, progress

    def __call__(
        self,
        images: Sequence[Image.Image | Scene],
        captions: Sequence[Caption | str],
        *,
        pairs: Sequence[int] | None = None,
    ) -> tuple[Attacked, ...]:
        """Attack pairs; each is ranked among the captions of all.

        Parameters
        ----------
        images, captions : sequences of N
            Picture k belongs to caption k, and to no other.
        pairs : sequence of int, optional
            Which of them to attack; by default all.

        Raises
        ------
        InputError
            Fewer than two pairs, or not as many captions as pictures.
        """
        pictures = [as_picture(image) for image in images]
        read = as_captions(captions)
        if len(pictures) != len(read) or len(read) < 2:
            raise InputError(
                "two or more pictures with a caption each", f"{len(pictures)} and {len(read)}", "Give matched pairs."
            )
        chosen = range(len(read)) if pairs is None else pairs
        if wrong := [k for k in chosen if not 0 <= k < len(read)]:
            raise InputError(f"pairs from 0 to {len(read) - 1}", str(wrong[0]), "Choose some that were given.")
        v, u = self.surrogate.embed_images(pictures), self.surrogate.embed_captions(read)
        found, target = [], RankedTarget(self.target, self.budget)
        for n, k in enumerate(chosen):
            target.n_asked = 0  # the budget is one pair's
            found.append(self._attacked(pictures, read, k, v, u, target))
            if self.progress:
                self.progress(n + 1, len(chosen), "pairs")
        return tuple(found)

    @abstractmethod
    def _rounds(
        self,
        steps: SurrogateSteps,
        ask: Ask,
        own: int,
        embedded: tuple[Tensor, Tensor],
        rng: np.random.Generator,
    ) -> None:
        """Take rounds of steps; `ask()` says what the target makes of them."""

    def _attacked(
        self,
        pictures: Sequence[Image.Image],
        captions: Sequence[Caption],
        k: int,
        v: Tensor,
        u: Tensor,
        target: RankedTarget,
    ) -> Attacked:
        started = time.perf_counter()
        steps = SurrogateSteps(self.surrogate, pictures[k], captions[k], self.bounds)
        ask = Ask(target, steps, [*captions[:k], *captions[k + 1 :]])
        image, caption = pictures[k].convert("RGB"), captions[k]
        if held := not ask.lost(image):
            with torch.inference_mode(False):
                self._rounds(steps, ask, k, (v, u), np.random.default_rng((self.seed, k)))
            image, caption = ask.asked_last
        return Attacked(
            Scene(pictures[k].convert("RGB"), captions[k], f"pair {k + 1}"),
            Scene(image, caption, f"pair {k + 1}, attacked" if held else f"pair {k + 1}"),
            held,
            held and ask.is_lost,
            ask.target.n_asked,
            steps.n_steps,
            self._answers(ask, captions[k], time.perf_counter() - started),
        )

    def _answers(self, ask: Ask, caption: Caption, seconds: float) -> Explanation:
        bounds = self.bounds
        settings: dict[str, Any] = {
            "surrogate": self.surrogate.name,
            "surrogate_revision": self.surrogate.revision,
            "epsilon": bounds.epsilon,
            "step": bounds.step,
            "steps_a_round": bounds.n_steps,
            "rounds": self.n_rounds,
            "push": bounds.push,
            "scales": list(bounds.scales),
            "queries": ask.target.n_asked,
            "budget": self.budget,
        }
        origin = Origin.now(
            self.target.name, self.target.revision, self.method, settings, seed=self.seed, seconds=seconds
        )
        names = ("before", *(f"after round {round_}" for round_ in ask.rounds[1:]))
        shown = (caption, *ask.others)
        return Explanation(
            np.stack(ask.answers).astype(np.float32),
            (Axis("round", names), Axis.captions(shown)),
            "logit" if isinstance(self.target, DualEncoder) else getattr(self.target, "unit", "score"),
            title="What the target says of the picture",
            origin=origin,
            captions=shown,
        )


class Ask:
    """The target's ranking of one pair's own caption among others, as the picture changes."""

    def __init__(self, target: RankedTarget, steps: SurrogateSteps, others: Sequence[Caption]) -> None:
        self.target, self.steps, self.others = target, steps, list(others)
        self.answers: list[NDArray[np.float64]] = []
        self.rounds: list[int] = []
        self.asked_last: tuple[Image.Image, Caption] = (steps.original, steps.caption)

    @property
    def can(self) -> bool:
        """Whether the budget allows one more ranking."""
        return self.target.allows(1 + len(self.others))

    @property
    def is_lost(self) -> bool:
        """Whether by the last answer another caption comes before the pair's own."""
        own, *others = self.answers[-1]
        return bool(max(others) > own)

    def lost(self, image: Image.Image, round_: int = 0) -> bool:
        """Ask once more, with the caption as it is by now."""
        caption = self.steps.changed_caption
        self.answers.append(self.target.similarities(image, [caption, *self.others]))
        self.rounds.append(round_)
        self.asked_last = (image, caption)
        return self.is_lost

    def first_others(self, n: int) -> list[int]:
        """Which of the others the target ranks first, by its last answer."""
        return np.argsort(-self.answers[-1][1:], kind="stable")[:n].tolist()
