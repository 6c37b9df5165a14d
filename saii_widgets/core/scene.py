"""One picture with one caption, where and when it was taken, and where its named things are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import ImageError, InputError
from saii_widgets.core.image import ImageSource, open_image
from saii_widgets.core.text import Caption
from saii_widgets.core.thumbnail import same_pixels


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture and what is known about it. ``Scene.open`` makes one from a file.

    Parameters
    ----------
    image : PIL.Image
        RGB.
    caption : Caption, optional
    name : str
        What the picture is called in results.
    time : datetime, optional
        When it was taken.
    place : (latitude, longitude), optional
        Where, in degrees.
    masks : mapping of str to bool array, (height, width)
        Where named things are; as large as the picture.
    notes : tuple of str
        What was done on opening that changes what is seen.

    Raises
    ------
    ImageError
        The picture is not RGB.
    InputError
        A place off the globe, or a mask of another size than the picture.
    """

    image: Image.Image
    caption: Caption | None = None
    name: str = ""
    time: datetime | None = None
    place: tuple[float, float] | None = None
    masks: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.image, Image.Image) or self.image.mode != "RGB":
            came = f"mode {self.image.mode}" if isinstance(self.image, Image.Image) else type(self.image).__name__
            raise ImageError("an RGB picture", came, "Use Scene.open, which converts pictures.")
        if isinstance(self.caption, str):
            object.__setattr__(self, "caption", Caption.parse(self.caption))
        if self.place is not None:
            latitude, longitude = float(self.place[0]), float(self.place[1])
            if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
                raise InputError(
                    "a place as (latitude, longitude) in degrees", repr(self.place), "The latitude comes first."
                )
            object.__setattr__(self, "place", (latitude, longitude))
        masks = {name: self._checked(name, mask) for name, mask in self.masks.items()}
        object.__setattr__(self, "masks", masks)
        object.__setattr__(self, "notes", tuple(self.notes))

    def _checked(self, name: str, mask: Any) -> NDArray[np.bool_]:
        array = np.array(mask, bool)
        if array.shape != self.image.size[::-1]:
            width, height = self.image.size
            raise InputError(
                f"a mask of {name!r} of {height} x {width} pixels", f"shape {array.shape}", "Scale it to the picture."
            )
        array.setflags(write=False)
        return array

    @classmethod
    def open(cls, source: ImageSource, caption: Caption | str | None = None, **more: Any) -> Scene:
        """Open, orient and check a picture (see :func:`~saii_widgets.core.image.open_image`).

        Parameters
        ----------
        source : path, bytes, file object, PIL.Image or array
        caption : Caption or str, optional
        **more
            Other fields of :class:`Scene`; the name is the file's by default.
        """
        opened = open_image(source, more.get("name"))
        more.setdefault("name", opened.name)
        notes = (*opened.notes, *more.pop("notes", ()))
        return cls(opened.image, Caption.parse(caption) if isinstance(caption, str) else caption, notes=notes, **more)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scene):
            return NotImplemented
        plain = ("caption", "name", "time", "place", "notes")
        return (
            all(getattr(self, name) == getattr(other, name) for name in plain)
            and same_pixels(self.image, other.image)
            and self.masks.keys() == other.masks.keys()
            and all(np.array_equal(mask, other.masks[name]) for name, mask in self.masks.items())
        )

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        said = f", {self.caption.text!r}" if self.caption else ""
        return f"Scene({self.name!r}, {self.image.width} x {self.image.height}{said})"
