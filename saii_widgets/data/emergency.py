"""Emergency calls in the columns of the Montgomery County (Pennsylvania) 911 table."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from .assemble import assemble
from .records import Records
from .source_file import read_source
from .source_table import SourceTable

#: lat, lng, desc, zip, title, timeStamp, twp, addr, e; these five are needed.
EMERGENCY_COLUMNS: Final = ("title", "desc", "timeStamp", "lat", "lng")
_STATION_OR_TIME = re.compile(r"station\s*:?\s*\w*|\d{4}-\d\d-\d\d[\s@T]*\d\d:\d\d(:\d\d)?", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def read_emergency_calls(path: str | Path) -> Records:
    """Read emergency calls.

    The kind of a call is what stands before the colon of its title: "Traffic", "EMS", "Fire". Its text is the rest of
    the title in small letters and what its description says beyond address, township, fire station and time:
    "vehicle accident: red truck on its side by a metal fence".

    Parameters
    ----------
    path : str or Path
        CSV or Parquet with the columns lat, lng, desc, title and timeStamp; twp and addr are used where they are there.

    Raises
    ------
    RecordsError
        No such file, no such columns, or no row that can be read.
    """
    return emergency_calls(read_source(path))


def emergency_calls(table: SourceTable) -> Records:
    """Emergency calls of an opened table; see :func:`read_emergency_calls`."""
    titles, descriptions = table.texts("title"), table.texts("desc")
    addresses, townships = table.texts_if_any("addr"), table.texts_if_any("twp")
    times, lat, lng = (table.column(name) for name in ("timeStamp", "lat", "lng"))
    kinds, texts = [], []
    for title, description, address, township in zip(titles, descriptions, addresses, townships, strict=True):
        kind, words = _title(title)
        kinds.append(kind)
        said = _beyond_the_address(description, address, township)
        texts.append(f"{words}: {said}" if words and said else words or said)
    return assemble(table, texts, kinds=kinds, times=times, lat=lat, lng=lng)


@lru_cache(maxsize=4096)
def _title(title: str) -> tuple[str, str]:
    """``"Traffic: VEHICLE ACCIDENT -"`` -> ``("Traffic", "vehicle accident")``."""
    kind, colon, rest = title.partition(":")
    if not colon:
        kind, rest = "", title
    rest = rest.strip(" -\t").replace("/", " or ").replace("-", " ")
    return kind.strip(), _BLANKS.sub(" ", rest).casefold()


def _beyond_the_address(description: str, address: str, township: str) -> str:
    known = {"", address.casefold(), township.casefold()}
    parts = []
    for part in description.split(";"):
        part = part.strip()
        if part.casefold() not in known and not _STATION_OR_TIME.fullmatch(part):
            parts.append(_BLANKS.sub(" ", part))
    return "; ".join(parts)
