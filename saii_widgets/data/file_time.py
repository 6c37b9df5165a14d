"""When a picture was taken, from the name of its file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_SEP = r"[-_.]?"
_CLOCK = r"[T_ @.\-]{0,3}(\d{2})[-_.:h]?(\d{2})(?:[-_.:m]?(\d{2})(?:[.,]?\d{3})?)?"
_YEAR_FIRST: Final = re.compile(rf"(?<!\d)(\d{{4}})({_SEP})(\d{{2}})\2(\d{{2}}){_CLOCK}(?!\d)")
_YEAR_LAST: Final = re.compile(rf"(?<!\d)(\d{{2}})({_SEP})(\d{{2}})\2(\d{{4}}){_CLOCK}(?!\d)")
_DAY_ONLY: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}([-_.]?)(?:0\d|1[0-2])\1[0-3]\d(?!\d)")
_EPOCH: Final = re.compile(r"(?<!\d)(\d{10}|\d{13})(?!\d)")
_YEARS: Final = range(1990, 2101)


def time_from_name(name: str) -> tuple[datetime | None, str]:
    """Read the time of a picture in the name of its file.

    Parameters
    ----------
    name : str
        Without its suffix: "cam3_2026-11-21_08-15-00", "20261121T081500", "IMG_20261121_081500", "1795248900".

    Returns
    -------
    time : datetime or None
        None where the name holds no time, or where it may be read in more than one way.
    note : str
        Why there is none although there are digits of a date, or how it was read; else "".
    """
    found = {time for match in _YEAR_FIRST.finditer(name) for time in _year_first(match)}
    found |= {time for match in _YEAR_LAST.finditer(name) for time in _year_last(match)}
    if len(found) > 1:
        listed = " or ".join(time.isoformat(" ") for time in sorted(found))
        return None, f"its name may say {listed}, so its time is left open"
    if found:
        return found.pop(), ""
    epochs = {time for match in _EPOCH.finditer(name) for time in _since_1970(match)}
    if len(epochs) == 1:
        return epochs.pop(), "the number in its name was read as seconds since 1970, UTC"
    if epochs:
        return None, "its name holds several numbers that may be seconds since 1970, so its time is left open"
    if _DAY_ONLY.search(name):
        return None, "its name holds a day but no time of day, so its time is left open"
    return None, ""


def _year_first(match: re.Match[str]) -> list[datetime]:
    year, _, month, day, *clock = match.groups()
    return _times(year, month, day, clock)


def _year_last(match: re.Match[str]) -> list[datetime]:
    first, _, second, year, *clock = match.groups()
    return [*_times(year, second, first, clock), *_times(year, first, second, clock)]


def _times(year: str, month: str, day: str, clock: list[str | None]) -> list[datetime]:
    """The time in a list, or none if there is no such day or minute."""
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        time = datetime(int(year), int(month), int(day), hour, minute, second)
    except ValueError:
        return []
    return [time] if time.year in _YEARS else []


def _since_1970(match: re.Match[str]) -> list[datetime]:
    digits = match[1]
    seconds = int(digits) / (1000 if len(digits) == 13 else 1)
    time = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return [time] if time.year in _YEARS else []
