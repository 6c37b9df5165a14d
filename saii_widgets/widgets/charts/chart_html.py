"""Charts as one page that needs no Python, no server and no network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from saii_widgets.core.errors import InputError
from saii_widgets.widgets.page_file import write_page

if TYPE_CHECKING:
    from bokeh.plotting import figure as Figure

_START: Final = (
    "for (const item of JSON.parse(document.getElementById('saii-charts').textContent))"
    " await Bokeh.embed.embed_item(item);\ndocument.body.dataset.drawn = 'yes';"
)
_CDN: Final = "https://cdn.jsdelivr.net/"


def chart_html(
    figures: Figure | Sequence[Figure],
    path: str | Path | None = None,
    title: str | None = None,
    *,
    above: str = "",
) -> str:
    """One page with figures and the part of Bokeh that draws them, about 1.3 MB.

    Bokeh names a network address from which it would fetch mathematical type; here it is taken out, and the page's
    policy allows its own scripts and nothing from anywhere else.

    Parameters
    ----------
    figures : bokeh figure, or sequence of them
        One below the other.
    path : str or Path, optional
        Where to write it.
    title : str, optional
        By default that of the first figure.
    above : str
        HTML that stands above the figures, such as a table; whoever writes it escapes what users wrote. The page's
        policy keeps scripts in it from running.

    Returns
    -------
    str
        The page. In a page of one's own it goes into ``<iframe srcdoc="...">``, escaped.

    Raises
    ------
    InputError
        No figure, or a place that can't be written to.
    """
    from bokeh.core.types import ID
    from bokeh.embed import json_item
    from bokeh.resources import Resources

    shown = list(figures) if isinstance(figures, Sequence) else [figures]
    if not shown:
        raise InputError("at least one figure", "none", "Pass a figure, or several in a list.")
    names = [_title(one) for one in shown]
    items = [json_item(one, ID(f"saii-chart-{k}")) for k, one in enumerate(shown)]
    data = json.dumps(items, ensure_ascii=False).replace("<", "\\u003c")
    library = "\n".join(Resources(mode="inline", components=["bokeh"]).js_raw)
    library = library.replace(_CDN, "about:blank#").replace("</script", "<\\/script")
    places = "".join(
        f'<figure role="img" aria-label="{escape(name)}" id="saii-chart-{k}"></figure>' for k, name in enumerate(names)
    )
    policy = (
        f"default-src 'none'; script-src {_digest(library)} {_digest(_START)}; style-src 'unsafe-inline'; "
        "img-src data: blob:"
    )
    grounds = {str(one.border_fill_color) for one in shown}
    ground = grounds.pop() if len(grounds) == 1 else "#ffffff"
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title or names[0] or 'saii_widgets')}</title>"
        f"<style>body {{ margin: 0; padding: 1rem; background: {escape(ground)}; }}"
        "figure { max-width: 1100px; margin: 0 auto 1.5rem; overflow: hidden; }</style>"
        f"<script>{library}</script></head><body>{above}{places}"
        f'<script type="application/json" id="saii-charts">{data}</script>'
        f'<script type="module">{_START}</script></body></html>'
    )
    return write_page(page, path)


def _title(figure: Figure) -> str:
    text = getattr(figure.title, "text", "")
    return str(getattr(text, "text", text)).replace("\n", " ")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
