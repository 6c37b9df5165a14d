"""Captions that differ from a picture's own in one principal word, and that the model finds likeliest for it."""

from __future__ import annotations

import numpy as np

from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption
from saii_widgets.stepwise import Stepwise


def rivals(stepwise: Stepwise, image: int, caption: Caption, n_rivals: int = 3) -> list[Caption]:
    """The strongest captions that are one word away.

    Other pictures' captions differ in everything, so the match would hold whatever is taken away; these say what the
    principal words are needed for.

    Parameters
    ----------
    stepwise : Stepwise
        Whose vocabulary names other colours and types.
    image : int
        Place of the picture among the first of the study.
    caption : Caption
    n_rivals : int

    Returns
    -------
    list of Caption
        The likeliest first; empty where no principal word is one of the vocabulary's.
    """
    kinds = (stepwise.vocabulary.colours, stepwise.vocabulary.types)
    found = [
        caption.swapped(place, other)
        for place in caption.indices(Role.PRINCIPAL)
        for kind in kinds
        if caption.words[place].text.lower() in kind
        for other in kind
        if other != caption.words[place].text.lower()
    ]
    if not found:
        return []
    logits = stepwise.few.select([image]).raw_logits(found)[0]
    return [found[k] for k in np.argsort(-logits, kind="stable")[:n_rivals]]
