"""Explanations as tables and arrays of other packages, imported only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas
    import shap
    import xarray

    from saii_widgets.core.explanation import Explanation


def _names(explanation: Explanation) -> list[str]:
    """Kinds as unique names: the second concept axis is "concept 2"."""
    names: list[str] = []
    for kind in explanation.kinds:
        n = sum(name.split(" ")[0] == kind for name in names)
        names.append(f"{kind} {n + 1}" if n else kind)
    return names


def to_frame(explanation: Explanation) -> pandas.DataFrame:
    """One row a value."""
    import pandas as pd

    columns: dict[str, object] = {}
    shape = explanation.shape
    for k, (name, axis) in enumerate(zip(_names(explanation), explanation.axes, strict=True)):
        along = np.broadcast_to(np.arange(shape[k]).reshape([-1 if n == k else 1 for n in range(len(shape))]), shape)
        place = along.ravel()
        columns[name] = np.array(axis.labels, dtype=object)[place]
        if axis.groups is not None and axis.grouped_by not in explanation.kinds:
            group = np.array(axis.groups)[place]
            texts = axis.grouped_by == "caption" and [caption.text for caption in explanation.captions]
            columns[str(axis.grouped_by)] = np.array(texts, dtype=object)[group] if texts else group
        if axis.roles is not None:
            columns["role"] = np.array([str(role) for role in axis.roles], dtype=object)[place]
        if axis.grid is not None:
            columns["row"], columns["column"] = place // axis.grid[1], place % axis.grid[1]
    columns["value"] = explanation.values.ravel()
    if explanation.errors is not None:
        columns["error"] = explanation.errors.ravel()
    return pd.DataFrame(columns)


def to_xarray(explanation: Explanation) -> xarray.DataArray:
    """A labelled array; unit and title are among its attributes."""
    import xarray as xr

    names = _names(explanation)
    return xr.DataArray(
        explanation.values.copy(),
        dims=names,
        coords={name: list(axis.labels) for name, axis in zip(names, explanation.axes, strict=True)},
        name=explanation.unit,
        attrs={"units": explanation.unit, "long_name": explanation.title},
    )


def to_shap(explanation: Explanation) -> shap.Explanation:
    """The last axis becomes shap's features, known by their labels: given as data too, "red = red" would be read."""
    import shap

    values = np.array(explanation.values, np.float64)
    base = 0.0 if explanation.baseline is None else np.asarray(explanation.baseline, np.float64)
    return shap.Explanation(
        values=values,
        base_values=np.broadcast_to(base, values.shape[:-1]) if values.ndim > 1 and np.ndim(base) == 0 else base,
        feature_names=list(explanation.axes[-1].labels),
    )
