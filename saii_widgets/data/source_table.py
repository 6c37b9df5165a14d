"""A table as it stands in a file: columns by name, the rows that could be read, and those that could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from saii_widgets.core.errors import RecordsError

from .skipped import Skipped


def plain(name: str) -> str:
    """A column's name without the differences that no one means: capitals, blanks, underscores."""
    return "".join(name.casefold().replace("_", " ").split())


@dataclass
class SourceTable:
    """Columns of a CSV or Parquet file.

    Parameters
    ----------
    name : str
        Of the file.
    columns : dict of str to sequence
        Values of each column; text from a CSV file, typed from a Parquet file.
    rows : sequence of int
        Where each row stands in the file: line of a CSV file (the header is line 1), row of a Parquet file (from 1).
    skipped : list of Skipped
    notes : list of str
        What a reader should know about how the file was read.
    """

    name: str
    columns: dict[str, Sequence[Any]]
    rows: Sequence[int]
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, *names: str) -> bool:
        """Whether all these columns are there, capitals and blanks aside."""
        found = {plain(column) for column in self.columns}
        return all(plain(name) in found for name in names)

    def column(self, name: str) -> Sequence[Any]:
        """Values of one column.

        Raises
        ------
        RecordsError
            There is none of that name; the message lists those there are, and the closest.
        """
        if name in self.columns:
            return self.columns[name]
        by_plain = {plain(column): column for column in reversed(list(self.columns))}
        if plain(name) in by_plain:
            return self.columns[by_plain[plain(name)]]
        close = get_close_matches(plain(name), by_plain, n=1, cutoff=0.5)
        guess = f"Did you mean {by_plain[close[0]]!r}? " if close else ""
        raise RecordsError(
            f"a column {name!r} in {self.name}",
            f"the columns {self.listed()}",
            f"{guess}Name the column that is meant.",
        )

    def texts(self, name: str) -> list[str]:
        """Values of one column as text, blanks around them taken off; "" where there is none."""
        return ["" if value is None or value != value else _as_text(value) for value in self.column(name)]

    def texts_if_any(self, name: str) -> list[str]:
        """As :meth:`texts`; all "" where there is no column of that name."""
        return self.texts(name) if self.has(name) else [""] * len(self)

    def listed(self) -> str:
        """The names of the columns, for messages: at most 40 of them, each cut after 60 characters."""
        names = [repr(name if len(name) <= 60 else name[:60] + "…") for name in self.columns]
        more = f" and {len(names) - 40} more" if len(names) > 40 else ""
        return ", ".join(names[:40]) + more


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip()
    return str(value).strip()
