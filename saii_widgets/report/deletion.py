"""Step 4: each pair before and after its principal words are deleted, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html import (
    Interval,
    heatmap_figure,
    interval_list,
    legend,
    origin_details,
    relative_legend,
    shown,
)
from saii_widgets.core.html.result import own_words
from saii_widgets.core.scale import Scale
from saii_widgets.core.study import Study


def step4(study: Study) -> str:
    """The verdict first, then every pair with both maps and their difference."""
    e = study["step4"]
    parts = []
    if rows := study.tables.get("verdict"):
        parts.append("<h3>The verdict</h3>" + verdict(rows))
    parts.append("<h3>Every pair, with and without its principal words</h3>")
    before, after = e.companions.get("before"), e.companions.get("after")
    if before is not None and after is not None:
        parts.append(
            "<p>The first two maps of a pair share one scale. The third shows what changed.</p>"
            + relative_legend("third map", unit="change", ends=("lost", "gained"), signed=True)
        )
        parts += [_pair(e, before, after, i) for i in range(len(e.axes[0]))]
    parts.append(origin_details(e.origin))
    return "".join(parts)


def verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """The table "verdict" as intervals, grouped by what they measure."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(_group(str(row["quantity"])), []).append(row)
    return (
        "".join(
            f"<h4>{title}</h4>" + interval_list(_intervals(members, unit), **_ends(members, unit))
            for title, unit in (
                ("Share of the word relevance", "share"),
                ("Logit of the own caption", "logit"),
                ("Likeness of the maps", "cosine"),
            )
            if (members := groups.get(title))
        )
        + f'<p class="saii-muted">{_rests_on(rows)}</p>'
    )


def _rests_on(rows: Sequence[Mapping[str, Any]]) -> str:
    counts = sorted({int(row["n"]) for row in rows if row.get("n") is not None})
    over = f"{' or '.join(map(str, counts))} pictures" if counts else "the pictures"
    return f"Dot: mean over {over}. Line: 95 % interval from a bootstrap over pictures. Dotted: zero."


def _group(quantity: str) -> str:
    if quantity.startswith("share"):
        return "Share of the word relevance"
    return "Logit of the own caption" if "logit" in quantity else "Likeness of the maps"


def _intervals(rows: Sequence[Mapping[str, Any]], unit: str) -> list[Interval]:
    return [Interval(str(r["quantity"]), r["value"], r["low"], r["high"], unit) for r in rows]


def _ends(rows: Sequence[Mapping[str, Any]], unit: str) -> dict[str, float]:
    low, high = min(0.0, *(row["low"] for row in rows)), max(row["high"] for row in rows)
    return {"low": low, "high": max(high, 1.0) if unit != "logit" else max(high, low + 1e-6), "reference": 0.0}


def _pair(e: Explanation, before: Explanation, after: Explanation, i: int) -> str:
    first, second = before.map(image=i, caption=i), after.map(image=i, caption=i)
    scale = Scale.of_maps([first, second])
    reach = float(abs(second - first).max()) or 1.0
    change = Scale(-reach, reach, signed=True)
    boxes, image, name = before.axes[-1].boxes, e.images[i], e.axes[0].labels[i]
    maps = (
        heatmap_figure(image, first, scale=scale, boxes=boxes, caption="before", alt=f"{name}, before")
        + heatmap_figure(image, second, scale=scale, boxes=boxes, caption="after", alt=f"{name}, after")
        + heatmap_figure(
            image, second - first, scale=change, boxes=boxes, caption="difference", alt=f"{name}, difference"
        )
    )
    lines = "".join(
        f"<dt>{label}</dt><dd>{own_words(words, i, i)}</dd>"
        for label, words in (("before", before.companions.get("words")), ("after", after.companions.get("words")))
        if words is not None
    )
    return (
        f'<article class="report-card report-change"><div class="report-triple">{maps}</div><div>'
        f'<p class="report-name">{escape(name)}</p>{_numbers(e, i)}{legend(scale, before.unit)}</div>'
        f'<dl class="report-sentences">{lines}</dl></article>'
    )


def _numbers(e: Explanation, i: int) -> str:
    """Logit, probability and rank before and after, and how alike the maps are."""
    said = []
    for title, one in (
        ("logit", e),
        ("probability", e.companions.get("probability")),
        ("rank", e.companions.get("rank")),
    ):
        if one is not None:
            first, second = (shown(float(one.values[i, k]), one.unit) for k in (0, 1))
            said.append((title, f"{first} → {second}"))
    likeness = e.companions.get("map likeness")
    if likeness is not None:
        for k, label in enumerate(likeness.axes[1].labels):
            value = float(likeness.values[i, k])
            said.append((label, f"{value:.2f}" if "cosine" in label else shown(value, "share")))
    return (
        '<dl class="report-numbers">'
        + "".join(f"<div><dt>{escape(t)}</dt><dd>{v}</dd></div>" for t, v in said)
        + "</dl>"
    )
