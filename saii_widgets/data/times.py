"""Times as tables write them: when something was, and how exactly that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from saii_widgets.core.errors import RecordsError

from .counted import counted
from .numbers import numbers

_YEAR, _MONTH, _DAY = 4, 7, 10  # characters of 2026, 2026-11 and 2026-11-21
_SLASHED = (
    r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
)
_EPOCH_YEARS = (1990, 2100)


@dataclass(frozen=True, eq=False)
class Times:
    """Times of the rows of a table.

    Parameters
    ----------
    time : pandas.Series of datetime64
        Without a zone; NaT where there is none.
    span : pandas.Series of timedelta64
        The event lies between `time` and `time` + `span`: a month for "2026-11", a day for "2026-11-21", else 0.
    notes : tuple of str
        What could not be read, and what was assumed.
    """

    time: pd.Series
    span: pd.Series
    notes: tuple[str, ...]


def read_times(values: Sequence[Any], format: str | None = None) -> Times:
    """Read a column of times.

    Parameters
    ----------
    values : sequence
        ISO 8601 ("2026-11-21 08:15:00", "2026-11"), days with slashes where the column tells day from month, seconds
        or milliseconds since 1970, or dates and times of a typed table. Times with a zone are put into UTC.
    format : str, optional
        As in :meth:`datetime.datetime.strptime`; needed where 03/04/2026 may be in March or in April.

    Raises
    ------
    RecordsError
        `format` is none that times can be read by.
    """
    raw = pd.Series(list(values), dtype=object)
    text = raw.map(lambda value: "" if value is None or value is pd.NaT else str(value)).astype(str).str.strip()
    text = text.mask(text.str.lower().isin(("nan", "none", "nat")), "")
    if format is not None:
        time = _by_format(text, format)
        span = pd.Series(pd.Timedelta(0), index=time.index, dtype="timedelta64[us]")
        return Times(time, span, tuple(_unread(text, time)))
    notes: list[str] = []
    time = _utc(text, format="ISO8601")
    seconds = text.str.fullmatch(r"\d{9,13}(\.\d+)?")
    if seconds.any():
        time = time.mask(seconds, _epoch(text.where(seconds)))
    if text.str.contains(r":\d\d(?:\.\d+)?\s?(?:[+-]\d\d:?\d\d|Z)$", regex=True).any():
        notes.append("times with a zone were put into UTC")
    left = time.isna() & (text != "")
    if left.any():
        slashed, said = _slashed(text[left])
        time = time.fillna(slashed.reindex(time.index))
        notes += said
    span = _span(text, time)
    return Times(time, span, (*notes, *_unread(text, time)))


def _utc(text: pd.Series, **how: Any) -> pd.Series:
    read = pd.to_datetime(text.where(text != ""), errors="coerce", utc=True, **how)
    return read.dt.tz_localize(None).astype("datetime64[us]")


def _by_format(text: pd.Series, format: str) -> pd.Series:
    try:
        return _utc(text, format=format)
    except (ValueError, TypeError) as error:
        raise RecordsError(
            "a format of times such as '%d/%m/%Y %H:%M'", f"{format!r} ({error})", "See strptime in Python's manual."
        ) from error


def _epoch(text: pd.Series) -> pd.Series:
    number = numbers(text)
    seconds = number.where(number.abs() < 1e11, number / 1000)
    low, high = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in _EPOCH_YEARS)
    seconds = seconds.where(seconds.between(low, high))
    return pd.to_datetime(seconds, unit="s").astype("datetime64[us]")


def _slashed(text: pd.Series) -> tuple[pd.Series, list[str]]:
    """Days with slashes; the whole column decides whether the day or the month comes first."""
    parts = text.str.extract(f"^{_SLASHED}$")
    first, second = numbers(parts[0]), numbers(parts[1])
    day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
    nothing = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    if first.isna().all():
        return nothing, []
    if day_first == month_first:
        example = _first(text, first.notna())
        why = "both orders occur" if day_first else "either may come first"
        return nothing, [f"whether {example!r} begins with its day or its month is open ({why}); pass time_format"]
    day, month = (first, second) if day_first else (second, first)
    afternoon = parts[6].str.lower().str.startswith("p").astype("boolean").fillna(False)
    twelve = parts[6].notna() & (numbers(parts[3]) == 12)
    hour = numbers(parts[3]).fillna(0) + 12 * afternoon.astype(int) - 12 * twelve.astype(int)
    fields = {"year": numbers(parts[2]), "month": month, "day": day, "hour": hour}
    fields |= {"minute": numbers(parts[4]).fillna(0), "second": numbers(parts[5]).fillna(0)}
    read = pd.to_datetime(pd.DataFrame(fields), errors="coerce").astype("datetime64[us]")
    if not read.notna().any():
        return read, []
    order = "the day" if day_first else "the month"
    return read, [f"dates such as {_first(text, read.notna())!r} were read with {order} first"]


def _span(text: pd.Series, time: pd.Series) -> pd.Series:
    """How long after `time` the event may have been, by how much of a time was written."""
    days = pd.Series(0, index=text.index, dtype="int64")
    length = text.str.len()
    days = days.mask(text.str.fullmatch(r"\d{4}-\d\d-\d\d|\d{8}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}"), 1)
    month, year = length == _MONTH, length == _YEAR
    if month.any():
        days = days.mask(month, time.dt.days_in_month.fillna(0).astype("int64"))
    if year.any():
        days = days.mask(year, 365 + time.dt.is_leap_year.astype("int64"))
    return pd.to_timedelta(days.where(time.notna(), 0), unit="D").astype("timedelta64[us]")


def _unread(text: pd.Series, time: pd.Series) -> list[str]:
    lost = time.isna() & (text != "")
    if not lost.any():
        return []
    return [f"{counted(int(lost.sum()), 'time')} could not be read, for example {_first(text, lost)[:40]!r}"]


def _first(text: pd.Series, where: pd.Series) -> str:
    return next(value for value, wanted in zip(text, where, strict=True) if wanted)
