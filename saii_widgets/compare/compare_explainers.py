"""All explainers by all measures, for one model and one set of scenes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from saii_widgets.compare.comparison_table import ComparisonTable, Quantity
from saii_widgets.compare.contest import Contest, Entrant, Make, common_players
from saii_widgets.compare.measures import MEASURES, Measure
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.engine.explainers import find_explainers
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.as_pair_model import as_pair_model
from saii_widgets.engine.runtime import Progress

#: Without them no other explainer's figures can be judged.
BASELINES = ("AttentionRollout", "CentreBaseline", "RandomBaseline")
_LEAST_BUDGET = 32
_BUDGET = 2  # masked pictures a player that `Interactions` may use here


def compare_explainers(
    scenes: Study | Sequence[Scene],
    model: Any,
    *,
    explainers: Literal["all"] | Sequence[str] | Mapping[str, Make] = "all",
    measures: Literal["all"] | Sequence[str] = "all",
    n_asked: int = 12,
    n_grids: int = 100,
    masking: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> ComparisonTable:
    """Which explainer to trust for this model.

    All explainers are asked about the same pairs: of each scene with masks one of its things is drawn and asked for by
    name, of other scenes the caption. Random, centre-biased and attention-rollout baselines are always among them.

    Parameters
    ----------
    scenes : Study or sequence of Scene
        With captions, or with masks of named things, which pointing and the grid game need.
    model : DualEncoder, CoalitionScorer or callable
        As `load_model` gives it. Explainers that can't read it are left out, and the table says so:
        of a model of pairs all but interactions, lot and middle.
    explainers : "all", sequence of str, or mapping of str to callable
        Names of explainers of the package, or callables that take the model and return an explainer, which is called
        with a list of pictures and a list of captions. "all": those that explain patches.
    measures : "all" or sequence of str
        Names of measures; see ``saii_widgets.compare.measures.MEASURES``.
    n_asked : int
        Scenes that measures which ask the model again and again are given.
    n_grids : int
        Grids of four pictures at most.
    masking : str, optional
        How parts of a picture are taken away, by interactions and by measures alike: "mean", "drop", "blur", as
        `Interactions` takes it. Take one that the model was trained with, else what is measured is how it answers
        pictures that it has never seen the like of.
    seed : int
        Of the things and grids that are drawn, and of the bootstrap.
    progress : Progress, optional
        Called with (done, total, "explainers and measures"); may raise `Cancelled`.

    Returns
    -------
    ComparisonTable

    Raises
    ------
    InputError
        An unknown explainer, measure or masking, or no scene that can be asked about.
    ModelError
        Nothing that scores pairs, or no explainer reads it.

    Source
    ------
    MATH.md 5. `Interactions` takes players of at most 49 parts a picture here, and two masked pictures a part; all
    maps are laid on the model's patches for pointing, and on these players where parts are taken away.
    """
    asked_model = as_pair_model(model)
    given = list(scenes.scenes.values()) if isinstance(scenes, Study) else list(scenes)
    if not given:
        raise InputError("at least one scene", "none", "Give scenes with captions or masks.")
    chosen = _measures(measures)
    makers = _makers(explainers, asked_model, given[0], masking)
    contest = Contest.of(given, asked_model, n_asked=n_asked, n_grids=n_grids, seed=seed, masking=masking)
    left_out = {measure.name: why for measure in chosen if (why := measure.lacks(contest))}
    chosen = [measure for measure in chosen if measure.name not in left_out]
    cases: dict[tuple[str, str], NDArray[np.float64]] = {}
    total = len(makers) * len(chosen)
    for i, (name, make) in enumerate(makers.items()):
        try:
            entrant = Entrant(name, make, contest)
        except ModelError as error:
            left_out[name] = str(error)
            continue
        for k, measure in enumerate(chosen):
            cases |= {(name, quantity): values for quantity, values in measure.play(entrant).items()}
            if progress is not None:
                progress(i * len(chosen) + k + 1, total, "explainers and measures")
    if not cases:
        raise ModelError("an explainer and a measure for it", f"{asked_model.name}", "; ".join(left_out.values()))
    return ComparisonTable(cases, _shown(chosen, cases), asked_model.name, left_out, seed)


def _shown(chosen: Sequence[Measure], cases: Mapping[tuple[str, str], Any]) -> tuple[Quantity, ...]:
    there = {quantity for _, quantity in cases}
    return tuple(q for measure in chosen for q in measure.quantities if q.name in there)


def _measures(asked: Literal["all"] | Sequence[str]) -> list[Measure]:
    names = list(MEASURES) if asked == "all" else [asked] if isinstance(asked, str) else list(asked)
    if unknown := [name for name in names if name not in MEASURES]:
        raise InputError("measures of the leaderboard", ", ".join(unknown), f"There are: {', '.join(MEASURES)}.")
    return [MEASURES[name] for name in names]


def _makers(asked: Any, model: Any, scene: Scene, masking: str | None) -> dict[str, Make]:
    """How each explainer is made, the baselines always among them."""
    known = patch_explainers()
    players = common_players(model, scene)
    budget = max(_LEAST_BUDGET, _BUDGET * len(image_players(model, scene.image, players)))

    def maker(name: str) -> Make:
        if name == "Interactions":
            return lambda model: known[name](model, players=players, budget=budget, masking=masking)
        return known[name]

    if isinstance(asked, Mapping):
        return {**asked, **{name: maker(name) for name in BASELINES if name not in asked}}
    names = list(known) if asked == "all" else [asked] if isinstance(asked, str) else list(asked)
    if unknown := [name for name in names if name not in known]:
        raise InputError("explainers of patches", ", ".join(unknown), f"There are: {', '.join(known)}.")
    return {name: maker(name) for name in dict.fromkeys([*names, *BASELINES])}


def patch_explainers() -> dict[str, type]:
    """All explainers that take part, by name."""
    return {name: made for name, made in find_explainers().items() if explains_patches(made)}


def explains_patches(explainer: type) -> bool:
    """Whether it is called with pictures and captions: others explain one pair among others, or modalities."""
    return list(inspect.signature(explainer.__call__).parameters)[1:3] == ["images", "captions"]
