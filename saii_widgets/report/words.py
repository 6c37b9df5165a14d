"""Sections on texts: the words of the records, and the captions of the pictures."""

from __future__ import annotations

import base64
import io
import warnings
from html import escape

import numpy as np
from PIL import Image

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import bar_list, gallery, origin_details, picture, role_key, table
from saii_widgets.core.study import Study
from saii_widgets.core.text import Role
from saii_widgets.report.scores import folded, plain_words

BARS = 15
SHOWN_CAPTIONS = 6


def words(study: Study) -> str:
    """The word cloud, the foremost words with their numbers, and the table of all of them."""
    e = study["words"]
    axis = e.axes[0]
    roles = axis.roles or (Role.NON_PRINCIPAL,) * len(axis)
    principal = [label for label, role in zip(axis.labels, roles, strict=True) if role is Role.PRINCIPAL]
    said = (
        f'<p class="report-result"><b>{len(principal)}</b> of the {len(axis)} foremost words are principal: '
        f"{escape(', '.join(principal[:12]))}{f' and {len(principal) - 12} more' if len(principal) > 12 else ''}.</p>"
        if principal
        else '<p class="report-result">None of the foremost words is a principal word.</p>'
    )
    names = [f"{label} ({role})" for label, role in zip(axis.labels[:BARS], roles[:BARS], strict=True)]
    return (
        said
        + _cloud(e, roles)
        + f"<h3>The {len(names)} words of the largest weight</h3>"
        + "<p>Weight is a word's count times its strength in the principal components, both as shares of the "
        + "largest.</p>"
        + bar_list(names, e.values[:BARS], unit=e.unit)
        + f"<details><summary>All {len(axis)} words with counts, TF-IDF and strength</summary>"
        + f"{_table(e, roles)}</details>"
        + origin_details(e.origin)
    )


def captions(study: Study) -> str:
    """Where the captions come from, some of them, and what the model ranked."""
    scenes = [scene for scene in study.scenes.values() if scene.caption is not None]
    given = study.settings.get("stepwise", {}).get("captions") is not None
    source = "came with the pictures" if given else "were written from the vocabulary, by the model's own ranking"
    figures = [
        f'<figure class="saii-figure">{picture(scene.image, scene.name, side=224)}'
        f"<figcaption>{escape(scene.name)}</figcaption>{plain_words(scene.caption)}</figure>"
        for scene in scenes[:SHOWN_CAPTIONS]
        if scene.caption is not None
    ]
    rest = len(scenes) - len(figures)
    more = f'<p class="saii-muted">The other {rest} stand in step 6.</p>' if rest > 0 else ""
    evidence = study.explanations.get("vocabulary")
    ranked = "The logits of all vocabulary phrases"
    origin = origin_details(evidence.origin) if evidence is not None else ""
    return (
        f'<p class="report-result">The <b>{len(scenes)}</b> captions {source}.</p>{role_key()}'
        f"{gallery(figures, least=200)}{more}{folded(ranked, evidence)}{origin}"
    )


def _cloud(e: Explanation, roles: tuple[Role, ...]) -> str:
    """The word cloud in both themes; the reader's choice decides which is seen."""
    from saii_widgets.data.cloud import draw_cloud

    counts = e.companions.get("counts", e)
    sizes = {label: float(v) for label, v in zip(e.axes[0].labels, counts.values, strict=True) if v > 0}
    by_word = dict(zip(e.axes[0].labels, roles, strict=True))
    if not sizes:
        return ""
    with warnings.catch_warnings(record=True) as caught:  # said in the report instead
        warnings.simplefilter("always")
        light, dark = (draw_cloud(sizes, by_word, theme=theme, width=1000, height=440) for theme in ("light", "dark"))
    left_out = light.info.get("left out", "") if caught else ""
    note = f" Left out, because the font lacks their letters: {escape(left_out)}." if left_out else ""
    foremost = ", ".join(sorted(sizes, key=lambda word: -sizes[word])[:10])
    return (
        f'<figure class="report-cloud"><picture><source media="(prefers-color-scheme: dark)" srcset="{_flat(dark)}">'
        f'<img src="{_flat(light)}" width="{light.width}" height="{light.height}" '
        f'alt="Word cloud; the most frequent words are {escape(foremost)}"></picture>'
        f"<figcaption>The larger a word, the more often it occurs; its colour is its role.{note}</figcaption></figure>"
    )


def _flat(image: Image.Image) -> str:
    """A drawing of few colours as a small PNG."""
    buffer = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def _table(e: Explanation, roles: tuple[Role, ...]) -> str:
    measures = {"weight": e, **e.companions}
    rows = [
        {"word": label, "role": str(roles[k])}
        | {
            name: int(one.values[k]) if np.all(one.values == np.round(one.values)) else float(one.values[k])
            for name, one in measures.items()
            if one.kinds == ("word",)
        }
        for k, label in enumerate(e.axes[0].labels)
    ]
    return table(rows, limit=100)
