"""Write the sample files anew: ``python -m saii_widgets.data.samples.make FOLDER``.

The same seed gives the same files, as far as the same version of Pillow writes the pictures.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from PIL import ExifTags, Image

from saii_widgets.data.scenes import DrawnScene, draw
from saii_widgets.data.scenes.facts import Fact

from .witness import describe, imagine

N_PICTURES: Final = 40
N_CALLS: Final = 400
N_POLICE: Final = 60
SIZE: Final = 320  # pixels
MOST_MINUTES, MOST_DEGREES = 12, 0.0025  # of a witness from the picture; 0.0025 degrees are less than 300 m
_FIRST_SCENE: Final = 20_261
_FIRST_DAY: Final = datetime(2026, 11, 16)
_N_DAYS: Final = 5
_MIDDLE: Final = (40.2, -66.0)  # in the Atlantic
_ROADS: Final = (
    *("ALDER ROW", "MOSSBANK LN", "FERNHOLT ST", "QUILL ST", "LANTERN AVE", "OTTERBRIDGE RD", "TINDER WAY"),
    *("COPPERMILL RD", "THISTLE CT", "WINDLASS DR", "PEBBLE HILL RD", "SORREL ST", "HOLLOWGATE AVE", "KITES NEST LN"),
)
_TOWNSHIPS: Final = ("NORTH BRINDLE", "EAST BRINDLE", "UPPER TARROW", "LOWER TARROW", "WEST SORN")
_TRAFFIC: Final = ("VEHICLE ACCIDENT -",) * 5 + (
    "DISABLED VEHICLE -",
    "ROAD OBSTRUCTION -",
    "HAZARDOUS ROAD CONDITIONS -",
    "VEHICLE LEAKING FUEL -",
)
_ORDINARY: Final = (
    *("EMS: RESPIRATORY EMERGENCY", "EMS: CARDIAC EMERGENCY", "EMS: FALL VICTIM", "EMS: BACK PAINS/INJURY"),
    *("EMS: HEAD INJURY", "EMS: DIZZINESS", "EMS: VEHICLE ACCIDENT", "Fire: FIRE ALARM", "Fire: GAS-ODOR/LEAK"),
    *("Fire: BUILDING FIRE", "Fire: VEHICLE FIRE", "Fire: WOODS/FIELD FIRE", "Traffic: DISABLED VEHICLE -"),
)
_CRIMES: Final = (
    *("Vehicle crime", "Vehicle crime", "Vehicle crime", "Anti-social behaviour", "Other theft", "Shoplifting"),
    *("Criminal damage and arson", "Public order", "Bicycle theft", "Burglary"),
)
_SPOTS: Final = ("Parking Area", "Petrol Station", "Supermarket", "Bus/coach Station", "Pedestrian Subway")
_OBJECTS: Final = ("Stolen goods", "Controlled drugs", "Article for use in theft", "Evidence of offences under the Act")
_INVENTED: Final = "invented by the saii_widgets project"


@dataclass(frozen=True)
class Taken:
    """One picture of the samples: what was drawn, when and where it is said to have been taken."""

    scene: DrawnScene
    time: datetime
    place: tuple[float, float]

    @property
    def name(self) -> str:
        return f"cam{1 + round(self.place[0] * 1e4) % 4}_{self.time:%Y-%m-%d_%H-%M-%S}.jpg"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write all samples into a folder."""
    parser = argparse.ArgumentParser(prog="python -m saii_widgets.data.samples.make", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    make_samples(options.folder, options.seed)


def make_samples(folder: Path, seed: int = 0) -> None:
    """Write pictures, calls, street-level crimes and stops into a folder, which is made if it is not there.

    Parameters
    ----------
    folder : Path
    seed : int
        Of everything but the drawn scenes, which are always the same.
    """
    rng = Random(seed)
    pictures = sorted((_take(k, rng) for k in range(N_PICTURES)), key=lambda taken: taken.time)
    (folder / "camera").mkdir(parents=True, exist_ok=True)
    for taken in pictures:
        _save(taken, folder / "camera" / taken.name)
    _write(folder / "calls.csv", _CALL_COLUMNS, _calls(pictures, rng))
    _write(folder / "street.csv", _STREET_COLUMNS, [_crime(k, rng) for k in range(N_POLICE)])
    _write(folder / "stops.csv", _STOP_COLUMNS, [_stop(rng) for _ in range(N_POLICE)])


def _take(number: int, rng: Random) -> Taken:
    scene = draw(_FIRST_SCENE + number, SIZE)
    begin, end = (9, 15)
    if scene.is_true(Fact(context="night")):
        begin, end = (18, 23)
    elif scene.is_true(Fact(context="sunset")):
        begin, end = (16, 17)
    day = _FIRST_DAY + timedelta(days=rng.randrange(_N_DAYS))
    return Taken(scene, day + timedelta(seconds=rng.randrange(begin * 3600, end * 3600)), _place(rng))


def _place(rng: Random, middle: tuple[float, float] = _MIDDLE, reach: float = 0.06) -> tuple[float, float]:
    return round(middle[0] + rng.uniform(-reach, reach), 6), round(middle[1] + rng.uniform(-reach, reach), 6)


def _save(taken: Taken, path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = f"Drawn scene, {_INVENTED}"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.time.strftime("%Y:%m:%d %H:%M:%S")
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for tag, value, signs in (
        (ExifTags.GPS.GPSLatitude, taken.place[0], "NS"),
        (ExifTags.GPS.GPSLongitude, taken.place[1], "EW"),
    ):
        gps[tag - 1] = signs[value < 0]
        gps[tag] = _degrees_minutes_seconds(abs(value))
    taken.scene.image.save(path, quality=85, exif=exif)


def _degrees_minutes_seconds(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 3)


_CALL_COLUMNS: Final = ("lat", "lng", "desc", "zip", "title", "timeStamp", "twp", "addr", "e")
_STREET_COLUMNS: Final = (
    *("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code"),
    *("LSOA name", "Crime type", "Last outcome category", "Context"),
)
_STOP_COLUMNS: Final = (
    *("Type", "Date", "Part of a policing operation", "Policing operation", "Latitude", "Longitude", "Gender"),
    *("Age range", "Self-defined ethnicity", "Officer-defined ethnicity", "Legislation", "Object of search"),
    *("Outcome", "Outcome linked to object of search", "Removal of more than just outer clothing"),
)
Row = tuple[object, ...]


def _calls(pictures: Sequence[Taken], rng: Random) -> list[Row]:
    """Half of the calls are about pictures, a quarter about other vehicles, a quarter about none."""
    calls = []
    for number in range(N_CALLS):
        if number < N_CALLS // 2:
            taken = pictures[number % len(pictures)]
            time = taken.time + timedelta(seconds=rng.randint(-MOST_MINUTES * 60, MOST_MINUTES * 60))
            place, title = _place(rng, taken.place, MOST_DEGREES * 0.7), f"Traffic: {rng.choice(_TRAFFIC)}"
            said = describe(taken.scene, rng)
        else:
            time = _FIRST_DAY + timedelta(seconds=rng.randrange(_N_DAYS * 86_400))
            place = _place(rng, reach=0.2)
            other = number < N_CALLS * 3 // 4
            title = f"Traffic: {rng.choice(_TRAFFIC)}" if other else rng.choice(_ORDINARY)
            said = imagine(rng) if other else ""
        calls.append((time, place, title, said))
    calls.sort(key=lambda call: call[0])
    return [_call(time, place, title, said, rng) for time, place, title, said in calls]


def _call(time: datetime, place: tuple[float, float], title: str, said: str, rng: Random) -> Row:
    address = " & ".join(rng.sample(_ROADS, 2))
    township = rng.choice(_TOWNSHIPS)
    station = [f"Station {rng.randint(301, 399)}"] if title.startswith("EMS") else []
    parts = [address, township, *station, *([said] if said else []), f"{time:%Y-%m-%d @ %H:%M:%S}"]
    written = f"{time:%Y-%m-%d %H:%M:%S}"
    return (*place, "; ".join(parts) + ";", "", title, written, township, address, "invented")


def _crime(number: int, rng: Random) -> Row:
    lat, lng = _place(rng)
    force = "Invented Constabulary"
    spot = rng.choice((*_SPOTS, *(road.title() for road in _ROADS)))
    kind = rng.choice(_CRIMES)
    seen = imagine(rng) if kind == "Vehicle crime" else ""
    area = ("", f"Invented {rng.randint(1, 9):03d}A")
    month = rng.choice(("2026-10", "2026-11"))
    return (f"invented-{number:04d}", month, force, force, lng, lat, f"On or near {spot}", *area, kind, "", seen)


def _stop(rng: Random) -> Row:
    lat, lng = _place(rng)
    time = _FIRST_DAY + timedelta(minutes=rng.randrange(_N_DAYS * 1440))
    kind = rng.choice(("Vehicle search", "Person and Vehicle search", "Person search"))
    operation = ("True", _INVENTED.capitalize())
    law = "Police and Criminal Evidence Act 1984 (section 1)"
    return (
        kind,
        f"{time.isoformat()}+00:00",
        *operation,
        lat,
        lng,
        "",
        "",
        "",
        "",
        law,
        rng.choice(_OBJECTS),
        "",
        "",
        "",
    )


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


if __name__ == "__main__":
    main()
