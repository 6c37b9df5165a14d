"""One self-contained page with widgets that work without Python, without a server and without a network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.module import FOLDER

if TYPE_CHECKING:
    from saii_widgets.widgets.saii_widget import SaiiWidget

_NOT_SENT = ("layout", "tabbable", "tooltip", "comm")


def to_html(widgets: Sequence[SaiiWidget], path: str | Path | None = None, title: str | None = None) -> str:
    """Write widgets as they are now into one page.

    Each module and style sheet is written once. A content security policy allows the page its own script and nothing
    from anywhere else.

    Parameters
    ----------
    widgets : sequence of SaiiWidget
    path : str or Path, optional
        Where to write it.
    title : str, optional

    Returns
    -------
    str
        The page.

    Raises
    ------
    InputError
        No widgets, or a place that can't be written to.
    """
    if not widgets:
        raise InputError("at least one widget for a page", "none", "Pass the widgets in a list.")
    modules = list(dict.fromkeys(str(widget._esm) for widget in widgets))
    sheets = dict.fromkeys(str(widget._css) for widget in widgets)
    states = [
        {"module": modules.index(str(widget._esm)), "label": widget.label, "state": _state(widget)}
        for widget in widgets
    ]
    data = json.dumps({"modules": modules, "widgets": states}, ensure_ascii=False).replace("<", "\\u003c")
    script = (FOLDER / "parts" / "page_model.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; img-src blob: data:"
    places = "".join(f'<div class="saii-place" id="saii-{k}"></div>' for k in range(len(widgets)))
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title or "saii_widgets")}</title>'
        f"<style>{''.join(sheets)}{_PAGE}</style></head><body><main>{places}</main>"
        f'<script type="application/json" id="saii-data">{data}</script>'
        f'<script type="module">{script}</script></body></html>'
    )
    if path is not None:
        try:
            Path(path).write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(
                f"a place where {Path(path).name} can be written", str(error.strerror or error), "Name another folder."
            ) from error
    return page


def _state(widget: SaiiWidget) -> dict[str, Any]:
    names = [name for name in widget.keys if name not in _NOT_SENT and not name.startswith(("_view", "_model", "_dom"))]
    return {name: _packed(getattr(widget, name)) for name in names if name not in ("_esm", "_css", "_anywidget_id")}


def _packed(value: Any) -> Any:
    """Bytes as ``{"base64": ...}``, at any depth."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {str(key): _packed(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(entry) for entry in value]
    return value


_PAGE = """
body { margin: 0; color-scheme: light dark; background: light-dark(#ffffff, #14191f); }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
.saii-place + .saii-place { margin-top: 2rem; }
"""
