"""Errors in the words of a researcher's task."""

from __future__ import annotations


class InputError(ValueError):
    """Something that was passed in can't be used.

    Parameters
    ----------
    wanted : str
        What would have been right.
    came : str
        What was passed in.
    do : str
        What to do about it, a sentence.
    """

    def __init__(self, wanted: str, came: str, do: str) -> None:
        super().__init__(wanted, came, do)
        self.wanted, self.came, self.do = wanted, came, do

    def __str__(self) -> str:
        return f"wanted {self.wanted}; got {self.came}. {self.do}"


class ImageError(InputError):
    """A file or an object that is no picture, or one that can't be opened."""


class CaptionError(InputError):
    """A text that can't serve as a caption."""


class RecordsError(InputError):
    """A table of records that can't be read."""


class ModelError(InputError):
    """A model that can't be loaded, or that lacks what was asked of it."""


class StudyError(InputError):
    """A study that can't be saved or opened."""


class LabelError(InputError, KeyError):
    """A label that an axis does not have, or that occurs more than once."""
