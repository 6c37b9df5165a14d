"""What concepts are called, over many pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
    from saii_widgets.engine.concepts.narrator import Narrator


def concept_names(explainer: ConceptExplainer, narrator: Narrator, images: Sequence[Image.Image]) -> tuple[str, ...]:
    """A name for each concept: the one that a narrator gives it in most pictures.

    A narrator names what it sees, so one concept may have two names in two pictures.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    narrator : Narrator
    images : sequence of PIL.Image
        Some dozen, in which every concept occurs.

    Returns
    -------
    tuple of str
        As `Diagnosis` takes them; "" for a concept that is in none of the pictures.

    Raises
    ------
    InputError
        No fit yet, or concepts of another classifier than the narrator knows.
    """
    network = explainer.fitted()
    given: list[Counter[str]] = [Counter() for _ in network.concepts]
    for image, graph in zip(images, explainer.extractor.match_all(list(images)), strict=True):
        if graph.present.any():
            for counter, name in zip(given, narrator.name(explainer(image, network.classes[:1])), strict=True):
                counter[name] += bool(name)
    return tuple(max(counter, key=lambda name: counter[name], default="") for counter in given)
