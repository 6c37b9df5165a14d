"""One self-contained page with widgets that work without Python, without a server and without a network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.module import FOLDER

if TYPE_CHECKING:
    from saii_widgets.widgets.saii_widget import SaiiWidget

    End = tuple[SaiiWidget, str]
    Link = tuple[End, End]

_NOT_SENT = ("layout", "tabbable", "tooltip", "comm")


@dataclass(frozen=True)
class Panels:
    """Groups of widgets of which one is seen at a time.

    Parameters
    ----------
    switch : SaiiWidget
        One of the page's widgets, outside the groups.
    trait : str
        Its trait that holds the number of the group to show, from 0.
    groups : sequence of sequence of SaiiWidget
        Widgets of the page; side by side where there is room.
    """

    switch: SaiiWidget
    trait: str
    groups: Sequence[Sequence[SaiiWidget]]


def to_html(
    widgets: Sequence[SaiiWidget],
    path: str | Path | None = None,
    title: str | None = None,
    *,
    links: Iterable[Link] = (),
    panels: Panels | None = None,
) -> str:
    """Write widgets as they are now into one page.

    Each module and style sheet is written once. A content security policy allows the page its own script and nothing
    from anywhere else.

    Parameters
    ----------
    widgets : sequence of SaiiWidget
        Those of panels among them.
    path : str or Path, optional
        Where to write it.
    title : str, optional
    links : iterable of ((widget, trait), (widget, trait)), optional
        What stays the same on both sides, as `ipywidgets.jslink` does it in a notebook.
    panels : Panels, optional
        Groups of which one is seen at a time.

    Returns
    -------
    str
        The page.

    Raises
    ------
    InputError
        No widgets, a link or panel of a widget that is not on the page, or a place that can't be written to.
    """
    if not widgets:
        raise InputError("at least one widget for a page", "none", "Pass the widgets in a list.")
    place = _Places(widgets)
    modules = list(dict.fromkeys(str(widget._esm) for widget in widgets))
    sheets = dict.fromkeys(str(widget._css) for widget in widgets)
    states = [
        {"module": modules.index(str(widget._esm)), "label": widget.label, "state": _state(widget)}
        for widget in widgets
    ]
    content = {
        "modules": modules,
        "widgets": states,
        "links": [[place(one), name, place(other), its] for (one, name), (other, its) in links],
        "panels": None
        if panels is None
        else {
            "switch": place(panels.switch),
            "trait": panels.trait,
            "groups": [[place(widget) for widget in group] for group in panels.groups],
        },
    }
    data = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    script = (FOLDER / "parts" / "page_model.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; img-src blob: data:"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title or "saii_widgets")}</title>'
        f"<style>{''.join(sheets)}{_PAGE}</style></head><body><main>{_body(content)}</main>"
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


class _Places:
    """Where widgets stand on the page."""

    def __init__(self, widgets: Sequence[SaiiWidget]) -> None:
        self._numbers = {id(widget): k for k, widget in enumerate(widgets)}

    def __call__(self, widget: SaiiWidget) -> int:
        if id(widget) not in self._numbers:
            raise InputError(
                "links and panels of widgets on the page",
                f"one of {widget.label or type(widget).__name__!r}, which is not on it",
                "Put it into the list of widgets.",
            )
        return self._numbers[id(widget)]


def _body(content: dict[str, Any]) -> str:
    def stand(numbers: Iterable[int]) -> str:
        return "".join(f'<div class="saii-place" id="saii-{k}"></div>' for k in numbers)

    groups = content["panels"]["groups"] if content["panels"] else []
    grouped = {k for group in groups for k in group}
    panels = (
        f'<section class="saii-panel" id="saii-panel-{n}" hidden>{stand(g)}</section>' for n, g in enumerate(groups)
    )
    return stand(k for k in range(len(content["widgets"])) if k not in grouped) + "".join(panels)


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
main > .saii-place + .saii-place { margin-top: 2rem; }
section.saii-panel {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 1.5rem 2rem; margin-top: 1.5rem;
}
section.saii-panel[hidden] { display: none; }
section.saii-panel > * { min-width: 0; }
"""
