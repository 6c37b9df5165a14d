"""The style sheet of results."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def style() -> str:
    """A ``<style>`` element for everything that this folder writes; a page needs it once.

    Colours come from JupyterLab's theme where there is one, else from the reader's choice of light or dark.
    """
    return f"<style>{Path(__file__).with_name('style.css').read_text(encoding='utf-8')}</style>"
