"""Street-level crimes and stops and searches in the columns that police.uk publishes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from .assemble import assemble
from .counted import counted
from .records import Records
from .source_file import read_source
from .source_table import SourceTable
from .times import Times, read_times

#: Crime ID, Month, Reported by, Falls within, Longitude, Latitude, Location, LSOA code, LSOA name, Crime type,
#: Last outcome category, Context; these are needed.
STREET_COLUMNS: Final = ("Crime type", "Month", "Location", "Latitude", "Longitude")
#: Type, Date, Part of a policing operation, Policing operation, Latitude, Longitude, Gender, Age range, Self-defined
#: ethnicity, Officer-defined ethnicity, Legislation, Object of search, Outcome, Outcome linked to object of search,
#: Removal of more than just outer clothing; these are needed.
STOP_COLUMNS: Final = ("Type", "Date", "Object of search", "Latitude", "Longitude")


def read_street_crimes(path: str | Path) -> Records:
    """Read street-level crimes.

    The kind is the crime type; the text is the crime type, the location and the context: "Vehicle crime on or near
    Parking Area". Outcomes stay out of it: they came later, and no camera saw them. Only the month is known, so `span`
    is a month.

    Parameters
    ----------
    path : str or Path
        A "...-street.csv" of data.police.uk, or the same columns in Parquet.

    Raises
    ------
    RecordsError
        No such file, no such columns, or no row that can be read.
    """
    return street_crimes(read_source(path))


def read_stop_and_search(path: str | Path) -> Records:
    """Read stops and searches.

    The kind is the type of search; the text is type and object: "Vehicle search for controlled drugs". Gender, age and
    ethnicity of the person are not read. Some forces give the day only; midnight counts as the whole day (`span`).

    Parameters
    ----------
    path : str or Path
        A "...-stop-and-search.csv" of data.police.uk, or the same columns in Parquet.

    Raises
    ------
    RecordsError
        No such file, no such columns, or no row that can be read.
    """
    return stops(read_source(path))


def street_crimes(table: SourceTable) -> Records:
    """Street-level crimes of an opened table; see :func:`read_street_crimes`."""
    kinds, months, locations, lat, lng = (table.texts(name) for name in STREET_COLUMNS)
    contexts = table.texts_if_any("Context")
    texts = []
    for kind, location, context in zip(kinds, locations, contexts, strict=True):
        where = f"{location[:1].lower()}{location[1:]}" if location.startswith("On or near") else location
        what = f"{kind} {where}".strip()
        texts.append(f"{what}: {context}" if what and context else what or context)
    return assemble(table, texts, kinds=kinds, times=months, lat=lat, lng=lng)


def stops(table: SourceTable) -> Records:
    """Stops and searches of an opened table; see :func:`read_stop_and_search`."""
    kinds, dates, objects, lat, lng = (table.texts(name) for name in STOP_COLUMNS)
    texts = [
        f"{kind} for {what[:1].lower()}{what[1:]}" if kind and what else kind or what
        for kind, what in zip(kinds, objects, strict=True)
    ]
    return assemble(table, texts, kinds=kinds, times=_midnight_is_a_day(read_times(dates)), lat=lat, lng=lng)


def _midnight_is_a_day(times: Times) -> Times:
    midnight = times.time.notna() & (times.time == times.time.dt.normalize())
    if not midnight.any():
        return times
    note = (
        f"{counted(int(midnight.sum()), 'stop')} at 00:00, as by forces that give the day only, taken for the whole day"
    )
    return Times(times.time, times.span.mask(midnight, pd.Timedelta(days=1)), (*times.notes, note))
