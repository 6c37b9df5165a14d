"""Small copies of pictures, made once a picture."""

from __future__ import annotations

import weakref
from typing import Final

from PIL import Image

LARGEST: Final = 512  # pixels of the longer side
_made: dict[int, tuple[weakref.ref[Image.Image], bytes, Image.Image]] = {}


def thumbnail(image: Image.Image, largest: int = LARGEST) -> Image.Image:
    """An RGB picture of at most `largest` pixels a side; the picture itself where it is one already."""
    if image.mode == "RGB" and max(image.size) <= largest:
        return image
    if largest != LARGEST:
        return _reduced(image, largest)
    # Results share pictures: without this, thirty maps of a photograph would hold thirty small copies of it.
    probe = image.resize((16, 16), Image.Resampling.NEAREST).tobytes()
    known = _made.get(id(image))
    if known and known[0]() is image and known[1] == probe:
        return known[2]
    small = _reduced(image, largest)
    key = id(image)
    _made[key] = (weakref.ref(image, lambda _: _made.pop(key, None)), probe, small)
    return small


def same_pixels(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures show the same, whatever their files said beside it."""
    return one is other or (one.mode == other.mode and one.size == other.size and one.tobytes() == other.tobytes())


def _reduced(image: Image.Image, largest: int) -> Image.Image:
    small = image.convert("RGB") if image.mode != "RGB" else image.copy()
    small.thumbnail((largest, largest), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return small
