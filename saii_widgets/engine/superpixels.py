"""Superpixels by SLIC of scikit-image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError


def superpixels(image: Image.Image, n: int, compactness: float = 10) -> NDArray[np.intp]:
    """About n superpixels of a picture, numbered from 0, (height, width).

    Parameters
    ----------
    image : PIL.Image
    n : int
    compactness : float
        Weighs nearness against likeness of colour: higher gives rounder ones.

    Raises
    ------
    InputError
        scikit-image is not installed.
    """
    try:
        from skimage.segmentation import slic
    except ImportError as error:
        raise InputError(
            "scikit-image for superpixels", str(error), "Install it: pip install 'saii-widgets[superpixels]'."
        ) from error
    return slic(np.asarray(image.convert("RGB")), n_segments=n, compactness=compactness, start_label=0)
