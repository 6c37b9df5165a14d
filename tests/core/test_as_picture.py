"""A picture is taken as it is, and what is none is refused with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene


def test_a_picture_and_that_of_a_scene_are_taken_as_they_are() -> None:
    image = Image.new("RGB", (8, 6))
    assert as_picture(image) is image
    assert as_picture(Scene(image, name="street")) is image


@pytest.mark.parametrize("wrong", ["picture.jpg", Path("picture.jpg"), np.zeros((4, 4, 3)), None])
def test_what_is_no_picture_is_refused(wrong: Any) -> None:
    said = rf"a PIL\.Image or a Scene; got {type(wrong).__name__}\. Open files with sw\.Scene\.open"
    with pytest.raises(InputError, match=said):
        as_picture(wrong)
