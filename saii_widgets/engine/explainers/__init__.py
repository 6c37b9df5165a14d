"""One explainer a file; the folder is the registry."""

from __future__ import annotations

import importlib
import pkgutil


def find_explainers() -> dict[str, type]:
    """All explainers that this folder holds, by class name.

    Returns
    -------
    dict of str to type
        A module `two_words.py` contributes its class `TwoWords`.
    """
    found: dict[str, type] = {}
    for info in pkgutil.iter_modules(__path__):
        name = info.name.title().replace("_", "")
        found[name] = getattr(importlib.import_module(f"{__name__}.{info.name}"), name)
    return found
