"""How well each of N pictures matches each of M captions."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scale import Scale
from saii_widgets.core.thumbnail import thumbnail
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, WidgetError

ORDERS: Final = ("as given", "by mean", "alike together")
_SIDE: Final = 64  # pixels of a row's picture


class PairMatrix(SaiiWidget):
    """Scores of pictures by captions; point at a cell to read it, click it to choose the pair.

    Link `chosen` to a HeatmapView's over the same pictures and captions, and a click on a cell shows its map.

    Parameters
    ----------
    result : Explanation
        Over (image, caption): logits, or any other scores. Companions over the same axes, such as "probabilities", can
        be shown instead.
    shown : str
        The unit of the result, or the name of a companion.
    order : str
        "as given", "by mean" (the strongest first), or "alike together".
    chosen : dict
        The pair that was clicked: ``{"image": 0, "caption": 0}``.

    Raises
    ------
    InputError
        A result over other axes.

    Examples
    --------
    >>> from saii_widgets import Explanation
    >>> logits = Explanation.from_array([[20.0, 12.0], [11.0, 19.0]], kinds=("image", "caption"), unit="logit")
    >>> matrix = PairMatrix(logits, chosen={"image": 1, "caption": 0})
    >>> matrix.value
    11.0
    """

    _about = t.Dict().tag(sync=True)
    _tables_of = t.List(t.Bytes()).tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    shown = t.Unicode("").tag(sync=True)
    order = Choice(ORDERS)
    chosen = t.Dict().tag(sync=True)

    def __init__(self, result: Explanation, **kwargs: Any) -> None:
        if result.kinds != ("image", "caption"):
            came = f"one over {', '.join(result.kinds)}"
            raise InputError("a result over (image, caption)", came, "Pass the scores of pictures by captions.")
        alike = {name: one for name, one in result.companions.items() if one.kinds == result.kinds}
        self.result = result
        self.tables: dict[str, Explanation] = {result.unit: result, **alike}
        rows, columns = result.axes
        kwargs.setdefault("label", result.title or "Pictures by captions")
        kwargs.setdefault("shown", result.unit)
        super().__init__(
            _about={
                "title": result.title,
                "rows": list(rows.labels),
                "columns": list(columns.labels),
                "tables": [self._described(name, one) for name, one in self.tables.items()],
                "orders": {"rows": _orders(result.values), "columns": _orders(result.values.T)},
            },
            _tables_of=[map_data.float_bytes(one.values) for one in self.tables.values()],
            _pictures=[map_data.picture_bytes(thumbnail(image, _SIDE)) for image in result.images],
            **{"chosen": {"image": 0, "caption": 0}, **kwargs},
        )

    @property
    def value(self) -> float:
        """The score of the chosen pair, as shown."""
        return float(self.tables[self.shown].values[self.chosen["image"], self.chosen["caption"]])

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        return html.explanation(self.tables[self.shown])

    @t.validate("shown")
    def _check_shown(self, proposal: Any) -> str:
        if proposal["value"] not in self.tables:
            names = ", ".join(repr(name) for name in self.tables)
            raise WidgetError(f"shown as one of {names}", repr(proposal["value"]), "Use one of these.")
        return proposal["value"]

    @t.validate("chosen")
    def _check_chosen(self, proposal: Any) -> dict[str, int]:
        chosen = dict(proposal["value"])
        if set(chosen) != {"image", "caption"}:
            raise WidgetError("one image and one caption", ", ".join(chosen) or "none", "Choose a place of each.")
        for kind, n in zip(("image", "caption"), self.result.shape, strict=True):
            place = chosen[kind]
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < n:
                raise WidgetError(f"a place of {n} {kind}s, from 0", repr(place), "Choose another.")
        return chosen

    @staticmethod
    def _described(name: str, one: Explanation) -> dict[str, Any]:
        scale = Scale.of_scores(one.values, one.unit)
        return {"name": name, "unit": one.unit, "low": scale.low, "high": scale.high}


def _orders(values: NDArray[np.float32]) -> dict[str, list[int]]:
    """Rows as given, by falling mean, and along the direction in which they differ most."""
    numbers = np.asarray(values, np.float64)
    centred = numbers - numbers.mean(axis=0)
    along = np.linalg.svd(centred, full_matrices=False)[0][:, 0]
    if along[0] > along[-1]:
        along = -along
    return {
        "as given": list(range(len(numbers))),
        "by mean": np.argsort(-numbers.mean(axis=1), kind="stable").tolist(),
        "alike together": np.argsort(along, kind="stable").tolist(),
    }
