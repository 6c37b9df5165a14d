"""Sections that show scores of pictures and texts: meeting, steps 1, 2 and 6."""

from __future__ import annotations

from html import escape

import numpy as np
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import bar_list, gallery, matrix_table, origin_details, picture, shown
from saii_widgets.core.html.pictures import row_head
from saii_widgets.core.html.tables import cell
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption

ASKED_PICTURES = 5
FIRST_PAIRS, MOST_PAIRS = 8, 100


def meet(study: Study) -> str:
    """What the principal words ask for, and the pairs of pictures and records."""
    parts = []
    if (retrieval := study.explanations.get("retrieval")) is not None:
        parts.append("<h3>The pictures that each principal word asks for</h3>" + _asked(retrieval))
        parts.append(origin_details(retrieval.origin, "How the words asked"))
    meeting = study.explanations.get("meeting")
    if meeting is not None:
        pairs = study.tables.get("pairs", [])
        parts.append(f"<h3>{len(pairs)} pairs of a picture and a record</h3>" + _pairs(pairs, meeting))
        parts.append("<h3>Every picture against the best records</h3>" + _meeting_matrix(pairs, meeting))
        parts.append(origin_details(meeting.origin, "How pictures and records were ranked"))
    return "".join(parts)


def step1(study: Study) -> str:
    e = study["step1"]
    return matrix(e) + folded("The same as probabilities", e.companions.get("probabilities")) + origin_details(e.origin)


def step2(study: Study) -> str:
    e = study["step2"]
    return (
        own_captions(e) + matrix(_probabilities(e), own=True) + folded("Logits", e, own=True) + origin_details(e.origin)
    )


def step6(study: Study) -> str:
    """All pairs as a matrix, the pairs one by one, and the strength of the short phrases."""
    e = study["step6"]
    parts = [own_captions(e), matrix(_probabilities(e), own=True), origin_details(e.origin)]
    if (strength := study.explanations.get("strength")) is not None:
        parts.append(
            "<h3>The short phrases, strongest first</h3><p>The bar is a phrase's mean probability on the pictures "
            "whose captions hold it, minus its mean probability on the others.</p>"
        )
        parts.append(bar_list(strength.axes[0].labels, strength.values, unit="probability"))
        parts.append(origin_details(strength.origin))
    elif (reason := study.settings.get("left out", {}).get("strength")) is not None:
        parts.append(f'<p class="report-left-out">No strongest and weakest phrase: {escape(str(reason))}</p>')
    parts.append("<h3>The pairs one by one</h3>" + _pair_gallery(e))
    return "".join(parts)


def matrix(e: Explanation, *, own: bool = False) -> str:
    """A matrix of scores with the pictures before its rows; `own` frames the diagonal."""
    framed = [(i, i) for i in range(min(e.values.shape))] if own else []
    return matrix_table(e.values, e.axes[0].labels, e.axes[1].labels, unit=e.unit, row_images=e.images, framed=framed)


def folded(summary: str, e: Explanation | None, *, own: bool = False) -> str:
    """A matrix that opens on demand."""
    if e is None:
        return ""
    return f"<details><summary>{escape(summary)}</summary>{matrix(e, own=own)}</details>"


def own_captions(e: Explanation) -> str:
    """One sentence: how many pictures find their own caption."""
    values = np.asarray(_probabilities(e).values, np.float64)
    own = np.diag(values)
    found = int((own >= values.max(axis=1)).sum())
    return (
        f'<p class="report-result"><b>{found} of {len(values)}</b> pictures find their own caption; its mean '
        f"probability is {shown(float(own.mean()), 'probability')}, where even chances would be "
        f"{shown(1 / values.shape[1], 'probability')}.</p>"
    )


def _probabilities(e: Explanation) -> Explanation:
    return e.companions.get("probabilities", e)


def _asked(retrieval: Explanation) -> str:
    """A line each word: its best pictures, best first."""
    lines = []
    for j, phrase in enumerate(retrieval.axes[1].labels):
        best = np.argsort(-retrieval.values[:, j], kind="stable")[:ASKED_PICTURES]
        pictures = "".join(
            f"<figure>{picture(retrieval.images[i], retrieval.axes[0].labels[i], side=112)}"
            f"<figcaption>{shown(float(retrieval.values[i, j]), 'logit')}</figcaption></figure>"
            for i in best
        )
        lines.append(
            f'<li><span class="saii-label">{escape(phrase)}</span><span class="report-strip">{pictures}</span></li>'
        )
    return f'<ul class="report-asked">{"".join(lines)}</ul><p class="saii-muted">Under each picture: the logit.</p>'


def _pairs(pairs: list[dict], meeting: Explanation) -> str:
    images = dict(zip(meeting.axes[0].labels, meeting.images, strict=False))
    first, rest = pairs[:FIRST_PAIRS], pairs[FIRST_PAIRS:MOST_PAIRS]
    folded_away = f"<details><summary>{len(rest)} more</summary>{_pair_table(rest, images)}</details>" if rest else ""
    left = len(pairs) - MOST_PAIRS
    more = f'<p class="saii-muted">and {left:,} more pairs in the study</p>' if left > 0 else ""
    return _pair_table(first, images) + folded_away + more


def _pair_table(pairs: list[dict], images: dict[str, Image.Image]) -> str:
    lines = "".join(
        f"<tr>{row_head(str(pair['picture']), images.get(pair['picture']))}<td>{escape(str(pair['record']))}</td>"
        f'<td class="saii-number">{cell(pair["row"])}</td>'
        f'<td class="saii-number">{shown(pair["logit"], "logit")}</td></tr>'
        for pair in pairs
    )
    return (
        '<div class="saii-scroll"><table class="saii-table"><thead><tr><th>picture</th><th>record</th>'
        '<th class="saii-number">row</th><th class="saii-number">logit</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _meeting_matrix(pairs: list[dict], meeting: Explanation) -> str:
    rows, columns = meeting.axes[0].labels, meeting.axes[1].labels
    framed = {
        (rows.index(pair["picture"]), columns.index(pair["record"]))
        for pair in pairs
        if pair["picture"] in rows and pair["record"] in columns
    }
    return matrix_table(
        meeting.values, rows, columns, unit=meeting.unit, row_images=meeting.images, framed=framed, frame="pair"
    )


def _pair_gallery(e: Explanation) -> str:
    chances = _probabilities(e).values
    figures = []
    for i, name in enumerate(e.axes[0].labels):
        likeliest = int(chances[i].argmax())
        own = float(chances[i, i])
        found = own >= float(chances[i, likeliest])
        missed = "" if found else f'<p class="report-missed">likelier: {escape(e.axes[1].labels[likeliest])}</p>'
        figures.append(
            f'<figure class="saii-figure">{picture(e.images[i], name, side=224)}<figcaption>{escape(name)}</figcaption>'
            f"{plain_words(e.captions[i])}"
            f'<p class="report-chance"><b>{shown(own, "probability")}</b> for its own caption'
            f"{', the likeliest' if found else ''}</p>{missed}</figure>"
        )
    return gallery(figures, least=200)


def plain_words(caption: Caption) -> str:
    """A caption with its words marked by role, as it is spelled."""
    text, end = [], 0
    for word in caption.words:
        text.append(escape(caption.text[end : word.start]))
        text.append(f'<span class="report-{word.role}">{escape(word.text)}</span>')
        end = word.end
    return f'<p class="report-caption">{"".join(text)}{escape(caption.text[end:])}</p>'
