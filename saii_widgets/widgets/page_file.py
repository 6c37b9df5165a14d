"""A page as a file."""

from __future__ import annotations

from pathlib import Path

from saii_widgets.core.errors import InputError


def write_page(page: str, path: str | Path | None) -> str:
    """Write a page where a place is given; returns the page.

    Raises
    ------
    InputError
        The place can't be written to.
    """
    if path is not None:
        try:
            Path(path).write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(
                f"a place where {Path(path).name} can be written", str(error.strerror or error), "Name another folder."
            ) from error
    return page
