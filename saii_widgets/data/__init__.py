"""Records and camera pictures: what people wrote, and what a camera saw."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .camera import CameraFolder, read_camera_folder
    from .corpus import Corpus
    from .emergency import read_emergency_calls
    from .police import read_stop_and_search, read_street_crimes
    from .records import Record, Records
    from .skipped import Skipped
    from .table import read_table
    from .window import Window

__all__ = [
    "CameraFolder",
    "Corpus",
    "Record",
    "Records",
    "Skipped",
    "Window",
    "read_camera_folder",
    "read_emergency_calls",
    "read_records",
    "read_stop_and_search",
    "read_street_crimes",
    "read_table",
]

_HOME = {
    "CameraFolder": "camera",
    "Corpus": "corpus",
    "Record": "records",
    "Records": "records",
    "Skipped": "skipped",
    "Window": "window",
    "read_camera_folder": "camera",
    "read_emergency_calls": "emergency",
    "read_stop_and_search": "police",
    "read_street_crimes": "police",
    "read_table": "table",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def read_records(path: str | Path, **columns: Any) -> Records:
    """Read a table of records; its header decides how.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet: emergency calls (title, desc, timeStamp ...), street-level crimes or stops and searches of
        police.uk, or any other table whose columns are named.
    **columns
        Names of columns and settings as :func:`~.table.read_table` takes them (text="Summary", time="When"); with
        them the table is read by name whatever its header says.

    Returns
    -------
    Records

    Raises
    ------
    RecordsError
        No such file, an unknown header (the message lists its columns), or no row that can be read.
    """
    from .choice import records_of

    return records_of(path, columns)
