"""Which reader serves a table: its header says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from saii_widgets.core.errors import RecordsError

from .emergency import EMERGENCY_COLUMNS, emergency_calls
from .police import STOP_COLUMNS, STREET_COLUMNS, stops, street_crimes
from .records import Records
from .source_file import read_source
from .source_table import SourceTable
from .table import named_columns

Reader = Callable[[SourceTable], Records]
#: Each known kind of table with the columns that it is known by.
READERS: Final[tuple[tuple[str, tuple[str, ...], Reader], ...]] = (
    ("emergency calls", EMERGENCY_COLUMNS, emergency_calls),
    ("street-level crimes", STREET_COLUMNS, street_crimes),
    ("stops and searches", STOP_COLUMNS, stops),
)
_OF_THE_FILE = ("encoding", "delimiter")
_OF_THE_TABLE = ("text", "time", "lat", "lng", "kind", "time_format")


def records_of(path: str | Path, columns: Mapping[str, Any]) -> Records:
    """Records of a file by its header, or by the columns named; see :func:`saii_widgets.data.read_records`."""
    unknown = sorted(set(columns) - {*_OF_THE_FILE, *_OF_THE_TABLE})
    if unknown:
        known = ", ".join((*_OF_THE_TABLE, *_OF_THE_FILE))
        raise RecordsError(f"settings out of {known}", ", ".join(unknown), "Say text='...' for the column of texts.")
    table = read_source(path, **{name: columns[name] for name in _OF_THE_FILE if name in columns})
    named = {name: columns[name] for name in _OF_THE_TABLE if name in columns}
    if "text" in named:
        return named_columns(table, **named)
    if named:
        raise RecordsError("the column of the texts", f"only {', '.join(sorted(named))}", "Add text='...'.")
    for _, needed, reader in READERS:
        if table.has(*needed):
            return reader(table)
    raise _unknown_header(table)


def _unknown_header(table: SourceTable) -> RecordsError:
    """The error names the columns found, and what the closest of the known tables lacks."""
    lacking = {kind: [name for name in needed if not table.has(name)] for kind, needed, _ in READERS}
    closest = min(lacking, key=lambda kind: len(lacking[kind]))
    missing = lacking[closest]
    near = next(needed for kind, needed, _ in READERS if kind == closest)
    hint = (
        f"For {closest} it lacks {', '.join(map(repr, missing))}. "
        if len(missing) < len(near) - 1  # more than one name in common
        else ""
    )
    kinds = ", ".join(kind for kind, _, _ in READERS)
    return RecordsError(
        f"a table of {kinds}, or the name of the column that holds the texts",
        f"{table.name} with the columns {table.listed()}",
        f"{hint}Name the column of the texts: read_records(path, text='...').",
    )
