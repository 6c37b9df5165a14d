"""Columns of a table put together into records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from saii_widgets.core.errors import RecordsError

from .counted import counted
from .places import read_places
from .records import Records
from .skipped import Skipped
from .source_table import SourceTable
from .times import Times, read_times


def assemble(
    table: SourceTable,
    texts: Sequence[str],
    *,
    kinds: Sequence[str] | None = None,
    times: Times | Sequence[Any] | None = None,
    lat: Sequence[Any] | None = None,
    lng: Sequence[Any] | None = None,
) -> Records:
    """Records of a table; rows without a text are skipped and counted.

    Parameters
    ----------
    table : SourceTable
        Where the columns come from.
    texts : sequence of str
        One a row.
    kinds, times, lat, lng : sequences, optional
        One entry a row each; unknown where they are left out.

    Raises
    ------
    RecordsError
        No row has a text.
    """
    n = len(table)
    read = times if isinstance(times, Times) else read_times([""] * n if times is None else times)
    notes = [*table.notes, *read.notes]
    north = east = np.full(n, np.nan)
    if lat is not None and lng is not None:
        north, east, said = read_places(lat, lng)
        notes += said
    frame = pd.DataFrame(
        {
            "text": pd.Series(list(texts), dtype=str),
            "time": read.time,
            "span": read.span,
            "lat": north,
            "lng": east,
            "kind": pd.Series([""] * n if kinds is None else list(kinds), dtype=str),
            "row": np.asarray(table.rows, dtype=np.int64),
        }
    )
    empty = frame["text"] == ""
    skipped = [*table.skipped, *(Skipped(int(row), "no text") for row in frame.loc[empty, "row"])]
    if bool(empty.all()):
        shown = "; ".join(str(entry) for entry in skipped[:3])
        raise RecordsError(
            f"records with a text in {table.name}",
            f"{counted(len(skipped), 'row')} that can't be read ({shown})" if skipped else "a header and no rows",
            "Check that the file is whole and that the right column is named.",
        )
    skipped.sort(key=lambda entry: int(entry.row))
    return Records(frame.loc[~empty].reset_index(drop=True), skipped, table.name, tuple(notes))
