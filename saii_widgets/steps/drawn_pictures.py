"""Other pictures of which it is known what they show: drawn scenes that no model and no study has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.scene import Scene
from saii_widgets.data.scenes import draw
from saii_widgets.data.scenes.captions import CONTEXT_PHRASES
from saii_widgets.data.scenes.facts import INDEX, TRUE, UNKNOWN, Fact
from saii_widgets.steps.pictures import Pictures

FIRST_SEED: Final = 30_000_000  # training scenes begin at 0, the benchmark's at 10 and 20 million


def known_phrases(texts: Sequence[str]) -> dict[str, int]:
    """The phrases that name a fact of the drawn scenes, and the fact's index."""
    names = {phrase: name for name, phrases in CONTEXT_PHRASES.items() for phrase in phrases}
    return {text: INDEX[Fact(context=names[text])] for text in texts if text in names}


def drawn_pictures(
    texts: Sequence[str], n_pictures: int = 120, *, size: int = 144
) -> tuple[list[Scene], dict[str, NDArray[np.bool_]]]:
    """Drawn scenes with the truth of each phrase; scenes in which one of them is hardly visible are passed over.

    Parameters
    ----------
    texts : sequence of str
        Phrases; those that name nothing in the drawn scenes are missing from the truth.
    n_pictures : int
        How many scenes.
    size : int
        Pixels a side.

    Returns
    -------
    scenes : list of Scene
    truth : dict of phrase to bool array, (n_pictures,)
    """
    facts = known_phrases(texts)
    columns = list(facts.values())
    scenes: list[Scene] = []
    rows: list[NDArray[np.uint8]] = []
    seed = FIRST_SEED
    while len(scenes) < n_pictures:
        drawn = draw(seed, size)
        seed += 1
        if (drawn.truth[columns] == UNKNOWN).any():
            continue
        scenes.append(Scene(image=drawn.image, name=f"drawn {seed - 1}"))
        rows.append(drawn.truth[columns] == TRUE)
    table = np.array(rows, bool).reshape(n_pictures, len(columns))
    return scenes, {text: table[:, k] for k, text in enumerate(facts)}


def other_pictures(
    pictures: Pictures, rest: Sequence[int], texts: Sequence[str], labels: Mapping[str, Sequence[bool]] | None
) -> tuple[Pictures, dict[str, NDArray[np.bool_]]] | None:
    """Pictures that are not part of the study, with the truth of each phrase; None where the truth is not known.

    Parameters
    ----------
    pictures : Pictures
        All that were given.
    rest : sequence of int
        Those that the study leaves over.
    texts : sequence of str
        The phrases.
    labels : mapping of str to sequence of bool, optional
        What the user said of all pictures; without it the embedded model is judged on drawn scenes.
    """
    if labels is not None:
        truth = {text: np.array(labels[text], bool)[list(rest)] for text in texts if text in labels}
        return (pictures.select(rest), truth) if len(truth) == len(texts) and rest else None
    if pictures.model.name != "embedded":
        return None
    scenes, truth = drawn_pictures(texts)
    return Pictures(pictures.model, scenes), truth
