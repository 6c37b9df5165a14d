"""Parquet files as source tables."""

from __future__ import annotations

from pathlib import Path

from saii_widgets.core.errors import RecordsError

from .source_table import SourceTable

_MOST_ROWS = 20_000_000


def read_parquet(path: Path) -> SourceTable:
    """All flat columns of a Parquet file, typed as they are there.

    Parameters
    ----------
    path : Path
        An existing file.

    Raises
    ------
    RecordsError
        The file is empty, damaged or no Parquet.
    """
    import pyarrow
    import pyarrow.parquet

    if path.stat().st_size == 0:
        raise RecordsError("a Parquet table", f"the empty file {path.name}", "Check that the copy is whole.")
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            if file.metadata.num_rows > _MOST_ROWS:
                raise RecordsError(
                    f"a table of at most {_MOST_ROWS:,} rows",
                    f"{path.name} with {file.metadata.num_rows:,}",
                    "Cut it into parts, for example by month.",
                )
            table = file.read()
            columns = {name: table.column(name).to_pylist() for name in table.column_names}
    except RecordsError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, OverflowError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordsError(
            "a sound Parquet table", f"{path.name}, which can't be read ({reason})", "Copy or export it anew."
        ) from error
    return SourceTable(path.name, columns, range(1, table.num_rows + 1))
