"""What concepts contribute, without those that are not in the picture."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html.bars import bar_list
from saii_widgets.core.html.matrix import matrix_table
from saii_widgets.core.scale import Scale


def concept_bars(e: Explanation) -> str:
    """Over (concept,): one bar each, the strongest first."""
    there = _there(e)
    order = there[np.argsort(-np.abs(e.values[there]), kind="stable")]
    labels = e.axes[0].labels
    errors = None if e.errors is None else e.errors[order]
    return bar_list([labels[k] for k in order], e.values[order], unit=e.unit, errors=errors) + _missing(e, there)


def concept_matrix(e: Explanation) -> str:
    """Over (class, concept): a row a class, in colours around zero where some speak against it."""
    there = _there(e)
    if not len(there):
        return _missing(e, there)
    shown, columns = e.values[:, there], [e.axes[1].labels[k] for k in there]
    return matrix_table(shown, e.axes[0].labels, columns, unit=e.unit, scale=Scale.of_maps(shown)) + _missing(e, there)


def _there(e: Explanation) -> NDArray[np.intp]:
    """Places of the concepts that are in the picture, or of all where that is not known."""
    presence = e.companions.get("presence")
    n = len(e.axes[-1])
    return np.arange(n) if presence is None or presence.values.shape != (n,) else np.flatnonzero(presence.values)


def _missing(e: Explanation, there: NDArray[np.intp]) -> str:
    labels = e.axes[-1].labels
    gone = [labels[k] for k in np.setdiff1d(np.arange(len(labels)), there)]
    return f'<p class="saii-muted">Not in this picture: {escape(", ".join(gone))}</p>' if gone else ""
