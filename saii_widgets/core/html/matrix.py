"""A table of scores, pictures down and captions across, coloured by value."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.colour import ink_on
from saii_widgets.core.errors import InputError
from saii_widgets.core.html.numbers import shown
from saii_widgets.core.html.pictures import legend, row_head
from saii_widgets.core.scale import Scale

MOST_NUMBERED = 16  # columns; beyond, the cells are too narrow for numbers
_LONGEST_HEAD = 24  # characters of a column head that still stands upright above its column


def matrix_table(
    values: ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    unit: str,
    scale: Scale | None = None,
    row_images: Sequence[Image.Image] = (),
    framed: Collection[tuple[int, int]] = (),
    frame: str = "own caption",
    numbers: bool | None = None,
    mark: str = "largest of its row",
) -> str:
    """A matrix with its legend; each row's largest value is marked (of ranks: the first).

    Parameters
    ----------
    values : array, (rows, columns)
        Scores.
    rows, columns : sequence of str
        Labels. Long column labels become numbers, with a list beneath.
    unit : str
        Of the values.
    scale : Scale, optional
        Colours; by default :meth:`Scale.of_scores`.
    row_images : sequence of PIL.Image.Image, optional
        Small pictures before the row labels.
    framed : collection of (row, column)
        Cells with a frame.
    frame : str
        What the frame means, for the key.
    numbers : bool, optional
        Whether the cells show numbers; by default up to 16 columns do.
    mark : str
        What the mark means, for the key.
    """
    table = np.asarray(values, np.float64)
    if table.shape != (len(rows), len(columns)):
        raise InputError(
            f"values of shape ({len(rows)}, {len(columns)})", f"shape {table.shape}", "Give one label a row and column."
        )
    scale = scale or Scale.of_scores(table, unit)
    with_numbers = len(columns) <= MOST_NUMBERED if numbers is None else numbers
    numbered = max(map(len, columns), default=0) > _LONGEST_HEAD
    heads = [str(k + 1) for k in range(len(columns))] if numbered else list(columns)
    kind = "saii-matrix" + ("" if with_numbers else " saii-dense") + ("" if numbered else " saii-upright")
    head = "".join(
        f'<th scope="col" title="{escape(c)}"><span>{escape(h)}</span></th>'
        for h, c in zip(heads, columns, strict=True)
    )
    best = table.min(axis=1) if unit == "rank" else table.max(axis=1)
    body = "".join(
        f"<tr>{row_head(label, row_images[i] if row_images else None, side=64)}"
        + _cells(table[i], float(best[i]), scale, unit, {c for r, c in framed if r == i}, columns, with_numbers)
        + "</tr>"
        for i, label in enumerate(rows)
    )
    keys = f'<span><i class="saii-dot"></i> {escape(mark)}</span>'
    if framed:
        keys += f'<span><i class="saii-own"></i> {escape(frame)}</span>'
    listed = ""
    if numbered:
        items = "".join(f"<li>{escape(column)}</li>" for column in columns)
        short = len(columns) <= MOST_NUMBERED
        names = f"<ol>{items}</ol>"
        listed = (
            f'<div class="saii-columns">{names}</div>'
            if short
            else f'<details class="saii-columns"><summary>The {len(columns)} columns</summary>{names}</details>'
        )
    return (
        f'<div class="saii-scroll"><table class="{kind}"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        f'<div class="saii-under">{legend(scale, unit)}<p class="saii-key">{keys}</p></div>{listed}'
    )


def _cells(
    values: NDArray[np.float64],
    best: float,
    scale: Scale,
    unit: str,
    framed: Collection[int],
    columns: Sequence[str],
    with_numbers: bool,
) -> str:
    cells = []
    for k, (value, colour) in enumerate(zip(values, scale.colours(values), strict=True)):
        is_best = value == best
        kinds = " ".join(name for name, holds in (("saii-max", is_best), ("saii-mine", k in framed)) if holds)
        text = shown(float(value), unit, bare=True) if with_numbers else ("●" if is_best else "")
        style = f"background:#{bytes(colour).hex()};color:{ink_on(colour)}"
        # in a dense grid the number is read by pointing at the cell
        title = "" if with_numbers else f' title="{escape(f"{columns[k]}: {shown(float(value), unit)}")}"'
        cells.append(f'<td{f" class={chr(34)}{kinds}{chr(34)}" if kinds else ""} style="{style}"{title}>{text}</td>')
    return "".join(cells)
