"""Samples that come with the package: records and camera pictures, all invented (see README), and fitted concepts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from saii_widgets.core.errors import InputError

SAMPLES: Final = ("calls.csv", "street.csv", "stops.csv", "camera", "concepts")


def sample_folder() -> Path:
    """The folder that holds all samples."""
    return Path(__file__).parent


def sample_path(name: str) -> Path:
    """Path of one sample.

    Parameters
    ----------
    name : {"calls.csv", "street.csv", "stops.csv", "camera", "concepts"}
        Emergency calls, street-level crimes, stops and searches, the folder of camera pictures, or that of a fitted
        `ConceptExplainer` of the embedded classifier.

    Raises
    ------
    InputError
        There is no sample of that name.
    """
    if name not in SAMPLES:
        raise InputError(f"one of the samples {', '.join(SAMPLES)}", repr(name), "Choose one of these.")
    return sample_folder() / name
