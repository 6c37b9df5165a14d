"""A narration as HTML: its text, with what is linked to a concept marked."""

from __future__ import annotations

from html import escape

from saii_widgets.core.html.numbers import shown
from saii_widgets.core.html.origin import origin_details
from saii_widgets.core.html.style import style
from saii_widgets.core.narration import Narration, Span


def narration(said: Narration, *, with_style: bool = True) -> str:
    """Draw a narration without a kernel and without scripts.

    Parameters
    ----------
    said : Narration
        Names are marked, other linked pieces underlined; each says on pointing what it is of.
    with_style : bool
        Put the style sheet in front, as a notebook needs it; a page that has it leaves it out.
    """
    pieces, end = [], 0
    for span in said.spans:
        pieces += [escape(said.text[end : span.start]), _marked(said, span)]
        end = span.end
    pieces.append(escape(said.text[end:]))
    title = f'<p class="saii-title">Why {escape(said.class_name)}</p>' if said.class_name else ""
    n = said.repairs
    rate = shown(said.repair_rate, "share")
    counted = f"{n} repair{'s' * (n != 1)} in {len(said.spans)} linked pieces ({rate})" if n else "nothing repaired"
    before = ""
    if said.written is not None and said.written != said.text:
        written = f'<p class="saii-narration">{escape(said.written)}</p>'
        before = f"<details><summary>As it was written</summary>{written}</details>"
    return (
        f'{style() if with_style else ""}<div class="saii">{title}<p class="saii-narration" dir="auto">'
        f'{"".join(pieces)}</p><p class="saii-muted">{counted}</p>{before}{origin_details(said.origin)}</div>'
    )


def _marked(said: Narration, span: Span) -> str:
    of = f"{span.kind} of {said.names[span.concept]}" if span.concept >= 0 else span.kind
    tag = "mark" if span.kind == "name" else "u"
    return f'<{tag} title="{escape(of)}">{escape(said.text[span.start : span.end])}</{tag}>'
