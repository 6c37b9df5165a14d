"""Sections that show maps: steps 3 and 5, and the figures of the evaluation."""

from __future__ import annotations

from html import escape

import numpy as np

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import (
    gallery,
    heatmap_figure,
    map_grid,
    origin_details,
    picture,
    relative_legend,
    role_key,
    shown,
)
from saii_widgets.core.html.pictures import shortened
from saii_widgets.core.html.result import own_words
from saii_widgets.core.study import Study

MOST_PHRASES = 8
_OWN_SCALE = "each map has its own scale: it says where; the logit says how much"
_HALF = 3  # pictures that answer a figure's phrase most, and as many that answer it least


def step3(study: Study) -> str:
    """A card each pair: the picture, its map, its words; then the maps of the largest logits."""
    e = study["step3"]
    parts = [role_key(), relative_legend("each map has its own scale; compare places, not pictures")]
    parts.append(f'<div class="report-cards">{"".join(_card(e, i) for i in range(min(e.values.shape[:2])))}</div>')
    parts.append(origin_details(e.origin))
    largest = study.explanations.get("step3 largest logit")
    if largest is not None:
        parts.append("<h3>Maps of the largest logits</h3>" + _largest(largest) + origin_details(largest.origin))
    return "".join(parts)


def step5(study: Study) -> str:
    """Short phrases across, pictures down; framed where the picture's own caption holds the phrase."""
    e = study["step5"]
    pictures, phrases, patches = e.axes
    columns = range(min(MOST_PHRASES, len(phrases)))
    grid = patches.grid
    if grid is None:
        return ""
    maps = e.values[:, : len(columns)].reshape(len(pictures), len(columns), *grid)
    logits = e.companions.get("logits")
    held = [
        {phrase.text for phrase in scene.caption.phrases()}
        if scene is not None and scene.caption is not None
        else set()
        for scene in (study.scenes.get(name) for name in pictures.labels)
    ]
    drawn = map_grid(
        maps,
        pictures.labels,
        [phrases.labels[j] for j in columns],
        e.images,
        boxes=patches.boxes,
        said=None if logits is None else lambda i, j: shown(float(logits.values[i, j]), "logit"),
        holds=lambda i, j: phrases.labels[j] in held[i],
    )
    left = len(phrases) - len(columns)
    more = (
        f'<p class="saii-muted">Drawn are the {len(columns)} most frequent of {len(phrases)} phrases.</p>'
        if left
        else ""
    )
    key = (
        '<p class="saii-key"><span><i class="saii-own"></i> the picture\'s own caption holds the phrase</span>'
        "<span>number: logit</span></p>"
    )
    return drawn + key + relative_legend(_OWN_SCALE) + more + origin_details(e.origin)


def figures(study: Study) -> str:
    """Figures 5 and 6: a phrase on the pictures that answer it most and least."""
    parts = []
    for number in (5, 6):
        if f"figure{number}" not in study:
            continue
        e = study[f"figure{number}"]
        parts.append(f"<h3>Figure {number}: “{escape(e.axes[1].labels[0])}”</h3>")
        half = min(_HALF, len(e.axes[0]))
        for title, places in (
            ("The pictures that answer it most", range(half)),
            ("The pictures that answer it least", range(half, len(e.axes[0]))),
        ):
            if places:
                parts.append(f"<h4>{title}</h4>" + gallery((_answer(e, i) for i in places), least=150))
        parts.append(relative_legend(_OWN_SCALE) + origin_details(e.origin))
    return "".join(parts)


def _card(e: Explanation, i: int) -> str:
    name, caption = e.axes[0].labels[i], e.axes[1].labels[i]
    numbers = [
        f"{title} {shown(float(one.values[i, i]), one.unit)}"
        for key, title in (("logits", "logit"), ("probabilities", "probability"))
        if (one := e.companions.get(key)) is not None
    ]
    drawn = heatmap_figure(
        e.images[i], e.map(image=i, caption=i), boxes=e.axes[-1].boxes, alt=f"{name}: {caption}", width=256
    )
    plain = f'<figure class="saii-figure"><div class="saii-frame">{picture(e.images[i], name)}</div></figure>'
    words = e.companions.get("words")
    below = own_words(words, i, i) if words is not None else f"<p>{escape(caption)}</p>"
    return (
        f'<article class="report-card"><div class="report-pair">{plain}{drawn}</div>{below}'
        f'<p class="saii-muted">{escape(" · ".join([name, *numbers]))}</p></article>'
    )


def _largest(e: Explanation) -> str:
    """For each picture the map of the caption that won; where it is not the own one, the own one's is empty."""
    figures, lost = [], 0
    for i, name in enumerate(e.axes[0].labels):
        winners = [j for j in range(e.values.shape[1]) if e.values[i, j].any()]
        winner = winners[0] if winners else i
        if winner == i:
            figures.append(_small(e, i, i, f"{name}: its own caption wins"))
            continue
        lost += 1
        figures.append(_small(e, i, winner, f"{name}: another caption wins, “{e.axes[1].labels[winner]}”"))
        figures.append(_small(e, i, i, f"{name}: its own caption, which lost"))
    if not lost:
        return (
            "<p>Every picture's largest logit is that of its own caption, so these maps are the ones above. For each "
            "picture the other captions have no relevance.</p>"
        )
    text = f"For {lost} of {len(e.axes[0])} pictures another caption wins; their own caption then has no relevance."
    return f"<p>{text}</p>" + gallery(figures, least=150)


def _small(e: Explanation, i: int, j: int, said: str) -> str:
    return heatmap_figure(e.images[i], e.map(image=i, caption=j), boxes=e.axes[-1].boxes, caption=said, width=192)


def _answer(e: Explanation, i: int) -> str:
    logits = e.companions.get("logits")
    number = f": logit {shown(float(logits.values[i, 0]), 'logit')}" if logits is not None else ""
    return heatmap_figure(
        e.images[i],
        np.asarray(e.map(image=i)),
        boxes=e.axes[-1].boxes,
        caption=f"{shortened(e.axes[0].labels[i], 24)}{number}",
    )
