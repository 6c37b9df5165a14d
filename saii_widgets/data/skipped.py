"""What a reader left out, and why."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_LINE = 200


@dataclass(frozen=True)
class Skipped:
    """One row of a table, or one file of a folder, that was left out.

    Parameters
    ----------
    row : int or str
        Number of the line in a CSV file (the header is line 1), of the row in a Parquet file (from 1), or the name of
        a picture.
    reason : str
        Why, in words.
    line : str
        The row as it stands in the file, or the message of the library that refused the picture; cut after 200
        characters.
    """

    row: int | str
    reason: str
    line: str = ""

    def __post_init__(self) -> None:
        if len(self.line) > _LONGEST_LINE:
            object.__setattr__(self, "line", self.line[:_LONGEST_LINE] + "…")

    def __str__(self) -> str:
        where = f"row {self.row}" if isinstance(self.row, int) else self.row
        return f"{where}: {self.reason}"
