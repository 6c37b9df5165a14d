"""Windows of time and place."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene
from saii_widgets.data.haversine import EARTH_RADIUS, haversine
from saii_widgets.data.records import Records
from saii_widgets.data.window import Window

NOON = datetime(2026, 11, 21, 12)


def scene(time: datetime | None = NOON, place: tuple[float, float] | None = (40.0, -66.0)) -> Scene:
    return Scene(image=Image.new("RGB", (4, 4)), name="x", time=time, place=place)


def frame(times: list[object], lats: list[float], spans: list[int] | None = None) -> pd.DataFrame:
    n = len(times)
    return pd.DataFrame(
        {
            "text": [f"t{k}" for k in range(n)],
            "time": pd.Series(pd.to_datetime(times)).astype("datetime64[us]"),
            "span": pd.to_timedelta(spans or [0] * n, unit="D"),
            "lat": lats,
            "lng": [-66.0 if lat == lat else float("nan") for lat in lats],
            "kind": [""] * n,
            "row": range(n),
        }
    )


def test_haversine_against_known_distances() -> None:
    assert haversine(0, 0, 0, 180) == pytest.approx(math.pi * EARTH_RADIUS)
    assert haversine(0, 0, 1, 0) == pytest.approx(2 * math.pi * EARTH_RADIUS / 360)
    assert haversine(51.5074, -0.1278, 48.8566, 2.3522) == pytest.approx(343.6, abs=0.5)  # London to Paris
    assert haversine(10, 20, 10, 20) == 0
    assert np.isnan(haversine(float("nan"), 0, 0, 0))


def test_haversine_equals_the_angle_between_vectors() -> None:
    rng = np.random.default_rng(0)
    lat, lng = rng.uniform(-90, 90, (2, 200)), rng.uniform(-180, 180, (2, 200))
    north, east = np.radians(lat), np.radians(lng)
    points = np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    angle = np.arctan2(
        np.linalg.norm(np.cross(points[:, 0], points[:, 1], axis=0), axis=0), (points[:, 0] * points[:, 1]).sum(0)
    )
    assert haversine(lat[0], lng[0], lat[1], lng[1]) == pytest.approx(EARTH_RADIUS * angle, rel=1e-9)


def test_minutes_before_and_after() -> None:
    times = [NOON + timedelta(minutes=m) for m in (-11, -10, 0, 10, 11)]
    near = Window(minutes=10).matches([scene()], frame(times, [float("nan")] * 5))
    assert near.tolist() == [[False, True, True, True, False]]


def test_kilometres() -> None:
    per_degree = 2 * math.pi * EARTH_RADIUS / 360
    lats = [40.0, 40 + 0.99 / per_degree, 40 + 1.01 / per_degree, float("nan")]
    near = Window(kilometres=1).matches([scene()], frame([None] * 4, lats))
    assert near.tolist() == [[True, True, False, False]]


def test_both_must_hold_and_no_limit_lets_all_in() -> None:
    table = frame([NOON, NOON, NOON + timedelta(days=1)], [40.0, 50.0, 40.0])
    assert Window(minutes=5, kilometres=1).matches([scene()], table).tolist() == [[True, False, False]]
    assert Window().matches([scene(), scene(None, None)], table).all()


def test_what_is_unknown_is_not_near_and_counted() -> None:
    table = frame([NOON, None], [40.0, float("nan")])
    scenes = [scene(), scene(None, None)]
    window = Window(minutes=5, kilometres=1)
    assert window.matches(scenes, table).tolist() == [[True, False], [False, False]]
    assert window.gaps(scenes, table) == (
        "1 picture and 1 record without a time meet nothing",
        "1 picture and 1 record without a place meet nothing",
    )
    assert Window(minutes=5).gaps(scenes[:1], table.head(1)) == ()


def test_a_record_of_which_only_the_month_is_known_meets_its_month() -> None:
    table = frame(["2026-11-01", "2026-10-01"], [40.0, 40.0], [30, 31])
    assert Window(minutes=5).matches([scene()], table).tolist() == [[True, False]]
    assert Window(minutes=5).matches([scene()], table.drop(columns="span")).tolist() == [[False, False]]


def test_a_camera_clock_that_is_ahead() -> None:
    table = frame([NOON, NOON - timedelta(hours=1)], [40.0, 40.0])
    assert Window(minutes=5, camera_ahead=60).matches([scene()], table).tolist() == [[False, True]]


def test_select_keeps_records() -> None:
    records = Records(frame([NOON, NOON + timedelta(days=1)], [40.0, 40.0]), name="t")
    chosen = Window(minutes=5).select(records, scene())
    assert chosen.texts == ["t0"]
    assert chosen.name == "t"


@pytest.mark.parametrize("settings", [{"minutes": -1}, {"kilometres": math.nan}, {"camera_ahead": math.inf}])
def test_numbers_that_are_none(settings: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Window(**settings)


def test_settings_as_plain_data() -> None:
    assert Window(minutes=5).to_dict() == {"minutes": 5, "kilometres": None, "camera_ahead": 0.0}
