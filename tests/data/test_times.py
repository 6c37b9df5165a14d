"""Times as tables write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from saii_widgets.core.errors import RecordsError
from saii_widgets.data.times import read_times


def test_iso_times_and_how_exactly_they_are_known() -> None:
    times = read_times(["2026-11-21 08:15:00", "2026-11-21T08:15", "2026-11-21", "2026-02", "2024", "", None])
    assert times.time.tolist()[:5] == [
        pd.Timestamp("2026-11-21 08:15"),
        pd.Timestamp("2026-11-21 08:15"),
        pd.Timestamp("2026-11-21"),
        pd.Timestamp("2026-02-01"),
        pd.Timestamp("2024-01-01"),
    ]
    assert times.time.isna().tolist() == [False] * 5 + [True, True]
    assert times.span.dt.days.tolist() == [0, 0, 1, 28, 366, 0, 0]
    assert times.notes == ()


def test_zones_are_put_into_utc_and_said() -> None:
    times = read_times(["2026-06-01T10:00:00+02:00", "2026-06-01T10:00:00Z", "2026-06-01T10:00:00"])
    assert times.time.dt.hour.tolist() == [8, 10, 10]
    assert "UTC" in times.notes[0]


def test_unreadable_times_are_counted_with_an_example() -> None:
    times = read_times(["2026-11-21 08:15:00", "yesterday", "2026-13-45"])
    assert times.time.isna().tolist() == [False, True, True]
    assert times.notes == ("2 times could not be read, for example 'yesterday'",)


@pytest.mark.parametrize("zero", [1_795_248_900, "1795248900", "1795248900000", 1_795_248_900.0])
def test_seconds_and_milliseconds_since_1970(zero: object) -> None:
    assert read_times([zero]).time[0] == pd.Timestamp("2026-11-21 08:15:00")


def test_the_whole_column_tells_day_from_month() -> None:
    times = read_times(["03/04/2026 8:15", "21/04/2026 9:30 PM", "05/04/2026 12:05 am", "06/04/2026"])
    assert times.time.tolist() == [pd.Timestamp(f"2026-04-{day}") for day in ("03 08:15", "21 21:30", "05 00:05", "06")]
    assert times.span.dt.days.tolist() == [0, 0, 0, 1]
    assert "the day first" in times.notes[0]
    assert read_times(["04/21/2026"]).time[0] == pd.Timestamp("2026-04-21")


@pytest.mark.parametrize("values", [["03/04/2026"], ["13/04/2026", "04/13/2026"]])
def test_an_open_order_is_not_guessed(values: list[str]) -> None:
    times = read_times(values)
    assert times.time.isna().all()
    assert "pass time_format" in times.notes[0]
    assert read_times(["03/04/2026"], format="%d/%m/%Y").time[0] == pd.Timestamp("2026-04-03")


def test_digits_only_and_days_last_are_no_zone() -> None:
    times = read_times(["20261121", "21-11-2026"])
    assert times.time.tolist() == [pd.Timestamp("2026-11-21")] * 2
    assert times.span.dt.days.tolist() == [1, 1]
    assert not any("UTC" in note for note in times.notes)


def test_a_format_that_is_none() -> None:
    with pytest.raises(RecordsError, match="format of times"):
        read_times(["03/04/2026"], format="%Q")


def test_typed_values_of_a_parquet_file() -> None:
    values = [datetime(2026, 11, 21, 8, 15), datetime(2026, 11, 21, 8, 15, tzinfo=UTC), date(2026, 11, 21), None]
    times = read_times([pd.Timestamp(values[0]), *values[1:], float("nan"), pd.NaT])
    assert times.time.isna().tolist() == [False, False, False, True, True, True]
    assert times.span.dt.days.tolist() == [0, 0, 1, 0, 0, 0]


def test_nothing_at_all() -> None:
    assert len(read_times([]).time) == 0
