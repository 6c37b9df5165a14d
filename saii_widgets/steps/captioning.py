"""Captions for pictures that have none: words of a vocabulary that the model itself ranks for each picture."""

from __future__ import annotations

import numpy as np

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Caption
from saii_widgets.core.vocabulary import Vocabulary
from saii_widgets.steps.pictures import Floats, Pictures, softmax

SECOND_VEHICLE = 0.25  # least probability at which a second vehicle enters a caption


def _standing_out(logits: Floats) -> Floats:
    """Each phrase's logit against the same phrase on the other pictures, in standard deviations, (n, phrases).

    Phrases differ in their usual logit, so the raw ones cannot be compared with each other; with fewer than four
    pictures there is nothing to compare with and the raw ones are centred a picture.
    """
    if len(logits) < 4:
        return logits - logits.mean(axis=1, keepdims=True)
    return (logits - logits.mean(axis=0)) / (logits.std(axis=0) + 1e-6)


def caption_pictures(
    pictures: Pictures, vocabulary: Vocabulary, lexicon: Lexicon | None = None, *, n_context: int = 2
) -> tuple[list[Caption], Explanation]:
    """Write one caption a picture from vocabulary words, ranked by the model and by nothing else.

    Parameters
    ----------
    pictures : Pictures
        What is to be described.
    vocabulary : Vocabulary
        The words that may be used.
    lexicon : Lexicon, optional
        Roles of the words; by default the vocabulary's own.
    n_context : int
        Context phrases a caption, besides the sky.

    Returns
    -------
    captions : list of Caption
        One a picture: the best vehicle (and a second one where it is likely enough), the context that stands out
        against the other pictures, and the likeliest sky.
    evidence : Explanation
        Logits over (image, caption) of every phrase that was considered.
    """
    lexicon = lexicon or vocabulary.lexicon()
    parts = (vocabulary.vehicles, vocabulary.context, vocabulary.skies)
    phrases = [Caption.parse(text, lexicon) for part in parts for text in part]
    logits = pictures.raw_logits(phrases)
    vehicles, context, skies = np.split(logits, np.cumsum([len(part) for part in parts])[:-1], axis=1)
    chance = softmax(vehicles)
    salience = _standing_out(context)
    captions = []
    for n in range(len(pictures)):
        best = np.argsort(-chance[n], kind="stable")[:2]
        named = [vocabulary.vehicles[k] for k in best[: 1 + (len(best) > 1 and chance[n, best[-1]] >= SECOND_VEHICLE)]]
        around = [vocabulary.context[k] for k in np.argsort(-salience[n], kind="stable")[:n_context]]
        sky = vocabulary.skies[int(skies[n].argmax())]
        captions.append(Caption.parse(vocabulary.sentence(named, [*around, sky]), lexicon))
    evidence = pictures.explain_logits(
        phrases, logits, title="Vocabulary phrases ranked for each picture", method="caption from vocabulary"
    )
    return captions, evidence
