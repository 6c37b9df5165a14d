"""Views that are drawn anew when a widget's JavaScript or style is saved, for whoever works on them."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import Protocol

from saii_widgets.widgets.module import FOLDER


class Reloads(Protocol):
    """A widget that can read its files again."""

    def reload(self) -> None: ...


def reloads() -> bool:
    """Whether anywidget's own switch asks for it: the environment variable ``ANYWIDGET_HMR=1``."""
    return os.environ.get("ANYWIDGET_HMR") == "1"


def watch(widget: Reloads, seconds: float = 0.5) -> threading.Thread:
    """Look at the files again and again, as long as the widget lives."""
    alive = weakref.ref(widget)
    thread = threading.Thread(target=_look, args=(alive, seconds), name="saii-hot-reload", daemon=True)
    thread.start()
    return thread


def _look(alive: weakref.ref[Reloads], seconds: float) -> None:
    before = _stamps()
    while True:
        time.sleep(seconds)
        widget = alive()
        if widget is None:
            return
        now = _stamps()
        if now != before:
            widget.reload()
        before = now
        del widget


def _stamps() -> dict[str, int]:
    files = (file for ending in ("*.js", "*.css") for file in FOLDER.rglob(ending))
    return {file.name: file.stat().st_mtime_ns for file in files}
