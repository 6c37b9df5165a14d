"""Records: texts that people wrote about what happened, with their time and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from .counted import counted
from .skipped import Skipped

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 5

__all__ = ["Record", "Records", "Skipped"]


@dataclass(frozen=True)
class Record:
    """One text with what is known about it.

    Parameters
    ----------
    text : str
    time : datetime or None
        On the clock of the table, without a zone.
    place : (float, float) or None
        Latitude and longitude in degrees.
    kind : str
        What the table calls it: "Traffic", "Vehicle crime"; "" where it does not.
    """

    text: str
    time: datetime | None = None
    place: tuple[float, float] | None = None
    kind: str = ""


@dataclass(eq=False)
class Records:
    """The records of one table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns text (str), time (datetime64, NaT where unknown), span (timedelta64; the event lies between time and
        time + span, 0 where the minute is known), lat and lng (degrees, NaN where unknown), kind (str) and row (where
        the record stands in the file). Indexed 0, 1, 2 ...
    skipped : list of Skipped
        Rows that could not be read.
    name : str
        Of the file.
    notes : tuple of str
        What a reader should know about how the file was read.
    """

    frame: pd.DataFrame
    skipped: list[Skipped] = field(default_factory=list)
    name: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[Record]:
        columns = (self.frame[name].tolist() for name in ("text", "time", "lat", "lng", "kind"))
        for text, time, lat, lng, kind in zip(*columns, strict=True):
            known = time == time  # NaT equals nothing
            place = (lat, lng) if lat == lat else None
            yield Record(text, time.to_pydatetime() if known else None, place, kind)

    @property
    def texts(self) -> list[str]:
        """The texts, in the order of the file."""
        return self.frame["text"].tolist()

    def select(self, rows: object) -> Records:
        """Some of the records, chosen as by ``frame.loc``; what was skipped stays with them."""
        return Records(self.frame.loc[rows].reset_index(drop=True), self.skipped, self.name, self.notes)  # type: ignore[index]

    def summary(self) -> str:
        """How many were read and how many were not, with the notes; plain text, one a line."""
        lines = [
            f"{counted(len(self), 'record')} from {self.name or 'a table'}, "
            f"{counted(len(self.skipped), 'row')} left out"
        ]
        lines += [f"  {skipped}" for skipped in self.skipped[:_SHOWN]]
        if len(self.skipped) > _SHOWN:
            lines.append(f"  and {len(self.skipped) - _SHOWN:,} more in .skipped")
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return f"Records({self.name!r}, {counted(len(self), 'record')}, {counted(len(self.skipped), 'row')} left out)"

    def _repr_html_(self) -> str:
        head = self.frame.head(_SHOWN).drop(columns="span", errors="ignore")
        return f"<pre>{escape(self.summary())}</pre>{head.to_html(escape=True, index=False)}"
