"""Any table of texts, its columns named by hand."""

from __future__ import annotations

from pathlib import Path

from saii_widgets.core.errors import RecordsError

from .assemble import assemble
from .records import Records
from .source_file import read_source
from .source_table import SourceTable
from .times import read_times


def read_table(
    path: str | Path,
    *,
    text: str,
    time: str | None = None,
    lat: str | None = None,
    lng: str | None = None,
    kind: str | None = None,
    encoding: str = "auto",
    delimiter: str = "auto",
    time_format: str | None = None,
) -> Records:
    """Read a CSV or Parquet table by the names of its columns.

    Parameters
    ----------
    path : str or Path
    text : str
        Column of the texts.
    time, lat, lng, kind : str, optional
        Columns of time, latitude, longitude (degrees) and kind; unknown where they are left out.
    encoding, delimiter : str
        Of a CSV file; "auto" finds them.
    time_format : str, optional
        As for strptime; needed where 03/04/2026 may be in March or in April.

    Raises
    ------
    RecordsError
        No such file, no such column (the message lists those there are), or no row that can be read.
    """
    table = read_source(path, encoding, delimiter)
    return named_columns(table, text=text, time=time, lat=lat, lng=lng, kind=kind, time_format=time_format)


def named_columns(
    table: SourceTable,
    *,
    text: str,
    time: str | None = None,
    lat: str | None = None,
    lng: str | None = None,
    kind: str | None = None,
    time_format: str | None = None,
) -> Records:
    """Records of an opened table; see :func:`read_table`."""
    if (lat is None) != (lng is None):
        raise RecordsError("the columns of latitude and longitude", "only one of the two", "Name both, or neither.")
    return assemble(
        table,
        table.texts(text),
        kinds=None if kind is None else table.texts(kind),
        times=None if time is None else read_times(table.column(time), time_format),
        lat=None if lat is None else table.column(lat),
        lng=None if lng is None else table.column(lng),
    )
