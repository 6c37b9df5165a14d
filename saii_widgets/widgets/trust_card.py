"""How far an explanation can be trusted, as a strip under it."""

from __future__ import annotations

from typing import Any, Final

import traitlets as t

from saii_widgets.core.measurement import Measurement
from saii_widgets.core.trust_table import TrustTable
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Place, WidgetError

FOREMOST: Final = ("R2", "insertion less deletion", "agreement after small changes", "encoder passes")
"""Quantities that the strip begins with; the others are a button away."""


class TrustCard(SaiiWidget):
    """Measures of trust side by side: value, interval, unit; a sentence for each; its curves where it has any.

    There are no red and green lights: what a value means depends on what the explanation is used for, and the sentence
    says it. A thin line is the 95 % interval, or the smallest and largest of a few draws; a tick is what chance gets.

    Parameters
    ----------
    table : TrustTable, optional
        From `trust`. Without one the strip says that nothing is measured yet.
    chosen : int
        The measurement that is open, by its place in the table; -1 for none.
    everything : bool
        Show all quantities, not only R2, insertion less deletion, agreement after small changes and the cost.

    Examples
    --------
    >>> from saii_widgets.core.measurement import Measurement
    >>> from saii_widgets.core.trust_table import TrustTable
    >>> r2 = Measurement("faithfulness", "R2", 0.83, "R2", "It tells most of the story.", 0.78, 0.87, chance=0)
    >>> aid = Measurement("insertion and deletion", "insertion less deletion", 3.2, "logit", "The right parts first.",
    ...                   chance=0.4, along=[0, 0.5, 1], curves={"insertion": [0, 4, 5], "deletion": [5, 1, 0]})
    >>> card = TrustCard(TrustTable("Trust in: relevance of patches", [r2, aid], "embedded"), chosen=1)
    >>> card.value.quantity
    'insertion less deletion'
    """

    _about = t.Dict().tag(sync=True)
    chosen = Place(-1, least=-1)
    everything = t.Bool(False).tag(sync=True)

    def __init__(self, table: TrustTable | None = None, **kwargs: Any) -> None:
        self._table = _none() if table is None else table
        kwargs.setdefault("label", self._table.title)
        super().__init__(_about=_state(self._table), **kwargs)

    @property
    def table(self) -> TrustTable:
        """What is shown."""
        return self._table

    @property
    def value(self) -> Measurement | None:
        """The measurement that is open; None where none is."""
        return None if self.chosen < 0 else self._table.measurements[self.chosen]

    def show(self, table: TrustTable | None) -> None:
        """Another table in the same place; the open quantity stays open where it has it."""
        before = self.value
        self._table = _none() if table is None else table
        quantities = [one.quantity for one in self._table]
        kept = quantities.index(before.quantity) if before is not None and before.quantity in quantities else -1
        with self.hold_sync(), self.hold_trait_notifications():
            self.chosen, self.label, self._about = kept, self._table.title, _state(self._table)

    def fallback_html(self) -> str:
        return self._table._repr_html_()

    @t.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        n = len(self._table)
        if proposal["value"] >= n:
            raise WidgetError(f"a place of {n}, from 0, or -1 for none", str(proposal["value"]), "Choose another.")
        return proposal["value"]


def _none() -> TrustTable:
    return TrustTable("Trust in this explanation", ())


def _state(table: TrustTable) -> dict[str, Any]:
    quantities = [one.quantity for one in table]
    foremost = [quantities.index(name) for name in FOREMOST if name in quantities]
    rows = []
    for one in table:
        row = one.to_dict()
        row["along"], row["curves"] = list(one.along), {name: list(values) for name, values in one.curves.items()}
        rows.append(row)
    return {"title": table.title, "model": table.model, "rows": rows, "foremost": foremost or list(range(len(rows)))}
