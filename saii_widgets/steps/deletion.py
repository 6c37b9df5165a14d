"""Step 4: the principal words are deleted, the captions rebuilt, and everything is measured again.

Beside it stands a control: as many non-principal words deleted at random. What changes more than under the control is
due to the words being principal, not to there being fewer of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import CaptionError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption, Role
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.task_performance import paired_interval
from saii_widgets.steps.pictures import Floats, Pictures

TOP_SHARE = 0.2
N_CONTROL_DRAWS = 20


def map_cosine(first: Floats, second: Floats) -> float:
    """Cosine of two maps (patches,); 0 where one of them has no relevance."""
    scale = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / scale if scale > 0 else 0.0


def top_overlap(first: Floats, second: Floats, share: float = TOP_SHARE) -> float:
    """Share of the strongest patches of one map that are among the strongest of the other; 0 without relevance."""
    if not first.any() or not second.any():
        return 0.0
    k = max(1, round(share * len(first)))
    return len({*np.argsort(-first, kind="stable")[:k]} & {*np.argsort(-second, kind="stable")[:k]}) / k


def without_principal(captions: Sequence[Caption]) -> list[Caption]:
    """Captions rebuilt without their principal words.

    Raises
    ------
    CaptionError
        A caption that has principal words only; the message names it.
    """
    rebuilt = []
    for caption in captions:
        try:
            rebuilt.append(caption.without(Role.PRINCIPAL))
        except CaptionError as error:
            raise CaptionError(
                "captions in which something is left once their principal words are deleted",
                f"{caption.text!r}",
                "Add what stands around the vehicle, or give some of its words another role.",
            ) from error
    return rebuilt


def without_random_context(caption: Caption, rng: Random) -> Caption:
    """The caption without as many non-principal words as it has principal ones, drawn at random."""
    pool = list(caption.indices(Role.NON_PRINCIPAL))
    n = min(len(caption.indices(Role.PRINCIPAL)), len(pool))
    if not n:
        return caption
    try:
        return caption.without(rng.sample(pool, n))
    except CaptionError:
        return caption


def role_shares(words: Explanation, image: int, caption: int) -> dict[Role, float] | None:
    """Shares of a caption's word relevance by role for one picture; None where no word has any."""
    axis = words.axes[-1]
    assert axis.groups is not None
    assert axis.roles is not None
    mine = [k for k, group in enumerate(axis.groups) if group == caption]
    values = words.values[image, mine]
    total = float(values.sum())
    if total <= 0:
        return None
    return {
        role: float(sum(v for v, k in zip(values, mine, strict=True) if axis.roles[k] == role)) / total for role in Role
    }


def compare(
    pictures: Pictures,
    before: Sequence[Caption],
    after: Sequence[Caption],
    maps_before: Explanation,
    maps_after: Explanation,
) -> Explanation:
    """Logit, probability and rank of the own caption before and after, and how alike the two maps are.

    Parameters
    ----------
    pictures : Pictures
        n pictures; caption i belongs to picture i.
    before, after : sequence of Caption
        n each.
    maps_before, maps_after : Explanation
        Relevance over (image, caption, patch) for the two sets.

    Returns
    -------
    Explanation
        Over (image, state) with states before, after and change, unit "logit"; companions "probability", "rank" over
        the same axes, "map likeness" over (image, measure), and "before" and "after", the maps themselves.
    """
    n = np.arange(len(pictures))
    state = Axis(kind="state", labels=("before", "after", "change"))
    origin = pictures.origin("deletion of principal words", captions=[c.text for c in after])
    images = tuple(pictures.images)

    def states(pair: Sequence[Floats], unit: str, title: str, **more: Any) -> Explanation:
        values = np.stack([pair[0], pair[1], pair[1] - pair[0]], axis=1)
        return Explanation(values, (pictures.axis, state), unit, title=title, origin=origin, images=images, **more)

    logits = [pictures.raw_logits(captions) for captions in (before, after)]
    probabilities = [pictures.probabilities(table)[n, n] for table in logits]
    ranks = [1 + (table > table[n, n][:, None]).sum(1).astype(np.float32) for table in logits]
    likeness = np.array(
        [
            (map_cosine(a, b), top_overlap(a, b))
            for a, b in ((maps_before.values[i, i], maps_after.values[i, i]) for i in n)
        ],
        np.float32,
    )
    measures = Axis(kind="measure", labels=("cosine of the maps", "overlap of the top 20 %"))
    companions = {
        "probability": states(probabilities, "probability", "Probability of the own caption"),
        "rank": states(ranks, "rank", "Rank of the own caption"),
        "map likeness": Explanation(
            likeness, (pictures.axis, measures), "share", title="Likeness of the maps", origin=origin, images=images
        ),
        "before": maps_before,
        "after": maps_after,
    }
    title = "Logit of the own caption, with and without its principal words"
    return states([table[n, n] for table in logits], "logit", title, companions=companions)


def verdict(
    pictures: Pictures,
    captions: Sequence[Caption],
    change: Explanation,
    explainer: Relevance,
    *,
    seed: int = 0,
    n_draws: int = N_CONTROL_DRAWS,
) -> list[dict[str, object]]:
    """The paper's verdict in numbers, with paired intervals over pictures, against the random control.

    Returns
    -------
    list of dict
        Rows ``quantity, value, low, high, n``: shares of word relevance by role before and after the deletion, under
        the control, and what the deletion changes beyond the control.
    """
    rng = Random(seed)
    drawn = [without_random_context(caption, rng) for _ in range(n_draws) for caption in captions]
    unique = list({caption.text: caption for caption in drawn}.values())
    column = {caption.text: k for k, caption in enumerate(unique)}
    control = explainer(pictures.scenes, unique)
    control_logits = pictures.raw_logits(unique)
    n = len(pictures)
    before, after = change.companions["before"], change.companions["after"]

    rows: dict[str, list[float]] = {}

    def put(quantity: str, value: float) -> None:
        rows.setdefault(quantity, []).append(value)

    for i in range(n):
        first = role_shares(before.companions["words"], i, i)
        second = role_shares(after.companions["words"], i, i)
        mine = [column[drawn[d * n + i].text] for d in range(n_draws)]
        shares = [s for s in (role_shares(control.companions["words"], i, k) for k in mine) if s]
        if first is None or second is None or not shares:
            continue
        principal, rest = Role.PRINCIPAL, Role.NON_PRINCIPAL
        put("share on principal words, before", first[principal])
        put("share on non-principal words, before", first[rest])
        put("share on non-principal words, after deleting the principal ones", second[rest])
        put("share on non-principal words, gained by the deletion", second[rest] - first[rest])
        put("share on principal words, control", float(np.mean([s[principal] for s in shares])))
        put("share on non-principal words, control", float(np.mean([s[rest] for s in shares])))
        own = float(change.values[i, 0])
        drop = own - float(change.values[i, 1])
        control_drop = own - float(control_logits[i, mine].mean())
        put("fall of the logit, principal words deleted", drop)
        put("fall of the logit, control", control_drop)
        put("fall of the logit beyond the control", drop - control_drop)
        alike = float(change.companions["map likeness"].values[i, 0])
        control_alike = float(np.mean([map_cosine(before.values[i, i], control.values[i, k]) for k in mine]))
        put("cosine of the maps, principal words deleted", alike)
        put("cosine of the maps, control", control_alike)
        put("change of the map beyond the control", control_alike - alike)
    return [{"quantity": name, **paired_interval(values, seed=seed).to_dict()} for name, values in rows.items()]
