"""One explanation as HTML, drawn as its axes ask for."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html.any_axes import any_axes
from saii_widgets.core.html.bars import bar_list
from saii_widgets.core.html.concepts import concept_bars, concept_matrix
from saii_widgets.core.html.maps import map_grid
from saii_widgets.core.html.matrix import matrix_table
from saii_widgets.core.html.numbers import shown, unit_words
from saii_widgets.core.html.origin import origin_details
from saii_widgets.core.html.pictures import (
    gallery,
    heatmap_figure,
    legend,
    picture_figure,
    relative_legend,
    row_head,
)
from saii_widgets.core.html.style import style
from saii_widgets.core.html.tables import table
from saii_widgets.core.html.words import role_key, shaded_words
from saii_widgets.core.scale import Scale

MOST_MAPS = 40
MOST_ROWS = 20
_OWN_SCALE = "each map has its own scale"


def explanation(e: Explanation, *, with_style: bool = True, with_companions: bool = True) -> str:
    """Draw a result without a kernel and without scripts.

    Parameters
    ----------
    e : Explanation
        Its axes decide: maps over pictures, shaded words, a matrix, bars, or the first rows of a table.
    with_style : bool
        Put the style sheet in front, as a notebook needs it; a page that has it leaves it out.
    with_companions : bool
        Fold the companions away under the result.
    """
    sizes = " × ".join(f"{len(axis)} {plural(axis.kind, len(axis))}" for axis in e.axes)
    about = f"{sizes} · {unit_words(e.unit)}"
    title = f'<p class="saii-title">{escape(e.title)}</p>' if e.title else ""
    beside = "".join(
        f'<details><summary>{escape(name)}</summary><div class="saii-companion">'
        f"{explanation(other, with_style=False, with_companions=False)}</div></details>"
        for name, other in (e.companions.items() if with_companions else ())
    )
    return (
        f'{style() if with_style else ""}<div class="saii">{title}<p class="saii-about">{escape(about)}</p>'
        f"{body(e)}{beside}{origin_details(e.origin)}</div>"
    )


def plural(kind: str, n: int) -> str:
    """The kind of an axis as so many of it: "1 patch", "49 patches"."""
    ending = "es" if kind.endswith(("s", "x", "ch", "sh")) else "s"
    return kind + ending * (n != 1)


def body(e: Explanation) -> str:
    """The drawing alone, without title, companions and origin."""
    draw = _DRAWN.get(e.kinds)
    if draw is None or (e.kinds[-1] == "patch" and (e.axes[-1].grid is None or not e.images)):
        return any_axes(e) or rows(e)
    return draw(e)


def rows(e: Explanation) -> str:
    """The first values as a table, and how many more there are."""
    frame = e.to_frame().head(MOST_ROWS)
    n = int(e.values.size)
    more = f'<p class="saii-muted">and {n - MOST_ROWS:,} more values</p>' if n > MOST_ROWS else ""
    records = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    return table(records, units={"value": e.unit}) + more


def _patch(e: Explanation) -> str:
    grid = e.map()
    scale = Scale.of_maps(grid)
    figures = [
        picture_figure(e.images[0], "the picture"),
        heatmap_figure(e.images[0], grid, scale=scale, boxes=e.axes[-1].boxes, caption="the map"),
    ]
    return gallery(figures) + _words_beside(e) + legend(scale, e.unit)


def _words_beside(e: Explanation) -> str:
    words = e.companions.get("words")
    return _word(words) if words is not None and words.kinds == ("word",) else ""


def _word(e: Explanation) -> str:
    """The words of a caption as a sentence; words that stand in none, such as a corpus's, as bars."""
    if e.axes[0].groups is None and not e.captions:
        return any_axes(e) or rows(e)
    key = role_key() if e.axes[0].roles is not None else ""
    return shaded_words(e.axes[0].labels, e.values, e.axes[0].roles) + key


def _image_patch(e: Explanation) -> str:
    """A gallery of maps. Each has its own scale, because the size of relevance differs from picture to picture."""
    names = e.axes[0].labels
    shared = _shared(e)
    figures = [
        heatmap_figure(e.images[i], e.map(image=i), scale=shared, boxes=e.axes[-1].boxes, caption=names[i])
        for i in range(min(len(names), MOST_MAPS))
    ]
    return gallery(figures) + _signs(e) + _left(len(names) - len(figures))


def _image_caption_patch(e: Explanation) -> str:
    pictures, captions, patches = e.axes
    n, m = len(pictures), len(captions)
    if m == 1:
        return _image_patch_of(e)
    if n == m and n * m > MOST_MAPS:
        figures = [pair_figure(e, i, scale=_shared(e)) for i in range(min(n, MOST_MAPS))]
        other = f'<p class="saii-muted">Shown: each picture with its own caption, {len(figures)} of {n * m:,} maps.</p>'
        return gallery(figures, least=208) + role_key() + _signs(e) + other
    shown_rows = max(1, min(n, MOST_MAPS // m))
    columns = min(m, MOST_MAPS)
    grid = patches.grid
    assert grid is not None
    maps = e.values[:shown_rows, :columns].reshape(shown_rows, columns, *grid)
    drawn = map_grid(
        maps,
        pictures.labels[:shown_rows],
        captions.labels[:columns],
        e.images,
        scale=_shared(e),
        boxes=patches.boxes,
        said=_logit_of(e),
    )
    return drawn + _signs(e) + _left(n * m - shown_rows * columns)


def _image_patch_of(e: Explanation) -> str:
    said = _logit_of(e)
    figures = [
        heatmap_figure(
            e.images[i],
            e.map(image=i),
            scale=_shared(e),
            boxes=e.axes[-1].boxes,
            caption=f"{name} {said(i, 0) if said else ''}".strip(),
        )
        for i, name in enumerate(e.axes[0].labels[:MOST_MAPS])
    ]
    title = f"<p>{escape(e.axes[1].labels[0])}</p>"
    return title + gallery(figures) + _signs(e) + _left(len(e.axes[0]) - len(figures))


def pair_figure(e: Explanation, i: int, *, j: int | None = None, scale: Scale | None = None, note: str = "") -> str:
    """The map of one picture and one caption (by default its own), the words shaded beneath.

    Parameters
    ----------
    e : Explanation
        Over (image, caption, patch), with the companion "words".
    i, j : int
        Picture and caption; j is i by default.
    scale : Scale, optional
        Colours; by default from zero to this map's largest value.
    note : str
        Plain text under the map, in place of the picture's name.
    """
    j = i if j is None else j
    words = e.companions.get("words")
    below = "" if words is None else own_words(words, i, j)
    name = e.axes[0].labels[i]
    return heatmap_figure(
        e.images[i],
        e.map(image=i, caption=j),
        scale=scale,
        boxes=e.axes[-1].boxes,
        caption=note or name,
        alt=f"{name}: {e.axes[1].labels[j]}",
        below=below,
    )


def own_words(words: Explanation, i: int, j: int) -> str:
    """The words of caption j, shaded for picture i; `words` is over (image, word)."""
    axis = words.axes[-1]
    mine = [k for k, group in enumerate(axis.groups or ()) if group == j]
    roles = None if axis.roles is None else [axis.roles[k] for k in mine]
    return shaded_words([axis.labels[k] for k in mine], words.values[i, mine], roles)


def _image_word(e: Explanation) -> str:
    """The words of each picture's own caption where there are as many captions as pictures, else of each caption."""
    pictures, words = e.axes
    if words.groups is None:
        return rows(e)
    n, m = len(pictures), max(words.groups, default=-1) + 1
    pairs = [(i, i) for i in range(n)] if n == m else [(i, j) for i in range(n) for j in range(m)]
    lines = "".join(f"<tr>{_head(e, i)}<td>{own_words(e, i, j)}</td></tr>" for i, j in pairs[:MOST_ROWS])
    drawn = f'<div class="saii-scroll"><table class="saii-table"><tbody>{lines}</tbody></table></div>'
    return drawn + (role_key() if words.roles is not None else "") + _left(len(pairs) - MOST_ROWS, "captions")


def _image_caption(e: Explanation) -> str:
    pictures, captions = e.axes
    own = [(i, i) for i in range(len(pictures))] if len(pictures) == len(captions) > 1 else []
    mark = "best of its row" if e.unit == "rank" else "largest of its row"
    return matrix_table(
        e.values, pictures.labels, captions.labels, unit=e.unit, row_images=e.images, framed=own, mark=mark
    )


def _caption(e: Explanation) -> str:
    return bar_list(e.axes[0].labels, e.values, unit=e.unit, errors=e.errors)


def _image_numbers(e: Explanation) -> str:
    """A row each picture: states before and after with their change, or measures."""
    columns = e.axes[1]
    signed = [label == "change" for label in columns.labels]
    head = "".join(f'<th scope="col" class="saii-number">{escape(label)}</th>' for label in columns.labels)
    lines = "".join(
        f"<tr>{_head(e, i)}"
        + "".join(
            f'<td class="saii-number">{shown(float(value), e.unit, signed=sign)}</td>'
            for value, sign in zip(e.values[i], signed, strict=True)
        )
        + "</tr>"
        for i in range(len(e.axes[0]))
    )
    mean = "".join(
        f'<td class="saii-number"><b>{shown(float(value), e.unit, signed=sign)}</b></td>'
        for value, sign in zip(np.asarray(e.values, np.float64).mean(axis=0), signed, strict=True)
    )
    return (
        f'<div class="saii-scroll"><table class="saii-table"><thead><tr><th></th>{head}</tr></thead>'
        f'<tbody>{lines}<tr><th scope="row">mean</th>{mean}</tr></tbody></table></div>'
    )


def _head(e: Explanation, i: int) -> str:
    return row_head(e.axes[0].labels[i], e.images[i] if e.images else None)


def _logit_of(e: Explanation) -> Callable[[int, int], str] | None:
    logits = e.companions.get("logits")
    if logits is None or logits.values.shape != e.values.shape[:2]:
        return None
    return lambda i, j: f"logit {shown(float(logits.values[i, j]), 'logit')}"


def _shared(e: Explanation) -> Scale | None:
    """One scale for all maps where some values are negative: the sides of zero have to be comparable."""
    return Scale.of_maps(e.values) if e.values.min(initial=0.0) < 0 else None


def _signs(e: Explanation) -> str:
    shared = _shared(e)
    return legend(shared, e.unit, "the maps share a scale") if shared else relative_legend(_OWN_SCALE, unit=e.unit)


def _left(n: int, what: str = "maps") -> str:
    return f'<p class="saii-muted">and {n:,} more {what}</p>' if n > 0 else ""


_DRAWN: dict[tuple[str, ...], Callable[[Explanation], str]] = {
    ("patch",): _patch,
    ("word",): _word,
    ("image", "patch"): _image_patch,
    ("image", "caption", "patch"): _image_caption_patch,
    ("image", "word"): _image_word,
    ("image", "caption"): _image_caption,
    ("caption",): _caption,
    ("concept",): concept_bars,
    ("class", "concept"): concept_matrix,
    ("image", "state"): _image_numbers,
    ("image", "measure"): _image_numbers,
}
