"""Steps 6 and after: the strongest and the weakest phrase on many pairs, and whether they serve on other pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.task_performance import (
    accuracy_difference,
    task_performance,
    two_fold_decisions,
)
from saii_widgets.steps.pictures import Pictures

SEPARATION = "AUC of the score"
LEAST_PICTURES = 3  # a phrase in fewer captions than this is too rare to be called strong or weak


def short_phrases(captions: Sequence[Caption]) -> dict[str, list[int]]:
    """The captions' non-principal phrases, and the captions that hold each, most frequent first."""
    found: dict[str, list[int]] = {}
    for i, caption in enumerate(captions):
        for phrase in caption.phrases():
            found.setdefault(phrase.text, []).append(i)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def phrase_strength(pictures: Pictures, captions: Sequence[Caption], phrases: Sequence[Caption]) -> Explanation:
    """How strongly each short phrase answers where its caption says that it belongs.

    Strength is the phrase's mean probability among all the phrases on the pictures whose captions hold it, minus its
    mean probability on the others, so that a phrase that answers everywhere is not strong.

    Returns
    -------
    Explanation
        Over (caption), one entry a phrase, strongest first, unit "probability"; phrases in fewer than three captions,
        or in all but two, are left out.
    """
    holders = short_phrases(captions)
    n = len(pictures)
    kept = [p for p in phrases if LEAST_PICTURES <= len(holders[p.text]) <= n - LEAST_PICTURES]
    if len(kept) < 2:
        raise InputError(
            f"at least two short phrases that stand in {LEAST_PICTURES} captions each and are missing from as many",
            f"{len(kept)} among {n} captions",
            "Give more pictures, or captions that share more of their context.",
        )
    probabilities = pictures.probabilities(pictures.raw_logits(kept))  # (n, p)
    strength = np.empty(len(kept), np.float32)
    for k, phrase in enumerate(kept):
        inside = np.zeros(n, bool)
        inside[holders[phrase.text]] = True
        strength[k] = probabilities[inside, k].mean() - probabilities[~inside, k].mean()
    order = np.argsort(-strength, kind="stable")
    return Explanation(
        strength[order],
        (Axis.captions([kept[k] for k in order]),),
        "probability",
        title="Strength of the short phrases on the pairs",
        origin=pictures.origin("phrase strength", n_pairs=n),
        captions=tuple(kept[k] for k in order),
    )


def figure(pictures: Pictures, phrase: Caption, explainer: Relevance, *, n_each: int = 3) -> Explanation:
    """Maps of one phrase on the pictures that answer it most, and on those that answer it least."""
    order = [int(i) for i in np.argsort(-pictures.raw_logits([phrase])[:, 0], kind="stable")]
    return explainer(pictures.select([*order[:n_each], *order[max(n_each, len(order) - n_each) :]]).scenes, [phrase])


def evaluate_phrases(
    pictures: Pictures,
    phrases: Sequence[Caption],
    truth: Mapping[str, NDArray[np.bool_]],
    explainer: Relevance,
    *,
    strongest: str,
    weakest: str,
    seed: int = 0,
) -> list[dict[str, object]]:
    """Task performance of every phrase on pictures that had no part in choosing them.

    Parameters
    ----------
    pictures : Pictures
        n pictures.
    phrases : sequence of Caption
        What is shown with each picture; probabilities are among these.
    truth : mapping of phrase text to bool array (n,)
        Whether each phrase is in each picture.
    explainer : Relevance
        Draws the maps whose area is measured.
    strongest, weakest : str
        The two phrases that are set against each other.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of dict
        Rows ``phrase, quantity, value, low, high, n``.
    """
    logits = pictures.raw_logits(phrases)
    probabilities = pictures.probabilities(logits)
    maps = explainer(pictures.scenes, phrases).values  # (n, p, patches)
    rows: list[dict[str, object]] = []
    for k, phrase in enumerate(phrases):
        result = task_performance(logits[:, k], probabilities[:, k], maps[:, k], truth[phrase.text], seed=seed)
        for quantity, estimate in (
            (SEPARATION, result.auc),
            ("balanced accuracy", result.accuracy),
            ("activation threshold (logit)", result.threshold),
            ("rank correlation of map area and probability", result.area_rank),
        ):
            rows.append({"phrase": phrase.text, "quantity": quantity, **estimate.to_dict()})
    column = {phrase.text: k for k, phrase in enumerate(phrases)}
    decided = {name: two_fold_decisions(logits[:, column[name]], truth[name], seed) for name in (strongest, weakest)}
    difference = accuracy_difference(decided[strongest], truth[strongest], decided[weakest], truth[weakest], seed=seed)
    rows.append(
        {"phrase": f"{strongest} against {weakest}", "quantity": "difference in accuracy", **difference.to_dict()}
    )
    return rows


def separation(rows: Sequence[Mapping[str, object]]) -> Explanation:
    """How well each phrase's score tells pictures with the thing from those without it.

    Parameters
    ----------
    rows : sequence of mapping
        What :func:`evaluate_phrases` returned.

    Returns
    -------
    Explanation
        Over (caption), unit "AUC"; companions "low" and "high", the ends of its 95 % interval.
    """
    mine = [row for row in rows if row["quantity"] == SEPARATION]
    axes = (Axis("caption", tuple(str(row["phrase"]) for row in mine)),)
    value, low, high = (
        Explanation(np.array([row[name] for row in mine], np.float32), axes, "AUC", "Task performance of the phrases")
        for name in ("value", "low", "high")
    )
    return replace(value, companions={"low": low, "high": high})
