"""Saved data whose entries this version knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from saii_widgets.core.errors import InputError


def known_entries(kind: Any, data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The data, for the fields of a dataclass.

    Parameters
    ----------
    kind : dataclass
    data : mapping
    name : str
        What the data should be, with its article, for the error.

    Raises
    ------
    InputError
        Entries that are no fields, as a later version may write them.
    """
    known = {entry.name for entry in fields(kind)}
    if unknown := sorted(set(data) - known):
        wanted = f"{name} with {', '.join(sorted(known))}"
        raise InputError(wanted, f"also {', '.join(unknown)}", "Update saii-widgets.")
    return dict(data)
