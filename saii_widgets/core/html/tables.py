"""Plain tables: rows of texts and numbers, numbers to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from numbers import Real
from typing import Any

from saii_widgets.core.html.numbers import shown


def table(rows: Sequence[Mapping[str, Any]], *, limit: int = 50, units: Mapping[str, str] | None = None) -> str:
    """Rows that share their keys as a table; after `limit` rows it says how many more there are.

    Parameters
    ----------
    rows : sequence of mapping
        Values are texts, numbers, truth values or None.
    limit : int
        Rows shown.
    units : mapping of column to unit, optional
        How a column's numbers are shown.
    """
    if not rows:
        return '<p class="saii-muted">No rows.</p>'
    columns = list(dict.fromkeys(key for row in rows for key in row))
    units = units or {}
    numeric = {c for c in columns if all(_is_number(row.get(c)) or row.get(c) is None for row in rows)}
    head = "".join(f'<th scope="col"{_side(c in numeric)}>{escape(str(c))}</th>' for c in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td{_side(c in numeric)}>{cell(row.get(c), units.get(c, ''))}</td>" for c in columns)
        + "</tr>"
        for row in rows[:limit]
    )
    more = f'<p class="saii-muted">and {len(rows) - limit:,} more rows</p>' if len(rows) > limit else ""
    return (
        f'<div class="saii-scroll"><table class="saii-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{more}"
    )


def cell(value: Any, unit: str = "") -> str:
    """One value, escaped."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(shown(float(value), unit) if _is_number(value) else str(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _side(numeric: bool) -> str:
    return ' class="saii-number"' if numeric else ""
