"""Which words and which parts of a picture count only together, and which get in each other's way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import traitlets as t

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scale import Scale
from saii_widgets.widgets import map_data
from saii_widgets.widgets.interaction_table import ORDERS, InteractionTable
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, Number, Place, WidgetError

_MOST_CELLS_A_SIDE: Final = 32  # of the table that stands where no script runs


class InteractionMatrix(SaiiWidget):
    """Words by patches: click a word for its signed map, click a patch and the words take its colours.

    Red is synergy (together they count for more than apart), blue is suppression. Pointing reads a cell. Companions
    named "word", over (word,), and "patch", over (patch,), in the same unit, are main effects: bars in the margins.
    All numbers travel once; pointing, choosing, sorting and filtering need no Python.

    Parameters
    ----------
    result : Explanation
        Over (word, patch), (word, word), (patch, patch), or any two other kinds of things. Patches in a grid, and those
        with boxes or masks, are shown on the picture. Of several pictures and captions choose one of each first:
        ``result.select(image=0, caption=0)``.
    selected_word : int
        The chosen word (row), -1 for none; by default the one with the strongest interactions.
    selected_patch : int
        The chosen patch (column), -1 for none. Between patches it is the one whose partners are shown.
    order : str
        "as given", "by strength" (the sum of sizes, falling), or "by main effect" (falling) where there are any.
    least_z : float
        0 to 5; cells less than so many standard errors from zero are greyed out.
    function_words : bool
        Show function words.
    poles : list of str
        What the signs mean, negative and positive, for numbers that are no interactions: ``["against", "for"]``.

    Raises
    ------
    InputError
        Another number of axes, or pictures and captions among them; main effects that do not fit.

    Examples
    --------
    A planted game: "red" and "truck" each count where the truck is, the more so where both meet the upper left patch.

    >>> import numpy as np
    >>> from saii_widgets import Explanation
    >>> planted = np.zeros((3, 2, 2))
    >>> planted[1, 0, 0], planted[2, 0, 0], planted[2, 1, 1] = 0.4, 0.9, -0.3
    >>> effects = Explanation.from_array([0.0, 0.5, 1.2], kinds="word", caption="a red truck", unit="logit")
    >>> result = Explanation.from_array(planted, kinds=("word", "patch"), caption="a red truck", unit="logit",
    ...                                 companions={"word": effects})
    >>> matrix = InteractionMatrix(result, selected_word=2, selected_patch=0)
    >>> round(matrix.value, 2)
    0.9

    The relevance of each word alone, from captions of one word each, is shown in the same way. With a model,
    ``maps = Relevance(model)([picture], ["red", "truck"]).select(image=0).values``; here planted:

    >>> maps = np.array([[0.1, 0.2, 0.0, 0.0], [0.6, 0.3, 0.1, 0.0]])
    >>> alone = Explanation.from_array(maps, kinds=("word", "patch"), caption="red truck")
    >>> InteractionMatrix(alone, poles=["against", "for"]).selected_word
    1
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _errors = t.Bytes(b"").tag(sync=True)
    _margins = t.List(t.Bytes()).tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    _regions = t.Bytes(b"").tag(sync=True)
    selected_word = Place(-1, least=-1)
    selected_patch = Place(-1, least=-1)
    order = Choice(ORDERS)
    least_z = Number(0.0, 0.0, 5.0)
    function_words = t.Bool(True).tag(sync=True)
    poles = t.List(t.Unicode(), ["suppression", "synergy"]).tag(sync=True)

    def __init__(self, result: Explanation, **kwargs: Any) -> None:
        self._table = InteractionTable(result)
        kwargs.setdefault("label", result.title or "Interactions")
        strongest = int(self._table.strengths[0].argmax()) if result.values.size else -1
        kwargs.setdefault("selected_patch" if self._table.rows.kind == "patch" else "selected_word", strongest)
        super().__init__(**self._state(), **kwargs)

    @property
    def result(self) -> Explanation:
        """What is shown; patches are its second axis."""
        return self._table.result

    @property
    def value(self) -> float | None:
        """The interaction of the chosen word and patch; None unless both are chosen."""
        if self._table.square or min(self.selected_word, self.selected_patch) < 0:
            return None
        return float(self.result.values[self.selected_word, self.selected_patch])

    def show(self, result: Explanation) -> None:
        """Show another result in place, such as a better estimate; what it has too stays chosen.

        Parameters
        ----------
        result : Explanation
            A word or patch of the same name in the same place stays chosen, as do the order (where it has main
            effects) and the filter.
        """
        before, self._table = self._table, InteractionTable(result)
        with self.hold_sync(), self.hold_trait_notifications():
            for name in ("selected_word", "selected_patch"):
                place = getattr(self, name)
                if place >= 0 and self._label(name, place) != self._label(name, place, before):
                    setattr(self, name, -1)
            if self.order not in self._table.orders:
                self.order = ORDERS[0]
            for name, value in self._state().items():
                setattr(self, name, value)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        table, result = self._table, self.result
        if table.columns.kind == "patch" and table.columns.grid is not None:
            return html.explanation(replace(result, images=map_data.pictures(result)[:1]))
        n = _MOST_CELLS_A_SIDE
        reach = float(np.abs(result.values).max(initial=0.0)) or 1.0
        drawn = html.matrix_table(
            result.values[:n, :n], table.rows.labels[:n], table.columns.labels[:n],
            unit=result.unit, scale=Scale(-reach, reach, signed=True),
        )  # fmt: skip
        return f'{html.style()}<div class="saii">{drawn}</div>'

    @t.validate("selected_word", "selected_patch")
    def _check_selected(self, proposal: Any) -> int:
        name, place = proposal["trait"].name, proposal["value"]
        axis = self._axis(name)
        if place >= 0 and (axis is None or place >= len(axis)):
            there = (
                "no place, -1" if axis is None else f"-1, or a place from 0 to {len(axis) - 1} on the {axis.kind} axis"
            )
            raise WidgetError(f"{name} as {there}", str(place), "Choose another.")
        return place

    @t.validate("order")
    def _check_order(self, proposal: Any) -> str:
        if proposal["value"] not in self._table.orders:
            raise WidgetError("main effects to sort by", "none", "Give the result companions 'word' or 'patch'.")
        return proposal["value"]

    @t.validate("least_z")
    def _check_least_z(self, proposal: Any) -> float:
        if proposal["value"] > 0 and self.result.errors is None:
            raise WidgetError("standard errors to filter by", "none", "Leave least_z at 0, or give the result errors.")
        return proposal["value"]

    @t.validate("poles")
    def _check_poles(self, proposal: Any) -> list[str]:
        if len(proposal["value"]) != 2:
            raise WidgetError("two words, for negative and for positive", repr(proposal["value"]), "Name both signs.")
        return proposal["value"]

    def _axis(self, name: str, table: InteractionTable | None = None) -> Any:
        """The axis on which a trait chooses a place."""
        table = table or self._table
        if table.square:
            return table.rows if (table.rows.kind == "patch") == (name == "selected_patch") else None
        return table.rows if name == "selected_word" else table.columns

    def _label(self, name: str, place: int, table: InteractionTable | None = None) -> tuple[str, str] | None:
        axis = self._axis(name, table)
        return None if axis is None or place >= len(axis) else (axis.kind, axis.labels[place])

    def _state(self) -> dict[str, Any]:
        result, regions = self.result, self._table.regions()
        return {
            "_about": self._table.about(),
            "_values": map_data.float_bytes(result.values),
            "_errors": b"" if result.errors is None else map_data.float_bytes(result.errors),
            "_margins": self._table.margins(),
            "_regions": b"" if regions is None else map_data.float_bytes(regions),
            "_pictures": [map_data.picture_bytes(map_data.pictures(result)[0])] if self._table.pictured else [],
        }
