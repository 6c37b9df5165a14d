"""A picture, from whatever a user may give as one."""

from __future__ import annotations

from typing import Any

from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene


def as_picture(image: Any) -> Image.Image:
    """The picture itself.

    Parameters
    ----------
    image : PIL.Image or Scene

    Raises
    ------
    InputError
        Something else, such as a path.
    """
    picture = image.image if isinstance(image, Scene) else image
    if not isinstance(picture, Image.Image):
        raise InputError("a PIL.Image or a Scene", type(picture).__name__, "Open files with sw.Scene.open(path).")
    return picture
