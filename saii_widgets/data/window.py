"""Which records lie near a picture in time and place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene

from .counted import counted
from .haversine import haversine
from .records import Records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Window:
    """How near a record must be to a picture to meet it.

    What is unknown is not near: with `minutes`, a picture or record without a time meets nothing, with `kilometres`
    one without a place; :meth:`gaps` counts them. A record of which only the day or the month is known (its `span`)
    meets every picture of that day or month.

    Parameters
    ----------
    minutes : float, optional
        Greatest difference in time, before and after; by default time does not matter.
    kilometres : float, optional
        Greatest distance; by default place does not matter.
    camera_ahead : float
        Minutes by which the camera's clock is ahead of the records' (a wrong clock, or another time zone).

    Raises
    ------
    InputError
        A number below 0, or one that is not finite.
    """

    minutes: float | None = None
    kilometres: float | None = None
    camera_ahead: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("minutes", self.minutes), ("kilometres", self.kilometres)):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise InputError(f"{name} of a window, 0 or more", str(value), "Leave it out if it does not matter.")
        if not math.isfinite(self.camera_ahead):
            raise InputError("minutes that the camera is ahead", str(self.camera_ahead), "Pass 0 if the clocks agree.")

    def to_dict(self) -> dict[str, float | None]:
        """The settings, as JSON takes them."""
        return asdict(self)

    def matches(self, scenes: Sequence[Scene], frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Which records lie within the window of which picture.

        Parameters
        ----------
        scenes : sequence of Scene
        frame : pandas.DataFrame
            With the columns of :attr:`Records.frame`.

        Returns
        -------
        bool array, (len(scenes), len(frame))
        """
        near = np.ones((len(scenes), len(frame)), bool)
        begin = frame["time"].to_numpy("datetime64[us]")
        end = begin + frame["span"].to_numpy("timedelta64[us]") if "span" in frame else begin
        lat, lng = frame["lat"].to_numpy(np.float64), frame["lng"].to_numpy(np.float64)
        for row, scene in zip(near, scenes, strict=True):
            if self.minutes is not None:
                row &= self._in_time(scene, begin, end)
            if self.kilometres is not None:
                # a comparison with NaN is False
                north, east = scene.place or (np.nan, np.nan)
                row &= haversine(north, east, lat, lng) <= self.kilometres
        return near

    def select(self, records: Records, scene: Scene) -> Records:
        """The records within the window of one picture."""
        return records.select(self.matches([scene], records.frame)[0])

    def gaps(self, scenes: Sequence[Scene], frame: pd.DataFrame) -> tuple[str, ...]:
        """How many pictures and records can't be within any window, since their time or place is unknown; in words."""
        said = []
        if self.minutes is not None:
            lost = (
                sum(scene.time is None for scene in scenes),
                int(np.isnan(frame["time"].to_numpy("datetime64[us]")).sum()),
            )
            said.append(_lost("time", *lost) if any(lost) else "")
        if self.kilometres is not None:
            lost = (
                sum(scene.place is None for scene in scenes),
                int(np.isnan(frame["lat"].to_numpy(np.float64)).sum()),
            )
            said.append(_lost("place", *lost) if any(lost) else "")
        return tuple(note for note in said if note)

    def _in_time(self, scene: Scene, begin: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        if scene.time is None or self.minutes is None:
            return np.zeros(len(begin), bool)
        taken = np.datetime64(scene.time, "us") - _microseconds(self.camera_ahead)
        reach = _microseconds(self.minutes)
        return (begin - reach <= taken) & (taken <= end + reach)  # a comparison with NaT is False


def _microseconds(minutes: float) -> np.timedelta64:
    return np.timedelta64(round(minutes * 60e6), "us")


def _lost(what: str, n_pictures: int, n_records: int) -> str:
    return f"{counted(n_pictures, 'picture')} and {counted(n_records, 'record')} without a {what} meet nothing"
