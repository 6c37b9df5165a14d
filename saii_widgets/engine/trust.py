"""How far an explanation can be trusted: all measures in one call, one table (MATH.md 5)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.scene import Scene
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.curves import curves
from saii_widgets.engine.measures.faithfulness import faithfulness
from saii_widgets.engine.measures.granger import granger
from saii_widgets.engine.measures.sanity_checks import sanity_checks
from saii_widgets.engine.measures.stability import stability
from saii_widgets.engine.measures.synergistic_faithfulness import synergistic_faithfulness
from saii_widgets.engine.rebuilt import Make
from saii_widgets.engine.runtime import Progress

Measure = Callable[..., Sequence[Measurement]]
"""``measure(pair, *, seed=0) -> measurements``, where pair is an :class:`ExplainedPair`."""

_PARTS: Final = 1000  # of one measure, in what progress is told


def cost(pair: ExplainedPair, *, seed: int = 0) -> list[Measurement]:  # noqa: ARG001
    """What the explanation itself cost, as its origin says.

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share.
    seed : int
        Not used.
    """
    origin = pair.explanation.origin
    if origin is None or origin.encoder_passes is None:
        reason = "The explanation does not say what it cost."
        return [Measurement("cost", "encoder passes", None, "passes", reason)]
    took = "" if origin.seconds is None else f" in {origin.seconds:.1f} s"
    says = f"The explanation took {origin.encoder_passes:,} encoder passes{took}."
    return [Measurement("cost", "encoder passes", origin.encoder_passes, "passes", says)]


MEASURES: Final[Mapping[str, Measure]] = {
    "faithfulness": faithfulness,
    "insertion and deletion": curves,
    "stability": stability,
    "Granger influence": granger,
    "synergistic faithfulness": synergistic_faithfulness,
    "sanity checks": sanity_checks,
    "cost": cost,
}


def trust(
    explanation: Explanation,
    model: Any,
    scene: Scene | Image.Image,
    *,
    measures: Sequence[str] | Mapping[str, Measure] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    make: Make | None = None,
) -> TrustTable:
    """Measure how far an explanation of one pair can be trusted.

    Parameters
    ----------
    explanation : Explanation
        Over (word, patch), (patch) or (word), of one picture and one caption; of several, the scene's is taken.
    model : DualEncoder, CoalitionScorer or callable
        The one that was explained.
    scene : Scene or PIL.Image
        The picture that was explained.
    measures : sequence of str, or mapping of str to callable, optional
        Names in `MEASURES`, or measures of one's own: ``measure(pair, *, seed=0)``. By default all of `MEASURES`.
    seed : int
        Of everything that is drawn.
    progress : Progress, optional
        Called with (done, total, what is measured); may raise `Cancelled`.
    make : callable (model) -> explainer, optional
        Makes an explanation of a method of one's own anew, for stability and sanity checks; an explainer takes lists of
        pictures and captions.

    Returns
    -------
    TrustTable
        Measures that do not apply are in it, with the reason.

    Raises
    ------
    InputError
        An unknown measure, an explanation of another model or of several pairs, or players that can't be cut again.
    ModelError
        Nothing that scores pairs.
    Cancelled
        From `progress`.

    Examples
    --------
    >>> import saii_widgets as sw
    >>> from saii_widgets.data.scenes import draw
    >>> model, picture = sw.load_model(), draw(1).image
    >>> maps = sw.Relevance(model)([picture], ["a green bus"])
    >>> table = sw.trust(maps, model, picture, measures=["cost"])
    >>> table["cost"].value
    2.0
    """
    asked = _asked(measures)
    pair = ExplainedPair.of(explanation, model, scene, make=make)
    found: list[Measurement] = []
    for k, (name, measure) in enumerate(asked.items()):
        pair.game.progress = _within(progress, k, len(asked), name)
        found += measured(name, measure, pair, seed=seed)
    pair.game.progress = None
    if progress is not None:
        progress(len(asked) * _PARTS, len(asked) * _PARTS, "")
    return TrustTable(f"Trust in: {pair.explanation.title or 'an explanation'}", found, pair.model.name)


def measured(name: str, measure: Measure, pair: ExplainedPair, *, seed: int = 0) -> list[Measurement]:
    """What one measure finds, with its cost on the first quantity; what it refuses becomes a row with the reason."""
    started, before = time.perf_counter(), pair.game.passes
    try:
        found = list(measure(pair, seed=seed))
    except InputError as problem:
        found = [Measurement(name, name, None, "", f"It can't be measured here: {problem}")]
    return [
        replace(found[0], passes=pair.game.passes - before, seconds=time.perf_counter() - started),
        *found[1:],
    ]


def _asked(measures: Sequence[str] | Mapping[str, Measure] | None) -> Mapping[str, Measure]:
    if measures is None:
        return MEASURES
    if isinstance(measures, Mapping):
        return measures
    names = [measures] if isinstance(measures, str) else list(measures)
    if unknown := [name for name in names if name not in MEASURES]:
        listed = ", ".join(repr(name) for name in MEASURES)
        raise InputError("names of measures", repr(unknown[0]), f"There are: {listed}.")
    return {name: MEASURES[name] for name in names}


def _within(progress: Progress | None, k: int, n: int, name: str) -> Progress | None:
    """Progress within the k-th of n measures: none of them says beforehand how much it has to do."""
    if progress is None:
        return None
    progress(k * _PARTS, n * _PARTS, name)
    furthest = 0

    def tell(done: int, total: int, _: str) -> None:
        nonlocal furthest
        furthest = max(furthest, _PARTS * done // max(1, total))
        progress(k * _PARTS + furthest, n * _PARTS, name)

    return tell
