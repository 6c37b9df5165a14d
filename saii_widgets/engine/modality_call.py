"""One call of `Interactions` for a model of a list of modalities: players from two, three or more (MATH.md 3.4)."""

from __future__ import annotations

import time
from collections.abc import Iterator, MutableMapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from saii_widgets.core.errors import ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.engine.coalition_weights import Array, Keep
from saii_widgets.engine.fusion_game import FusionEstimate, Values
from saii_widgets.engine.interaction_run import MOST, TOLERANCE
from saii_widgets.engine.kept_game import KeptGame
from saii_widgets.engine.modality_game import checked_scores
from saii_widgets.engine.modality_players import Modality, ModalityPlayers
from saii_widgets.engine.models.as_list_model import Predict, name_of
from saii_widgets.engine.pair_call import InteractionSettings
from saii_widgets.engine.runtime import Progress

_BATCH = 16  # coalitions a call; their pictures are held at once


class ModalityCall:
    """Checks the arguments, asks, and says what came out: the counterpart of `FusionCall`.

    Parameters
    ----------
    model : callable
        A list with n samples of each modality -> scores (n,) or probabilities (n, classes).
    settings : InteractionSettings
    players : ModalityPlayers
    inputs : sequence
        One sample of each modality.
    kept : mutable mapping
        Scores of coalitions, by content.
    progress : Progress, optional
    """

    def __init__(
        self,
        model: Predict,
        settings: InteractionSettings,
        players: ModalityPlayers,
        inputs: Sequence[Any],
        *,
        kept: MutableMapping[str, Any],
        progress: Progress | None,
    ) -> None:
        self._started = time.perf_counter()
        self._settings, self._progress = settings, progress
        self._parts = players.cut(inputs)
        self._done = self._total = 0
        self._sample = _Sample(
            model,
            self._parts,
            kept=kept,
            index=settings.index,
            p=settings.p,
            seed=settings.seed,
            note=self._note,
        )
        ends = np.cumsum([len(part) for part in self._parts])
        self._slices = [slice(end - len(part), end) for end, part in zip(ends, self._parts, strict=True)]
        self._pairs = list(combinations(range(len(self._parts)), 2))
        self._shown = _shown_pair(self._parts)

    def result(self) -> Explanation:
        """What the budget ends with."""
        if self._settings.budget == "auto":
            *_, last = self._rounds()
        else:
            self._total = self._sample.missing(self._settings.budget)
            last = self._sample.estimate(self._settings.budget)
        return self._explanation(last)

    def results(self) -> Iterator[Explanation]:
        """The same, coarse at first."""
        return map(self._explanation, self._rounds())

    def _rounds(self) -> Iterator[FusionEstimate]:
        budget = self._settings.budget
        most, tolerance = (max(MOST, self._sample.game.least), TOLERANCE) if budget == "auto" else (budget, None)
        self._total = self._sample.missing(most)
        return self._sample.rounds(most, tolerance, self._precision)

    def _precision(self, found: FusionEstimate) -> float:
        """Of all interactions across modalities."""
        values, errors = (
            np.concatenate([getattr(found.pairs, k)[self._slices[a], self._slices[b]].ravel() for a, b in self._pairs])
            for k in ("values", "errors")
        )
        return Values(values, errors).precision

    def _note(self, more: int) -> None:
        self._done += more
        if self._progress is not None:
            self._progress(self._done, max(self._done, self._total), "coalitions")

    def _explanation(self, found: FusionEstimate) -> Explanation:
        kind = "Shapley" if self._settings.index == "shapley" else "Banzhaf"
        parts, (rows, columns) = self._parts, self._shown
        origin = self._origin(found, kind)

        def table(a: int, b: int, title: str, **more: Any) -> Explanation:
            return self._part(found.pairs, (a, b), title, origin, **more)

        companions = {
            self._called(k): self._part(found.singles, (k,), f"Main effects of {part.name}", origin)
            for k, part in enumerate(parts)
        }
        for a, b in self._pairs:
            if {a, b} != {rows, columns}:
                name = f"{parts[a].name} × {parts[b].name}"
                companions[name] = table(a, b, f"{kind} interactions of {parts[a].name} and {parts[b].name}")
        if self._settings.order == 2:
            for k, part in enumerate(parts):
                name = {"word": "words", "patch": "patches"}.get(self._called(k), f"{part.name} × {part.name}")
                companions[name] = table(k, k, f"Interactions within {part.name}")
        title = f"{kind} interactions of {parts[rows].name} and {parts[columns].name}"
        return table(rows, columns, title, companions=companions)

    def _called(self, k: int) -> str:
        """The companion with a modality's main effects: "word" and "patch" of the pair that is shown, else its name."""
        kinds = [self._parts[shown].axis.kind for shown in self._shown]
        return self._parts[k].axis.kind if k in self._shown and kinds[0] != kinds[1] else self._parts[k].name

    def _part(self, of: Values, which: tuple[int, ...], title: str, origin: Origin, **more: Any) -> Explanation:
        chosen = tuple(self._slices[k] for k in which)
        own = [self._parts[k] for k in dict.fromkeys(which)]
        return Explanation(
            of.values[chosen].astype(np.float32),
            axes=tuple(self._parts[k].axis for k in which),
            errors=of.errors[chosen].astype(np.float32),
            unit=self._sample.unit,
            title=title,
            origin=origin,
            images=tuple(part.image for part in own if part.image is not None),
            captions=tuple(part.caption for part in own if part.caption is not None),
            **more,
        )

    def _origin(self, found: FusionEstimate, kind: str) -> Origin:
        settings, sample = self._settings, self._sample
        precision = self._precision(found)
        notes: list[str] = []
        if settings.budget == "auto" and found.calls >= MOST and precision > TOLERANCE:
            notes.append(f"budget='auto' stopped at {found.calls} coalitions, before the errors were small enough")
        said: dict[str, Any] = {
            "index": settings.index,
            "p": settings.p if settings.index == "banzhaf" else None,
            "order": settings.order,
            "modalities": [part.name for part in self._parts],
            "players": [len(part) for part in self._parts],
            "value": "score" if sample.unit == "score" else "probability of the class of the whole sample",
            "budget": settings.budget,
            "coalitions": found.calls,
            "calls": sample.passes,
            "n_background": sample.n_background,
            "every_coalition": found.exact,
            "r2": round(found.r2, 4),
            "r2_of": "all main effects and all pairs of players, within a modality too",
            "fit": found.fit,
            "r2_of_fit": round(found.fit_r2, 4),
            "error_over_spread": round(precision, 4) if np.isfinite(precision) else None,
            "baseline": found.baseline,
            "total": found.total,
        }
        return Origin.now(
            model=sample.name,
            revision="",
            method=f"Interactions ({kind}, one set of coalitions for all pairs of players)",
            settings={**said, "notes": notes},
            masking=", ".join(f"{part.name}: {part.masking}" for part in self._parts),
            seed=settings.seed,
            encoder_passes=sample.passes,
            seconds=time.perf_counter() - self._started,
        )


def _shown_pair(parts: Sequence[Modality]) -> tuple[int, int]:
    """Rows and columns of the result: the first text and the first picture, or what comes first in their place."""
    kinds = [part.axis.kind for part in parts]
    places = [kinds.index(kind) if kind in kinds else None for kind in ("word", "patch")]
    others = iter(k for k in range(len(parts)) if k not in places)
    rows, columns = (next(others) if place is None else place for place in places)
    return rows, columns


class _Sample(KeptGame):
    """The game of one sample: its first modality against all others, as far as the estimate is concerned."""

    def __init__(self, model: Predict, parts: Sequence[Modality], **settings: Any) -> None:
        self._model, self._parts = model, parts
        self.name, self.unit, self._class = name_of(model), "score", 0
        self.n_background = ModalityPlayers.n_background(parts)
        self._ends = np.cumsum([len(part) for part in parts])[:-1]
        first, *rest = (len(part) for part in parts)
        super().__init__(self.name, first, sum(rest), batch=_BATCH, **settings)

    def whole(self) -> tuple[float, float]:
        found = self._asked(np.ones((2, self.game.n), bool), 0)
        self._class = int(found[0].argmax())
        self.unit = "probability" if found.shape[1] > 1 else "score"
        first, second = found[:, self._class].tolist()
        return first, second

    def content(self, score: float) -> str:
        return " ".join([self.name, f"{score:.4g} modalities", *(part.key for part in self._parts)])

    def scores(self, keep_first: Keep, keep_rest: Keep) -> Array:
        keep = np.concatenate([keep_first, keep_rest], 1)
        found = [self._asked(keep, k)[:, self._class] for k in range(self.n_background)]
        self.passes += self.n_background * len(keep)
        return np.mean(found, axis=0)

    def _asked(self, keep: Keep, k: int) -> Array:
        """What the model says of coalitions (K, n) with a row of the background in the gaps, (K, classes)."""
        pieces = zip(self._parts, np.split(keep, self._ends, axis=1), strict=True)
        inputs = [part.shown(own, k) for part, own in pieces]
        try:
            came = self._model(inputs)
        except Exception as error:
            raise ModelError(
                f"scores from {self.name}",
                f"{type(error).__name__}: {error}",
                f"Mend it and make the same call again: {self.game.calls} scores are kept.",
            ) from error
        return checked_scores(came, len(keep))
