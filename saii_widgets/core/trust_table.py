"""A table of measures: how far one explanation can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from saii_widgets.core.errors import LabelError
from saii_widgets.core.measurement import Measurement

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class TrustTable:
    """Measurements of one explanation, those that could not be taken among them, with the reason.

    Parameters
    ----------
    title : str
        What was measured.
    measurements : sequence of Measurement
        Each quantity once.
    model : str
        Name of the model that was asked.

    Examples
    --------
    >>> from saii_widgets.core.measurement import Measurement
    >>> r2 = Measurement("faithfulness", "R2", 0.83, "R2", "It tells most of how the score varies.", 0.8, 0.86)
    >>> table = TrustTable("Interactions of one pair", [r2])
    >>> table["R2"].value, table.passes
    (0.83, 0)
    """

    title: str
    measurements: Sequence[Measurement]
    model: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "measurements", tuple(self.measurements))

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.measurements)

    def __len__(self) -> int:
        return len(self.measurements)

    def __getitem__(self, quantity: str) -> Measurement:
        """The measurement of a quantity, or the first of a measure.

        Raises
        ------
        LabelError
            There is none.
        """
        for one in self.measurements:
            if one.quantity == quantity:
                return one
        for one in self.measurements:
            if one.measure == quantity:
                return one
        listed = ", ".join(repr(one.quantity) for one in self.measurements) or "nothing"
        raise LabelError("a quantity of this table", repr(quantity), f"There are: {listed}.")

    @property
    def passes(self) -> int:
        """Encoder passes, or calls of a service, for all of them."""
        return sum(one.passes for one in self.measurements)

    @property
    def seconds(self) -> float:
        """For all of them."""
        return sum(one.seconds for one in self.measurements)

    def to_frame(self) -> pandas.DataFrame:
        """One row a quantity (pandas), without the curves."""
        import pandas as pd

        return pd.DataFrame(
            [
                {name: entry for name, entry in one.to_dict().items() if name not in ("along", "curves")}
                for one in self.measurements
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as a table of a `Study` holds it row by row."""
        return {"title": self.title, "model": self.model, "measurements": [one.to_dict() for one in self.measurements]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrustTable:
        """The reverse of :meth:`to_dict`."""
        found = [Measurement.from_dict(one) for one in data["measurements"]]
        return cls(str(data["title"]), found, str(data.get("model", "")))

    def _repr_html_(self) -> str:
        from saii_widgets.core import html

        rows = [
            {
                "quantity": one.quantity,
                "value": "–" if one.value is None else html.shown(one.value, one.unit),
                "between": _interval(one),
                "by chance": "" if one.chance is None else html.shown(one.chance, one.unit),
                "unit": "" if one.value is None else one.unit,
                "what it says": one.says,
                "passes": one.passes,
                "seconds": round(one.seconds, 1),
            }
            for one in self.measurements
        ]
        of = f" of {self.model}" if self.model else ""
        cost = f"{self.passes:,} encoder passes{of}, {self.seconds:.1f} s"
        return (
            f'{html.style()}<div class="saii"><p><b>{escape(self.title)}</b></p>{html.table(rows)}'
            f'<p class="saii-muted">{escape(cost)}</p></div>'
        )


def _interval(one: Measurement) -> str:
    from saii_widgets.core import html

    if one.low is None or one.high is None:
        return ""
    return f"{html.shown(one.low, one.unit)} to {html.shown(one.high, one.unit)} ({one.between})"
