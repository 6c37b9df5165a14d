"""Bytes of a text file to text, in whatever encoding they are."""

from __future__ import annotations

import codecs

from saii_widgets.core.errors import RecordsError

from .counted import counted

#: Stands for bytes that are no text in the file's encoding.
DAMAGED = "\ufffd"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip file or a workbook of a spreadsheet program", "Unpack it, or save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "a workbook of a spreadsheet program", "Save the sheet as CSV."),
    (b"\x1f\x8b", "a gzip file", "Unpack it first."),
    (b"%PDF", "a PDF document", "Ask its author for the table as CSV."),
    (b"\xff\xd8\xff", "a JPEG picture", "Pictures go into a camera folder."),
    (b"\x89PNG", "a PNG picture", "Pictures go into a camera folder."),
    (b"PAR1", "a Parquet file under another name", "Name it .parquet."),
)
_HEAD = 4096


def decode(data: bytes, name: str, encoding: str = "auto") -> tuple[str, tuple[str, ...]]:
    """Text of a file, and what a reader should know about how it was read.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Of the file, for messages.
    encoding : str
        "auto": the byte-order mark decides, else UTF-8, else Windows-1252 or Latin-1. Or the name of a codec.

    Returns
    -------
    text : str
        Without its mark. :data:`DAMAGED` stands where a file that is UTF-8 otherwise has bytes that are not.
    notes : tuple of str

    Raises
    ------
    RecordsError
        The file is no text, or not in the encoding that was named.
    """
    if encoding != "auto":
        return _as_told(data, name, encoding), ()
    for start, kind, advice in _OTHER_FILES:
        if data.startswith(start):
            raise RecordsError("a table as text (CSV)", f"{kind}: {name}", advice)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="replace"), ()
    if data[:_HEAD].count(0) > len(data[:_HEAD]) // 4:
        raise RecordsError(
            "a table as text (CSV)",
            f"{name}, which is mostly zero bytes",
            "If it is text in UTF-16, pass encoding='utf-16-le' or 'utf-16-be'; otherwise the file is damaged.",
        )
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _not_quite_utf8(data, error)


def _as_told(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise RecordsError(
            "the name of an encoding", repr(encoding), "Pass 'auto', 'utf-8', 'latin-1' or another codec of Python."
        ) from None
    except UnicodeError as error:
        raise RecordsError(
            f"text in {encoding}", f"{name}, which is not ({error})", "Pass encoding='auto' or the right one."
        ) from error


def _not_quite_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    """UTF-8 with some damage where most of its other characters are sound, else a one-byte encoding."""
    text = data.decode("utf-8", errors="replace")
    n_damaged = text.count(DAMAGED)
    n_sound = len(text) - len(text.encode("ascii", errors="ignore")) - n_damaged
    if n_sound > n_damaged:
        return text, (f"bytes that are no UTF-8 in {counted(n_damaged, 'place')}; their rows are left out",)
    line = data.count(b"\n", 0, error.start) + 1
    why = f"line {line} holds a byte (0x{data[error.start]:02x}) that is no UTF-8"
    try:
        return data.decode("cp1252"), (f"read as Windows-1252, since {why}",)
    except UnicodeDecodeError:
        return data.decode("latin-1"), (f"read as Latin-1, since {why}",)
