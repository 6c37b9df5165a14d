"""Opening a table by its path: CSV or Parquet, whatever the file is."""

from __future__ import annotations

from pathlib import Path

from saii_widgets.core.errors import RecordsError

from .csv_file import read_csv
from .parquet_file import read_parquet
from .source_table import SourceTable

_PARQUET = (".parquet", ".pq")


def read_source(path: str | Path, encoding: str = "auto", delimiter: str = "auto") -> SourceTable:
    """The table of a file.

    Parameters
    ----------
    path : str or Path
        Read as Parquet where its name ends so or its first bytes say so, else as CSV.
    encoding, delimiter : str
        Of a CSV file; see :func:`~.csv_file.read_csv`.

    Raises
    ------
    RecordsError
        There is no such file, it is a folder, may not be read, or holds no table.
    """
    path = Path(path)
    try:
        if path.is_dir():
            tables = sorted(p.name for p in path.iterdir() if p.suffix.lower() in (".csv", *_PARQUET))
            inside = f"; it holds {', '.join(tables[:10])}" if tables else ""
            raise RecordsError("a CSV or Parquet file", f"the folder {path}{inside}", "Name one file of it.")
        if not path.is_file():
            raise RecordsError("a CSV or Parquet file", f"{path}, which is not there", "Check the path.")
        if path.suffix.lower() in _PARQUET or _begins(path, b"PAR1"):
            return read_parquet(path)
        return read_csv(path, encoding, delimiter)
    except OSError as error:
        raise RecordsError(
            "a file that may be read", f"{path} ({error.strerror or error})", "Check its permissions and the disk."
        ) from error


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark
