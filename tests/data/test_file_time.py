"""Times in file names."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from saii_widgets.data.file_time import time_from_name

WHEN = datetime(2026, 11, 21, 8, 15)


@pytest.mark.parametrize(
    "name",
    [
        "2026-11-21_08-15-00",
        "cam3_2026-11-21_08-15-00",
        "20261121T081500",
        "20261121081500",
        "202611210815",
        "IMG_20261121_081500",
        "PXL_20261121_081500123",
        "2026.11.21 08.15",
        "2026_11_21-08_15_00_cam2",
        "2026-11-21T08:15:00",
        "2026-11-21 at 08.15.00"[:10] + " 08.15.00",
        "21-11-2026_08-15-00",
        "11-21-2026_08-15-00",
    ],
)
def test_patterns(name: str) -> None:
    assert time_from_name(name) == (WHEN, "")


@pytest.mark.parametrize("name", ["1795248900", "cam1-1795248900", "1795248900000_x"])
def test_seconds_since_1970(name: str) -> None:
    time, note = time_from_name(name)
    assert time == WHEN
    assert "since 1970" in note


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("03-04-2026_08-15-00", "2026-03-04 08:15:00 or 2026-04-03 08:15:00"),
        ("2026-11-21_08-15-00_to_2026-11-21_08-20-00", "or"),
        ("IMG-20261121-WA0003", "no time of day"),
        ("1795248900_1795248999", "several numbers"),
    ],
)
def test_what_may_be_read_in_two_ways_is_left_open_and_said(name: str, word: str) -> None:
    time, note = time_from_name(name)
    assert time is None
    assert word in note


@pytest.mark.parametrize(
    "name", ["", "truck", "cam12", "2026-13-45_08-15-00", "9999999999", "0026-11-21_08-15-00", "12345"]
)
def test_names_without_a_time(name: str) -> None:
    assert time_from_name(name) == (None, "")


def test_the_same_day_and_month_is_not_ambiguous() -> None:
    assert time_from_name("04-04-2026_08-15-00")[0] == datetime(2026, 4, 4, 8, 15)


def test_any_name_gives_a_time_or_none() -> None:
    rng = random.Random(0)
    for _ in range(3000):
        name = "".join(rng.choice("0123456789_-T.:x é٣") for _ in range(rng.randrange(24)))
        time, _ = time_from_name(name)
        assert time is None or 1990 <= time.year <= 2100
