"""What a call of `Interactions` does alike for dual encoders and for models of pairs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.engine.games import Part, Prediction
from saii_widgets.engine.interaction_results import FittedGames, InteractionResults, of_one_pair
from saii_widgets.engine.interaction_run import TOLERANCE
from saii_widgets.engine.pair_arguments import Captions, Images, PairArguments
from saii_widgets.engine.pair_players import PairPlayers
from saii_widgets.engine.runtime import Progress


@dataclass(frozen=True)
class InteractionSettings:
    """What `Interactions` was asked for; its docstring says what each means."""

    index: Literal["banzhaf", "shapley"]
    p: float
    order: int
    players: PairPlayers
    budget: int | Literal["auto"]
    seed: int
    prediction: Prediction
    nodes: int | None


class Named(Protocol):
    """What results say of a model."""

    name: str
    revision: str


class PairCall:
    """Arguments in, progress, and what all results say; a kind of model adds how it is asked.

    Parameters
    ----------
    model : Named
    settings : InteractionSettings
    images, captions
        As `Interactions` takes them.
    progress : Progress, optional
    """

    _words: Axis
    _patches: Axis
    _shown: Sequence[Any]

    def __init__(
        self,
        model: Named,
        settings: InteractionSettings,
        images: Images,
        captions: Captions,
        progress: Progress | None,
    ) -> None:
        self._started = time.perf_counter()
        self._named, self._settings, self._progress = model, settings, progress
        self._given = PairArguments.of(images, captions)
        self._done = self._total = 0

    @property
    def _index_name(self) -> str:
        return "Shapley" if self._settings.index == "shapley" else "Banzhaf"

    def _expect(self, total: int) -> None:
        self._done, self._total = 0, total

    def _note(self, more: int) -> None:
        self._done += more
        if self._progress is not None:
            self._progress(self._done, max(self._done, self._total), "coalitions")

    def _gave_up(self, precision: float, spent: str, *, is_last: bool) -> list[str]:
        """What is said where budget="auto" stopped too early."""
        if self._settings.budget == "auto" and is_last and precision > TOLERANCE:
            return [f"budget='auto' stopped at {spent}, before the errors were small enough"]
        return []

    def _results(
        self,
        games: Sequence[FittedGames],
        tables: Sequence[Part],
        blocks: Sequence[slice],
        *,
        r2: NDArray[np.float64] | None,
        shown: dict[str, Any],
    ) -> Explanation:
        """Tables of fitted games as one explanation; `shown` has the origin, and the unit where it is no logit."""
        given = self._given
        results = InteractionResults(
            games,
            tables,
            blocks,
            images=given.images,
            captions=Axis.captions(given.captions),
            words=self._words,
            patches=self._patches,
            shown={**shown, "images": tuple(self._shown), "captions": tuple(given.captions)},
            title=f"{self._index_name} interactions of words and parts of the picture",
        )
        found = results.explanation(self._settings.order, r2)
        return of_one_pair(found) if given.is_pair else found

    def _origin(self, how: str, said: dict[str, Any], precision: float, r2: Any, passes: int) -> Origin:
        """Where a result comes from: what was asked for, then what is `said` of this kind of model."""
        settings = self._settings
        common: dict[str, Any] = {
            "index": settings.index,
            "order": settings.order,
            "players": settings.players.describe(),
            "budget": settings.budget,
            "r2": None if r2 is None else round(float(r2.mean()), 4),
            "error_over_spread": round(precision, 4) if np.isfinite(precision) else None,
        }
        return Origin.now(
            model=self._named.name,
            revision=self._named.revision,
            method=f"Interactions ({self._index_name}, {how})",
            settings={**common, **said},
            masking=settings.players.masking,
            seed=settings.seed,
            encoder_passes=passes,
            seconds=time.perf_counter() - self._started,
        )

    def _refuse_small_budget(self, least: int, n_words: int) -> None:
        budget = self._settings.budget
        if isinstance(budget, int) and budget < least:
            raise InputError(
                f"a budget of at least {least} coalitions for {len(self._patches)} parts of the picture"
                f" and {n_words} words",
                str(budget),
                "Raise it, take budget='auto', or coarser players such as players='blocks 2'.",
            )
