"""One call of `Interactions` for a model that gives one number a pair: a matcher, or a service (MATH.md 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.engine.caption_players import caption_axis
from saii_widgets.engine.fusion_game import FusionEstimate
from saii_widgets.engine.fusion_pair import FusionPair
from saii_widgets.engine.games import Part
from saii_widgets.engine.interaction_run import MOST, TOLERANCE
from saii_widgets.engine.models.model import CoalitionScorer
from saii_widgets.engine.pair_arguments import Captions, Images
from saii_widgets.engine.pair_call import InteractionSettings, PairCall
from saii_widgets.engine.runtime import Progress, free_memory

_CPU: Final = torch.device("cpu")  # where fits are held


@dataclass(frozen=True)
class FusionRound:
    """All games at one budget.

    Attributes
    ----------
    estimates : list of list of FusionEstimate
        A list a picture, an entry a caption.
    budget : int
    precision : float
        Standard error over spread, the median over pairs.
    is_last : bool
        No better round follows.
    """

    estimates: list[list[FusionEstimate]]
    budget: int
    precision: float
    is_last: bool


class FusionCall(PairCall):
    """Checks the arguments, asks, and says what came out: the counterpart of `InteractionCall`.

    Parameters
    ----------
    model : CoalitionScorer
    settings : InteractionSettings
    images, captions
        As `Interactions` takes them.
    kept : mutable mapping
        Scores of coalitions, by content.
    progress : Progress, optional
    """

    def __init__(
        self,
        model: CoalitionScorer,
        settings: InteractionSettings,
        images: Images,
        captions: Captions,
        *,
        kept: MutableMapping[str, Any],
        progress: Progress | None,
    ) -> None:
        super().__init__(model, settings, images, captions, progress)
        self._model, given = model, self._given
        of_images, self._patches, self._shown = settings.players.image_parts(model, given.pictures)
        of_captions = settings.players.caption_parts(model, given.captions)
        self._words, self._sizes = caption_axis(of_captions), [len(one) for one in of_captions]
        self.pairs = [
            [
                FusionPair(
                    model,
                    picture,
                    caption,
                    image_players,
                    caption_players,
                    asked=settings.players,
                    kept=kept,
                    index=settings.index,
                    p=settings.p,
                    seed=settings.seed,
                    note=self._note,
                )
                for caption, caption_players in zip(given.captions, of_captions, strict=True)
            ]
            for picture, image_players in zip(given.pictures, of_images, strict=True)
        ]
        self._every = [pair for row in self.pairs for pair in row]
        self._refuse_small_budget(self.least, max(self._sizes))
        self._refuse_too_many()

    @property
    def least(self) -> int:
        """The least budget that serves all pairs."""
        return max(pair.game.least for pair in self._every)

    def result(self) -> Explanation:
        """What the budget ends with."""
        if self._settings.budget == "auto":
            *_, last = self._rounds()
            return self._explanation(last)
        return self._explanation(self._at(self._settings.budget, lambda _: True))

    def results(self) -> Iterator[Explanation]:
        """The same, coarse at first; only the last has R2."""
        return map(self._explanation, self._rounds())

    def _rounds(self) -> Iterator[FusionRound]:
        """From the least budget, at most doubled, to the most."""
        asked = self._settings.budget
        most, tolerance = (self._most(), TOLERANCE) if asked == "auto" else (asked, 0.0)
        budget = self.least
        while True:
            budget = min(budget, most)
            one = self._at(budget, lambda precision, budget=budget: budget >= most or precision <= tolerance)
            yield one
            if one.is_last:
                return
            ahead = 1.1 * (one.precision / tolerance) ** 2 if tolerance else 2.0
            budget = int(budget * min(2.0, max(1.2, ahead)))

    def _explanation(self, one: FusionRound) -> Explanation:
        r2 = np.array([[found.r2 for found in row] for row in one.estimates]) if one.is_last else None
        ends = np.cumsum([1 + size for size in self._sizes])
        blocks = [slice(end - 1 - size, end) for end, size in zip(ends, self._sizes, strict=True)]
        games = [_PictureEstimates(row) for row in one.estimates]
        shown = {"unit": self._model.unit, "origin": self._origin_of(one, r2)}
        return self._results(games, [game.table() for game in games], blocks, r2=r2, shown=shown)

    def _at(self, budget: int, enough: Callable[[float], bool]) -> FusionRound:
        self._expect(sum(pair.missing(budget) for pair in self._every))
        estimates = [[pair.estimate(budget) for pair in row] for row in self.pairs]
        every = [found for row in estimates for found in row]
        precision = float(np.median([found.precision for found in every]))
        return FusionRound(estimates, budget, precision, enough(precision) or all(found.exact for found in every))

    def _most(self) -> int:
        """Where budget="auto" gives up: at what the model may still be asked for, each pair alike."""
        if self._model.pairs_left is None:
            return MOST
        for pair in self._every:
            pair.recall()
        left = self._model.pairs_left // len(self._every) + min(pair.game.calls for pair in self._every)
        if left < self.least:
            raise InputError(
                f"a model that may still be asked for {self.least * len(self._every)} pairs",
                f"{self._model.pairs_left} left of the budget of {self._model.name}",
                "Raise its .budget, or take coarser players such as players='blocks 2'.",
            )
        return min(MOST, left)

    def _origin_of(self, one: FusionRound, r2: Any) -> Origin:
        settings = self._settings
        passes = sum(pair.passes for pair in self._every)
        said: dict[str, Any] = {
            "p": settings.p if settings.index == "banzhaf" else None,
            "coalitions_each": max(min(one.budget, 2**pair.game.n) for pair in self._every),
            "calls": passes,
            "every_coalition": all(found.exact for row in one.estimates for found in row),
            "r2_of": "all main effects and all pairs of players, within a side too",
            "fit": "; ".join(sorted({found.fit for row in one.estimates for found in row})),
            "r2_of_fit": round(float(np.median([found.fit_r2 for row in one.estimates for found in row])), 4),
            **self._model.about,
            "notes": self._gave_up(one.precision, f"{one.budget} calls a pair", is_last=one.is_last),
        }
        return self._origin("one set of coalitions for all pairs of players", said, one.precision, r2, passes)

    def _refuse_too_many(self) -> None:
        n = len(self._patches) + max(self._sizes)
        budget = self._settings.budget
        rows = min(MOST if budget == "auto" else budget, 2**n)
        fit = 3 * 8 * rows * min(rows, n * n // 2)
        results = 4 * 8 * len(self._every) * (n * n if self._settings.order == 2 else n * max(self._sizes))
        free = free_memory(_CPU)
        if fit + results > free // 2:
            raise InputError(
                f"players whose interactions fit {free / 2**30:.1f} GiB of free memory",
                f"{len(self._patches)} parts of each picture, {len(self._every)} pairs, {rows} coalitions each:"
                f" {(fit + results) / 2**30:.1f} GiB",
                "Take players='blocks 2', a smaller budget, or fewer pairs at a time.",
            )


@dataclass(frozen=True)
class _PictureEstimates:
    """The games of one picture with M captions."""

    captions: Sequence[FusionEstimate]

    def table(self) -> Part:
        """Cross interactions with main effects around them: a block (1 + m, 1 + n) a caption."""
        values, errors = ([self._block(found, name) for found in self.captions] for name in ("values", "errors"))
        return Part(np.vstack(values), np.vstack(errors))

    def image_pairs(self) -> Part:
        found = [one.image_pairs for one in self.captions]
        return Part(np.stack([one.values for one in found], -1), np.stack([one.errors for one in found], -1))

    def caption_pairs(self, caption: int) -> Part:
        found = self.captions[caption].word_pairs
        return Part(found.values, found.errors)

    @staticmethod
    def _block(found: FusionEstimate, name: str) -> np.ndarray:
        cross, image, words = (getattr(part, name) for part in (found.cross, found.image, found.words))
        return np.block([[np.zeros((1, 1)), image[None]], [words[:, None], cross.T]])
