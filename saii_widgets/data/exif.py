"""When and where a picture was taken, from what the camera wrote into the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PIL import ExifTags, Image

_TIME: Final = "%Y:%m:%d %H:%M:%S"


@dataclass(frozen=True)
class Taken:
    """Time and place of a picture.

    Parameters
    ----------
    time : datetime or None
        On the camera's own clock, without a zone.
    place : (float, float) or None
        Latitude and longitude in degrees.
    notes : tuple of str
        What was there and could not be read.
    """

    time: datetime | None = None
    place: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


def read_exif(image: Image.Image) -> Taken:
    """Time (DateTimeOriginal) and place (GPS) of an opened picture; nothing is decoded.

    Parameters
    ----------
    image : PIL.Image.Image
        As opened, before it is turned or converted.
    """
    try:
        exif = image.getexif()
        photo, gps = dict(exif.get_ifd(ExifTags.IFD.Exif)), dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception as error:  # Pillow's parser fails in many ways on damaged data, and the picture may be sound
        return Taken(notes=(f"its EXIF data can't be read ({type(error).__name__})",))
    notes: list[str] = []
    time = _time(photo.get(ExifTags.Base.DateTimeOriginal), notes)
    return Taken(time, _place(gps, notes), tuple(notes))


def _time(written: Any, notes: list[str]) -> datetime | None:
    text = str(written if written is not None else "").strip("\0 ")
    if not text.strip("0: "):  # cameras without a clock write zeros or blanks
        return None
    try:
        return datetime.strptime(text[:19], _TIME)
    except ValueError:
        notes.append(f"its EXIF time {text[:40]!r} is no time")
        return None


def _place(gps: dict[int, Any], notes: list[str]) -> tuple[float, float] | None:
    parts = [gps.get(tag) for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)]
    signs = [gps.get(tag) for tag in (ExifTags.GPS.GPSLatitudeRef, ExifTags.GPS.GPSLongitudeRef)]
    if all(part is None for part in parts):
        return None
    try:
        lat, lng = (_degrees(part, sign) for part, sign in zip(parts, signs, strict=True))
    except (TypeError, ValueError, ZeroDivisionError, AttributeError, OverflowError):
        lat = lng = float("nan")
    if abs(lat) <= 90 and abs(lng) <= 180 and (lat, lng) != (0, 0):  # NaN is in no range
        return lat, lng
    notes.append("its EXIF place is no latitude and longitude")
    return None


def _degrees(parts: Sequence[Any] | None, sign: Any) -> float:
    if parts is None or sign not in ("N", "S", "E", "W"):
        raise ValueError
    degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
    value = degrees + minutes / 60 + seconds / 3600
    return -value if sign in ("S", "W") else value
