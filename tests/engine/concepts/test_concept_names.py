"""Concepts are called what they are called most often."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.concept_names import concept_names
from tests.engine.concepts.planted_classifier import COLOURS, PlantedClassifier, squares


def named_by_colour(explanation: Explanation) -> tuple[str, ...]:
    """The colour of each concept's segment; in one of the pictures, blue is taken for green."""
    masks, pixels = explanation.axis("concept").masks, np.asarray(explanation.images[0]).astype(float)
    assert masks is not None
    names = [
        min(COLOURS, key=lambda name: np.abs(pixels[mask].mean(0) - COLOURS[name]).sum()) if mask.any() else ""
        for mask in masks
    ]
    odd = pixels[..., 1].max() > 200
    return tuple("green" if odd and name == "blue" else name for name in names)


def test_the_commonest_name_counts(fitted: ConceptExplainer) -> None:
    narrator: Any = SimpleNamespace(name=named_by_colour)
    grey = Image.new("RGB", (48, 48), (127, 127, 127))
    pictures = [squares("red", "blue", seed=k) for k in range(4)]
    names = concept_names(fitted, narrator, [*pictures, squares("green", "blue", seed=9), grey])
    assert sorted(names) == ["blue", "green", "red"]
    without_green = concept_names(fitted, narrator, pictures)
    assert sorted(without_green) == ["", "blue", "red"]
    assert all(name in ("", other) for name, other in zip(without_green, names, strict=True))
    with pytest.raises(InputError, match=r"Call fit\(images\) first"):
        concept_names(ConceptExplainer(PlantedClassifier()), narrator, pictures)  # pyright: ignore[reportArgumentType]
