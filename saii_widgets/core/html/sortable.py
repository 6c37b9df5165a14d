"""A table that the reader sorts by a column, without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

Cells = Sequence[tuple[str, float | None]]


def sortable_table(
    label: str, columns: Sequence[str], rows: Sequence[tuple[str, Cells]], *, notes: Mapping[str, str] | None = None
) -> str:
    """Rows with a name and cells; a radio button in each column's head puts them in that column's order.

    The rows of each order are numbered here, and the style sheet moves them, so the page needs no script.

    Parameters
    ----------
    label : str
        What rows are: the head of the first column.
    columns : sequence of str
        Heads of the others; the first one sorts at the start.
    rows : sequence of (name, cells)
        Each cell is its text and the number to sort by, smallest first; None goes to the end.
    notes : mapping of column to str, optional
        Shown when the head is pointed at.
    """
    notes = notes or {}
    orders = np.empty((len(columns), len(rows)), int)
    for k in range(len(columns)):
        keys = [cells[k][1] for _, cells in rows]
        order = sorted(range(len(rows)), key=lambda i, keys=keys: (keys[i] is None, keys[i] or 0.0, i))
        orders[k, order] = np.arange(len(rows))
    heads = "".join(
        f'<div role="columnheader" title="{escape(notes.get(name, ""))}"><label>'
        f'<input type="radio" name="saii-sort" value="{k}"{" checked" if k == 0 else ""}> {escape(name)}</label></div>'
        for k, name in enumerate(columns)
    )
    body = ""
    for i, (name, cells) in enumerate(rows):
        places = ";".join(f"--at-{k}:{orders[k, i] + 1}" for k in range(len(columns)))
        said = "".join(f'<div role="cell">{escape(text)}</div>' for text, _ in cells)
        body += f'<div role="row" style="{places}"><div role="rowheader">{escape(name)}</div>{said}</div>'
    moves = "".join(
        f'.saii .saii-sortable:has(input[value="{k}"]:checked) [role="row"]{{order:var(--at-{k})}}'
        for k in range(len(columns))
    )
    # a form keeps the buttons of two tables on one page apart
    return (
        f"<style>{moves}</style>"
        f'<form class="saii-scroll"><div class="saii-sortable" role="table" style="--columns:{len(columns)}">'
        f'<div role="row" class="saii-head"><div role="columnheader">{escape(label)}</div>{heads}</div>{body}'
        "</div></form>"
    )
