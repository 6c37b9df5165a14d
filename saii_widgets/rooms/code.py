"""The lines of Python that give what a studio shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from saii_widgets.rooms.room import View
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.word_cloud import WordCloud

_LINE = 110


def call_code(function: str, arguments: Mapping[str, Any], first: str) -> list[str]:
    """A call with what a reader gave; what can't be written down stands as a name, with a comment that says so.

    Parameters
    ----------
    function : str
        "sw.Stepwise".
    arguments : mapping of str to object
        By name; the one named `first` is passed by place.
    first : str
    """
    before, given = [], []
    for name, value in arguments.items():
        text = _literal(value)
        if text is None:
            before.append(f"{name} = ...  # what the studio was given")
            text = name
        given.append(text if name == first else f"{name}={text}")
    return [*before, *_folded(function, given)]


def view_code(view: View, widget: SaiiWidget) -> list[str]:
    """The call that makes a widget as it is now."""
    return [view.code.format(settings_code(widget))]


def settings_code(widget: SaiiWidget) -> str:
    """Arguments that set a widget as it is now, to stand behind the first one."""
    return "".join(f", {name}={value!r}" for name, value in settings_of(widget).items())


def settings_of(widget: SaiiWidget) -> dict[str, Any]:
    """The widget's own settings that are not as they are from the start."""
    base = SaiiWidget.class_trait_names()
    traits = type(widget).class_traits(sync=True)
    changed = {}
    for name in sorted(name for name in traits if not name.startswith("_") and name not in base):
        value = getattr(widget, name)
        if isinstance(widget, WordCloud) and name == "roles":  # each word has one from the start
            value, start = {word: str(role) for word, role in widget.changes.items()}, {}
        elif isinstance(value, Mapping):
            start = dict.fromkeys(value, 0)
        else:
            start = traits[name].default()
        if value != start:
            changed[name] = dict(value) if isinstance(value, Mapping) else value
    return changed


def _literal(value: Any) -> str | None:
    """As it is written in Python; None for what only lives in memory."""
    if isinstance(value, Path):
        return repr(str(value))
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, Mapping):
        parts = [(_literal(key), _literal(entry)) for key, entry in value.items()]
        return None if any(None in part for part in parts) else f"{{{', '.join(f'{k}: {v}' for k, v in parts)}}}"
    if isinstance(value, list | tuple):
        entries = [_literal(entry) for entry in value]
        return None if None in entries else f"[{', '.join(str(entry) for entry in entries)}]"
    return None


def _folded(function: str, given: Iterable[str]) -> list[str]:
    given = list(given)
    line = f"{function}({', '.join(given)})"
    return [line] if len(line) <= _LINE else [f"{function}(", *(f"    {one}," for one in given), ")"]
