"""Explanations over concepts and the edges between them, put together in one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin

Array = NDArray[np.floating]


def strength(values: Array) -> Array:
    """Sizes of contributions from 0, none, to 1, the largest of the class's row."""
    size = np.abs(values)
    most = size.max(-1, keepdims=True, initial=0)
    return np.divide(size, most, out=np.zeros_like(size), where=most > 0)


def concept_result(
    values: Array,
    classes: Sequence[str],
    concepts: Axis,
    *,
    edges: Array | None = None,
    present: NDArray[np.bool_] | None = None,
    baseline: Array | None = None,
    total: Array | None = None,
    title: str = "",
    origin: Origin | None = None,
    image: Image.Image | None = None,
    more: Mapping[str, Explanation] | None = None,
) -> Explanation:
    """Contributions over (class, concept) with their companions.

    Parameters
    ----------
    values : array, (C, k)
        Signed, logits.
    classes : sequence of str
    concepts : Axis
    edges : array, (C, k, k), optional
        Signed; of the edge from j to i at (j, i).
    present : bool array, (k,), optional
        By default all.
    baseline, total : array, (C,), optional
        Logits without any and with all of the concepts.
    more : mapping of str to Explanation, optional
        Further companions.
    """
    axis = Axis("class", tuple(classes))
    images = () if image is None else (image,)
    there = np.ones(len(concepts), bool) if present is None else present
    beside = {
        "strength": Explanation(strength(values), (axis, concepts), "share", title="Strength of each concept"),
        "presence": Explanation(there.astype(np.float32), (concepts,), "share", title="Concepts that were found"),
    }
    if edges is not None:
        title_of_edges = "Contributions of edges, from the first concept to the second"
        beside["edges"] = Explanation(edges, (axis, concepts, concepts), "logit", title=title_of_edges)
    return Explanation(
        values,
        (axis, concepts),
        "logit",
        title=title or "Contributions of concepts",
        baseline=baseline,
        total=total,
        origin=origin,
        companions=beside | dict(more or {}),
        images=images,
    )


def why_not(explanation: Explanation, one: str, other: str) -> Explanation:
    """The difference between two classes of an explanation over (class, concept).

    Returns
    -------
    Explanation
        Over (concept,); positive is what speaks for `one` and against `other`. Companions over a class are differences
        too; "strength" is taken anew.

    Raises
    ------
    LabelError
        A class that is not among the hypotheses.
    """
    a, b = explanation.select(**{"class": one}), explanation.select(**{"class": other})
    assert isinstance(a, Explanation)
    assert isinstance(b, Explanation)
    values = a.values - b.values
    beside = dict(a.companions)
    if "edges" in beside:
        beside["edges"] = replace(beside["edges"], values=beside["edges"].values - b.companions["edges"].values)
    beside["strength"] = replace(beside["strength"], values=strength(values))
    for name in ("classifier", "network", "rest"):
        if name in explanation.companions:
            beside[name] = explanation.companions[name]
    return replace(
        a,
        values=values,
        baseline=_difference(a.baseline, b.baseline),
        total=_difference(a.total, b.total),
        companions=beside,
        title=f"Why {one!r} and not {other!r}",
    )


def _difference(a: Array | float | None, b: Array | float | None) -> float | None:
    return None if a is None or b is None else float(a) - float(b)
