"""What came out, in plain sentences that are computed from the study's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from saii_widgets.core.html import shown
from saii_widgets.core.study import Study

Row = Mapping[str, Any]
AUC, THRESHOLD = "AUC of the score", "activation threshold (logit)"
ACCURACY_DIFFERENCE, AREA_RANK = "difference in accuracy", "rank correlation of map area and probability"


@dataclass(frozen=True)
class Finding:
    """One finding: the number to remember, and the sentence that says what it means. Both are plain text."""

    key: str
    sentence: str


def findings(study: Study) -> list[Finding]:
    """The findings that the study has the numbers for, most important first."""
    found = [*_own_captions(study), *_principal_words(study), *_phrases(study), *_warnings(study)]
    return [finding for finding in found if finding is not None]


def findings_html(found: Iterable[Finding]) -> str:
    """Findings as a list: the number on the left, the sentence on the right."""
    lines = "".join(f"<li><b>{escape(f.key)}</b><span>{escape(f.sentence)}</span></li>" for f in found)
    return f'<ul class="report-findings">{lines}</ul>'


def _own_captions(study: Study) -> Iterable[Finding | None]:
    for name in ("step6", "step2"):
        e = study.explanations.get(name)
        chances = None if e is None else e.companions.get("probabilities")
        if chances is None or chances.values.shape[0] != chances.values.shape[1]:
            continue
        values = np.asarray(chances.values, np.float64)
        n = len(values)
        own = np.diag(values)
        found = int((own >= values.max(axis=1)).sum())
        yield Finding(
            f"{found} of {n}",
            f"pictures find their own caption: of {n} captions the model gives it the highest score "
            f"(guessing finds 1). The own caption's mean probability is {shown(float(own.mean()), 'probability')}.",
        )
        return


def _principal_words(study: Study) -> Iterable[Finding | None]:
    rows = {str(row["quantity"]): row for row in study.tables.get("verdict", ())}
    before, rest = rows.get("share on principal words, before"), rows.get("share on non-principal words, before")
    after = rows.get("share on non-principal words, after deleting the principal ones")
    if before is not None and rest is not None:
        control = rows.get("share on principal words, control")
        against = (
            f" When as many non-principal words are deleted at random instead, it is {_value(control, 'share')}."
            if control is not None
            else ""
        )
        yield Finding(
            _value(before, "share"),
            f"of the word relevance lies on principal words ({_interval(before, 'share')}), "
            f"{_value(rest, 'share')} on non-principal ones.{against}",
        )
    if rest is not None and after is not None:
        yield Finding(
            f"{_value(rest, 'share')} → {_value(after, 'share')}",
            "is the share on non-principal words before and after the principal ones are deleted. Part of the rise is "
            "arithmetic, because deleted words can carry nothing; the next lines say what goes beyond that.",
        )
    yield _beyond(
        rows.get("fall of the logit beyond the control"),
        "logit",
        "is how much more the logit falls without the principal words than without as many others at random",
        ("The score rests on the principal words more than on others.", "The score rests more on the other words."),
    )
    yield _beyond(
        rows.get("change of the map beyond the control"),
        "cosine",
        "is how much more the map changes (one minus the cosine) than under the same control",
        ("The map follows the principal words more than others.", "Deleting other words moves the map more."),
    )


def _beyond(row: Row | None, unit: str, said: str, above_below: tuple[str, str]) -> Finding | None:
    if row is None:
        return None
    if row["low"] > 0:
        verdict = above_below[0]
    elif row["high"] < 0:
        verdict = above_below[1]
    else:
        verdict = "The interval holds zero, so a difference is not shown."
    return Finding(shown(row["value"], unit, signed=True), f"{said} ({_interval(row, unit)}). {verdict}")


def _phrases(study: Study) -> Iterable[Finding | None]:
    rows = study.tables.get("evaluation", [])
    aucs = [row for row in rows if row["quantity"] == AUC]
    if len(aucs) < 2:
        return
    thresholds = {row["phrase"]: row for row in rows if row["quantity"] == THRESHOLD}
    for row, rank in ((aucs[0], "strongest"), (aucs[-1], "weakest")):
        threshold = thresholds.get(row["phrase"])
        cut = (
            f" It counts as there from a logit of {_value(threshold, 'logit')} on ({_interval(threshold, 'logit')})."
            if threshold is not None
            else ""
        )
        yield Finding(
            f"AUC {row['value']:.2f}",
            f"for the {rank} phrase of the pairs, “{row['phrase']}”, on {row['n']} other pictures "
            f"({row['low']:.2f} to {row['high']:.2f}; 0.50 is guessing).{cut}",
        )
    for row in rows:
        if row["quantity"] == ACCURACY_DIFFERENCE:
            shows = (
                "so the choice made on the pairs holds" if row["low"] > 0 else "so the choice made on the pairs fails"
            )
            if row["low"] <= 0 <= row["high"]:
                shows = "so the two are not told apart"
            yield Finding(
                f"{100 * row['value']:+.1f}".replace("-", "−"),
                "percentage points is the strongest phrase's accuracy above the weakest's "
                f"(95 % interval {100 * row['low']:.1f} to {100 * row['high']:.1f}), {shows}.".replace(" -", " −"),
            )
    areas = [row for row in rows if row["quantity"] == AREA_RANK]
    if areas:
        rising, falling = sum(row["low"] > 0 for row in areas), sum(row["high"] < 0 for row in areas)
        yield Finding(
            f"{rising} of {len(areas)}",
            f"phrases are surer where their map covers more of the picture; for {falling} it is the other way round, "
            f"and for {len(areas) - rising - falling} neither is shown.",
        )


def _warnings(study: Study) -> Iterable[Finding | None]:
    noted = sum(bool(scene.notes) for scene in study.scenes.values())
    if noted:
        yield Finding(
            f"{noted} of {len(study.scenes)}",
            "pictures carry a warning; read their results with care. They are listed at the end.",
        )


def _value(row: Row, unit: str) -> str:
    return shown(row["value"], unit)


def _interval(row: Row, unit: str) -> str:
    return f"95 % interval {shown(row['low'], unit)} to {shown(row['high'], unit)}"
