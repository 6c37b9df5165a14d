"""How much one modality changes what an explanation says of the other (MATH.md 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.text import Caption
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.agreement import cosine

_UNIT = "1 − cosine"
_SAID = {"image": "picture", "caption": "caption"}


def granger_influence(with_other: ArrayLike, without: ArrayLike) -> float:
    """`G = 1 - cos(E(x), E(x without m))`, from 0 to 2; 1 where one of them is zero, 0 where both are.

    Parameters
    ----------
    with_other, without : arrays of one shape
        An explanation of one modality, with the other one there and taken away.
    """
    return 1 - cosine(with_other, without)


def granger(pair: ExplainedPair, *, seed: int = 0) -> list[Measurement]:  # noqa: ARG001
    """Influence of the caption on the explanation of the picture, and the other way round.

    How an explanation is read: interactions say themselves what they are without the other side; the effect of a player
    is its main effect plus its interactions with all of the other side, or the main effect alone. It costs no pass. A
    map is computed anew, with an empty caption or with a picture of the model's mean colour.

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``.
    seed : int
        Not used: nothing is drawn.

    Returns
    -------
    list of Measurement
        "influence of the caption on the picture", "influence of the picture on the caption", or the one of them that
        the explanation speaks of; a value of None, with the reason, where it can't be computed anew.

    Source
    ------
    Agarwal 2025, arXiv:2506.13060, in our reading. An additive game gives less than 1e-6, XOR 2
    (`tests/engine/measures/test_modality_principles.py`).
    """
    reading = pair.reading
    n = reading.n_image
    image, words = slice(n), slice(n, None)
    if reading.sides == "both":
        found = {}
        for name, mine, other in (("image", image, words), ("caption", words, image)):
            across = reading.pairs[mine, other].sum(1)
            found[name] = granger_influence(reading.main[mine] + across, reading.main[mine])
        return [_measured(name, value) for name, value in found.items()]
    return [_remade(pair, reading.sides)]


def _remade(pair: ExplainedPair, side: str) -> Measurement:
    try:
        if pair.image is None or pair.caption is None:
            raise InputError("a picture and a caption", "a game alone", "Explain a pair.")
        if side == "image":
            without = pair.again(pair.image, Caption("", ()))
        else:
            without = pair.again(_blank(pair.model, pair.image), pair.caption)
        if without.shape != pair.explanation.shape:
            raise InputError("an explanation of the same parts", str(without.shape), "It can't be compared.")
    except InputError as problem:
        return Measurement(
            "Granger influence", _quantity(side), None, _UNIT, f"It can't be computed without the other side: {problem}"
        )
    return _measured(side, granger_influence(pair.explanation.values, without.values))


def _quantity(side: str) -> str:
    other = "caption" if side == "image" else "image"
    return f"influence of the {_SAID[other]} on the {_SAID[side]}"


def _measured(side: str, value: float) -> Measurement:
    mine, other = _SAID[side], _SAID["caption" if side == "image" else "image"]
    if value < 0.05:
        says = (
            f"What it says of the {mine} is the same without the {other}: it shows nothing of how the two act together."
        )
    elif value < 0.5:
        says = f"What it says of the {mine} changes somewhat when the {other} is gone."
    else:
        says = f"What it says of the {mine} rests on the {other}: without it, other parts count."
    return Measurement("Granger influence", _quantity(side), value, _UNIT, says)


def _blank(model: Any, image: Image.Image) -> Image.Image:
    mean = getattr(getattr(model, "image_processor", None), "image_mean", None) or (0.5, 0.5, 0.5)
    red, green, blue = (round(255 * float(x)) for x in np.broadcast_to(mean, 3))
    return Image.new("RGB", image.size, (red, green, blue))
