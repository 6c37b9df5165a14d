"""Why this class and not that one, to be looked at and played with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration
from saii_widgets.core.scene import Scene
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.narrator import Narrator
from saii_widgets.engine.concepts.what_if import Outcome, WhatIf
from saii_widgets.widgets.concept_graph_view import ConceptGraphView


def concept_view(
    explainer: ConceptExplainer,
    image: Image.Image | Scene,
    classes: Sequence[str] | None = None,
    *,
    narrator: Narrator | None = None,
    **settings: Any,
) -> ConceptGraphView:
    """The concepts of a picture as segments and as a graph, with names and texts, live.

    Taking a concept away is computed beforehand for all of them, so that it works in a saved page too; moving and
    swapping ask classifier and network.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    image : PIL.Image or Scene
    classes : sequence of str, optional
        Hypotheses; by default the likeliest three.
    narrator : Narrator, optional
        Names the concepts and writes a text for each class.
    **settings
        Further traits of :class:`ConceptGraphView`.

    Raises
    ------
    InputError
        No fit yet, no concept in the picture, an unknown class, or a classifier that gives predictions only.
    """
    what_if = WhatIf(explainer, as_picture(image))
    explained, narrations = told_in_full(explainer(image, classes), what_if, narrator)
    columns = columns_of(what_if, explained)
    examples = {k: list(concept.examples) for k, concept in enumerate(explainer.extractor.concepts) if concept.examples}
    crops = [crop for of_one in examples.values() for crop in of_one]

    def predict(edit: dict[str, Any]) -> dict[str, list[float]]:
        return scores(_outcome(what_if, edit, crops), columns)

    return ConceptGraphView(explained, narrations=narrations, examples=examples, predict=predict, **settings)


def told_in_full(
    explained: Explanation, what_if: WhatIf, narrator: Narrator | None
) -> tuple[Explanation, dict[str, Narration]]:
    """The explanation of a picture with what is said without each concept; with names and texts by a narrator.

    Returns
    -------
    Explanation
        Over (class, concept).
    dict of str to Narration
        By class; empty without a narrator.
    """
    explained = with_removals(explained, what_if, columns_of(what_if, explained))
    if narrator is None:
        return explained, {}
    labels = explained.axis("class").labels
    narrations = {label: narrator(explained, label) for label in labels}
    return named(explained, narrations[labels[0]].names), narrations


def columns_of(what_if: WhatIf, explained: Explanation) -> list[int]:
    """Where the explained classes stand in the outcomes of edits."""
    return [what_if.classes.index(label) for label in explained.axis("class").labels]


def with_removals(explained: Explanation, what_if: WhatIf, columns: Sequence[int]) -> Explanation:
    """The explanation with what both say once a concept is gone: companions "removed", "network removed"."""
    concepts, classes = explained.axis("concept"), explained.axis("class")
    there = np.flatnonzero(what_if.graph.present)
    before, outcomes = what_if.as_it_is(), what_if.without(there.tolist())
    beside = {}
    for name, source in (("removed", "classifier"), ("network removed", "network")):
        values = np.tile(getattr(before, source)[list(columns)], (len(concepts), 1))
        for k, outcome in zip(there, outcomes, strict=True):
            values[k] = getattr(outcome, source)[list(columns)]
        beside[name] = Explanation(values, (concepts, classes), "probability", title=f"Without a concept: {source}")
    return replace(explained, companions={**explained.companions, **beside})


def named(explained: Explanation, names: Sequence[str]) -> Explanation:
    """The explanation with names on its concept axis, numbered as texts number them; missing concepts keep theirs."""

    def renamed(result: Explanation) -> Explanation:
        axes = tuple(
            replace(
                axis,
                labels=tuple(
                    f"{name} {k + 1}" if name else label
                    for k, (name, label) in enumerate(zip(names, axis.labels, strict=True))
                ),
            )
            if axis.kind == "concept"
            else axis
            for axis in result.axes
        )
        return replace(result, axes=axes)

    return replace(renamed(explained), companions={k: renamed(each) for k, each in explained.companions.items()})


def scores(outcome: Outcome, columns: Sequence[int]) -> dict[str, list[float]]:
    """Probabilities of the shown classes."""
    both = {"classifier": outcome.classifier, "network": outcome.network}
    return {name: values[list(columns)].tolist() for name, values in both.items()}


def _outcome(what_if: WhatIf, edit: dict[str, Any], crops: Sequence[Image.Image]) -> Outcome:
    if "remove" in edit:
        return what_if.without([edit["remove"]])[0]
    if "move" in edit:
        return what_if.moved(*edit["move"])
    if "swap" in edit:
        concept, example = edit["swap"]
        return what_if.swapped(concept, crops[example])
    raise InputError("an edit: remove, move or swap", repr(edit), "See ConceptGraphView.")
