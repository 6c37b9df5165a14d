"""CSV files as they come: broken rows are counted and shown, and never swallow the rows after them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from saii_widgets.core.errors import RecordsError

from .counted import counted
from .decoding import DAMAGED, decode
from .skipped import Skipped
from .source_table import SourceTable

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_MOST_BYTES = 1_000_000_000
_REASONS = (
    ("field limit", "a field of more than {limit:,} characters; is a quotation mark never closed?"),
    ("unexpected end", "a quotation mark is opened and never closed"),
    ("expected after", "a quotation mark in the middle of a quoted field"),
)


def read_csv(path: Path, encoding: str = "auto", delimiter: str = "auto") -> SourceTable:
    """All columns of a CSV file, as text.

    Parameters
    ----------
    path : Path
        An existing file.
    encoding : str
        "auto" or the name of a codec, see :func:`~.decoding.decode`.
    delimiter : str
        One character; "auto" takes that of comma, semicolon, tab and bar that cuts the header into most names.

    Returns
    -------
    SourceTable
        Rows with another number of fields than the header, with damaged bytes or with unbalanced quotation marks are
        in `skipped`.

    Raises
    ------
    RecordsError
        The file is empty, no text, or above a gigabyte.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise RecordsError(
            "a table of at most a gigabyte",
            f"{path.name} with {path.stat().st_size / 1e9:.1f}",
            "Cut it into parts, for example by month, or save it as Parquet.",
        )
    text, notes = decode(path.read_bytes(), path.name, encoding)
    lines = list(io.StringIO(text, newline=""))
    first = next((number for number, line in enumerate(lines) if line.strip("\ufeff\0 \t\r\n")), None)
    if first is None:
        raise RecordsError("a table with a header line", f"the empty file {path.name}", "Check that the copy is whole.")
    chosen = _delimiter(lines[first]) if delimiter == "auto" else delimiter
    _check(chosen)
    header, begin = _header(lines, first, chosen)
    rows: list[list[str]] = []
    numbers: list[int] = []
    skipped: list[Skipped] = []
    for number, fields, reason in _records(lines, begin, len(header), chosen, "\0" in text or DAMAGED in text):
        if fields is None:
            skipped.append(Skipped(number, reason, lines[number - 1].rstrip("\r\n")))
        else:
            rows.append(fields)
            numbers.append(number)
    said = [*notes, *_notes(header, chosen, delimiter)]
    values: Sequence[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    columns: dict[str, Sequence[str]] = {}
    for name, column in zip(header, values, strict=True):
        columns.setdefault(name, column)
    return SourceTable(path.name, dict(columns), numbers, skipped, said)


def _check(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise RecordsError("one character between columns", repr(delimiter), "Pass ',' or ';' or leave 'auto'.")


def _delimiter(header: str) -> str:
    counts = {mark: len(_fields(header, mark)) for mark in DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])  # the first of equals: the comma


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _header(lines: list[str], first: int, delimiter: str) -> tuple[list[str], int]:
    """Names of the columns, and where the rows begin; names may hold line breaks within quotation marks."""
    reader = csv.reader(_from(lines, first), delimiter=delimiter, strict=True)
    try:
        header = next(reader)
        used = reader.line_num
    except csv.Error:
        header, used = lines[first].rstrip("\r\n").split(delimiter), 1
    return [name.replace("\0", "").strip("\ufeff \t") for name in header], first + used


def _notes(header: list[str], chosen: str, asked: str) -> Iterator[str]:
    if asked == "auto" and chosen != ",":
        yield f"columns are separated by {DELIMITERS[chosen]}"
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"there are {header.count(name)} columns {name!r}; the first is read"


def _from(lines: list[str], start: int) -> Iterator[str]:
    for number in range(start, len(lines)):
        yield lines[number]


def _records(
    lines: list[str], begin: int, width: int, delimiter: str, suspicious: bool
) -> Iterator[tuple[int, list[str] | None, str]]:
    """Line number (from 1), fields (None for a broken row) and reason of every row.

    After a broken row that runs over several lines, as an open quotation mark makes it, reading goes on with the line
    after its first, so that it takes no sound row with it.
    """
    start = begin
    while start < len(lines):
        reader = csv.reader(_from(lines, start), delimiter=delimiter, strict=True)
        base, before = start, 0
        start = len(lines)
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield base + before + 1, None, _reason(error)
                start = base + before + 1
                break
            number, n_lines = base + before + 1, reader.line_num - before
            reason = _fault(fields, width, suspicious)
            if reason is None:
                yield number, fields, ""
            elif reason:
                yield number, None, reason
                if n_lines > 1:
                    start = number
                    break
            before = reader.line_num


def _reason(error: csv.Error) -> str:
    for part, words in _REASONS:
        if part in str(error):
            return words.format(limit=csv.field_size_limit())
    return str(error)


def _fault(fields: list[str], width: int, suspicious: bool) -> str | None:
    """What is wrong with a row: None for a sound one, "" for a blank one, which is no row at all."""
    if len(fields) != width:
        if not any(field.strip(" \t") for field in fields):
            return ""
        return f"{counted(len(fields), 'field')} where the header has {width}"
    if suspicious:
        joined = "".join(fields)
        if "\0" in joined:
            return "zero bytes, which no text has"
        if DAMAGED in joined:
            return "bytes that are no text in the file's encoding"
    return None
