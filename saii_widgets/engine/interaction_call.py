"""One call of `Interactions`: arguments in, explanations out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.engine.caption_players import caption_axis
from saii_widgets.engine.coalition_side import CoalitionSide, least_coalitions
from saii_widgets.engine.coalitions import MOST_ENUMERATED
from saii_widgets.engine.games import Index
from saii_widgets.engine.interaction_run import MOST, TOLERANCE, InteractionRun, Round
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.pair_arguments import Captions, Images
from saii_widgets.engine.pair_call import InteractionSettings, PairCall
from saii_widgets.engine.runtime import Progress, free_memory
from saii_widgets.engine.surrogate import Surrogate

_CPU: Final = torch.device("cpu")  # where fits and results are held
_NODES: Final = 4  # of Gauss-Legendre where a side is too large for all its coalitions and the budget is open
_MOST_NODES: Final = 5  # more change nothing that the errors would show


class InteractionCall(PairCall):
    """Checks the arguments, runs, and says what came out.

    Parameters
    ----------
    model : DualEncoder
    settings : InteractionSettings
    images, captions
        As `Interactions` takes them.
    kept : mutable mapping
        Embeddings of coalitions, by content.
    progress : Progress, optional
    """

    def __init__(
        self,
        model: DualEncoder,
        settings: InteractionSettings,
        images: Images,
        captions: Captions,
        *,
        kept: MutableMapping[str, Any],
        progress: Progress | None,
    ) -> None:
        super().__init__(model, settings, images, captions, progress)
        self._model = model
        pictures = self._given.pictures
        named = _model_key(model, pictures[0].size)
        sources, self._patches, self._shown = settings.players.images(model, pictures, named)
        texts, players = settings.players.captions(model, self._given.captions, named)
        self._words = caption_axis(players)
        enumerated = MOST_ENUMERATED
        if isinstance(settings.budget, int):  # of a picture, where the budget covers all coalitions
            enumerated = min(enumerated, settings.budget.bit_length() - 1)
        many = max(s.n_players for s in sources)
        self._index = self._pick_index(many <= enumerated, many, max(t.n_players for t in texts))
        common: dict[str, Any] = {
            "index": self._index,
            "order": settings.order,
            "seed": settings.seed,
            "kept": kept,
            "progress": self._note,
        }
        self.run = InteractionRun(
            CoalitionSide(sources, label="masked pictures", enumerated=enumerated, **common),
            CoalitionSide(texts, label="masked captions", enumerated=MOST_ENUMERATED, **common),
            self._index,
            scale=model.scale,
            bias=model.bias,
        )
        self._refuse_small_budget(self.run.least, len(self._words))
        self._refuse_too_many()

    def _pick_index(self, images_exact: bool, n: int, m: int) -> Index:
        settings = self._settings
        if settings.index == "banzhaf":
            return Index.banzhaf(settings.p)
        enough = -(-(n + m - 1) // 2)
        if settings.nodes is not None:
            return Index.shapley(settings.nodes)
        if images_exact and m <= MOST_ENUMERATED:
            return Index.shapley(max(1, enough))
        drawn = [size for size, exact in ((n, images_exact), (m, m <= MOST_ENUMERATED)) if not exact]

        if settings.budget == "auto":
            return Index.shapley(min(_NODES, enough))
        # a node takes as many coalitions as a fit of its own: more nodes only where most of the budget is left over
        for nodes in range(min(_MOST_NODES, enough), 3, -1):
            if sum(least_coalitions(max(drawn), p) for p in Index.shapley(nodes).nodes) <= 0.4 * settings.budget:
                return Index.shapley(nodes)
        return Index.shapley(min(3, enough))

    def result(self) -> Explanation:
        """What the budget ends with."""
        return self._explanation(self._last())

    def results(self) -> Iterator[Explanation]:
        """The same, coarse at first; only the last has R2."""
        return map(self._explanation, self._rounds())

    def _last(self) -> Round:
        if self._settings.budget == "auto":
            *_, last = self.run.rounds(MOST, TOLERANCE, before=self._expect_of)
            return last
        self._expect_of(self._settings.budget)
        return self.run.at(self._settings.budget)

    def _rounds(self) -> Iterator[Round]:
        if self._settings.budget == "auto":
            return self.run.rounds(MOST, TOLERANCE, before=self._expect_of)
        return self.run.rounds(self._settings.budget, None, before=self._expect_of)

    def _expect_of(self, budget: int) -> None:
        self._expect(self.run.images.missing(budget) + self.run.captions.missing(budget))

    def surrogate(self) -> Surrogate:
        """Of the one pair."""
        n, m = self.run.images.sources[0].n_players, self.run.captions.sources[0].n_players
        return Surrogate(self._last().games[0], n, m, self._settings.prediction, self._settings.order)

    def _explanation(self, one: Round) -> Explanation:
        settings = self._settings
        r2 = self.run.r_squared(one.games, settings.prediction, settings.order) if one.is_last else None
        shown = {"origin": self._origin_of(one, r2)}
        return self._results(one.games, one.tables, self.run.blocks, r2=r2, shown=shown)

    def _origin_of(self, one: Round, r2: Any) -> Origin:
        settings, images, captions = self._settings, self.run.images, self.run.captions
        notes = self._gave_up(one.precision, f"{one.budget} masked pictures", is_last=one.is_last)
        if settings.order == 2 and not images.is_exact:
            notes.append(
                "pairs within a side were shrunk by ridge, its strength chosen by leave-one-out error; their standard"
                " errors do not count what the shrinking takes away"
            )
        said: dict[str, Any] = {
            "p": settings.p if settings.index == "banzhaf" else [round(p, 6) for p in self._index.nodes],
            "masked_pictures_each": max(images.coalitions),
            "masked_captions_each": max(captions.coalitions),
            "prediction": settings.prediction,
            "difference_from_one_node_more": None if settings.index == "banzhaf" else self.run.node_difference(),
            "notes": notes,
        }
        return self._origin("factorised", said, one.precision, r2, self.run.passes)

    def _refuse_too_many(self) -> None:
        n_images, n_captions = len(self._given.images), len(self._given.captions)
        pairs = n_images * n_captions
        free = free_memory(_CPU)

        def needed(n: int) -> int:
            table = 4 * 8 * n_images * (len(self._words) + n_captions) * (1 + n)
            return table + (self._settings.order == 2) * pairs * n * n * 4 * 8

        n = len(self._patches)
        if needed(n) <= free // 2:
            return
        k = next((k for k in range(2, 65) if needed(-(-n // k**2)) <= free // 2), 64)
        raise InputError(
            f"players whose interactions fit {free / 2**30:.1f} GiB of free memory",
            f"{n} parts of each picture, {pairs} pairs, order {self._settings.order}: {needed(n) / 2**30:.1f} GiB",
            f"Take players='blocks {k}', fewer pairs at a time, or order=1.",
        )


def _model_key(model: DualEncoder, size: tuple[int, int]) -> str:
    """What says that embeddings come from the same model; one without a revision is asked for a grey picture."""
    told = f"{model.name} {model.revision} {model.dtype}"
    if model.revision:
        return told
    grey = model.embed_images([Image.new("RGB", size, (96, 128, 160))]).cpu().numpy()
    return f"{told} {hashlib.sha256(np.round(grey, 4).tobytes()).hexdigest()}"
