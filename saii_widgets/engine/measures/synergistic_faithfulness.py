"""Do the parts and the words that an explanation ranks first work together? (MATH.md 5)"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.measurement import Measurement
from saii_widgets.engine.explained_pair import ExplainedPair

Floats = NDArray[np.float64]

_SHARES: Final = tuple(k / 10 for k in range(1, 11))
_STREAM: Final = 23
_NOTHING: Final = 1e-6  # of the scores' size: a synergy of the whole that no ratio is taken of


def synergistic_faithfulness(pair: ExplainedPair, *, seed: int = 0, n_random: int = 4) -> list[Measurement]:
    """`D(rho) = v - v(-I) - v(-T) + v(-I-T)` for the top share rho of the picture's parts and of the words.

    Players are ranked by what they do across the two sides: of interactions by their sum with the other side, of maps
    by their values; the words of a map by its companion "words".

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``.
    seed : int
        Of the random rankings.
    n_random : int
        Random rankings of both sides, whose mean is what chance gets.

    v is the score of what the model says of the whole pair: a synergy is positive where that needs both.

    Returns
    -------
    list of Measurement
        "synergy of what is ranked first", the mean of D over rho = .1, .2 ... 1, in the unit of the score, with the
        curve; and "share of the whole's synergy", that mean over D(1), with a value of None where D(1) is about 0.

    Source
    ------
    Agarwal 2025, arXiv:2506.13060, in our reading. An additive game gives less than 1e-6, XOR more than 0
    (`tests/engine/measures/test_modality_principles.py`).
    """
    ranks = _ranks(pair)
    if ranks is None:
        reason = "It ranks only one side; take an explanation of words and parts of the picture."
        return [Measurement("synergistic faithfulness", "synergy of what is ranked first", None, pair.unit, reason)]
    d, whole = _synergy(pair, *ranks)
    rng = np.random.default_rng((seed, _STREAM))
    random = [_synergy(pair, *(rng.permutation(len(side)) for side in ranks))[0] for _ in range(n_random)]
    chance = float(np.mean(random)) if random else None
    mean = float(d.mean())
    lines = {"top shares": d.tolist()} | ({"random shares": np.mean(random, 0).tolist()} if random else {})
    found = [
        Measurement(
            "synergistic faithfulness",
            "synergy of what is ranked first",
            mean,
            pair.unit,
            _said(mean, chance, whole),
            chance=chance,
            along=_SHARES,
            curves=lines,
        )
    ]
    if abs(d[-1]) <= _NOTHING * whole:
        reason = "The whole picture and caption have no synergy, so there is no share of it."
        return [*found, Measurement("synergistic faithfulness", "share of the whole's synergy", None, "ratio", reason)]
    ratio = mean / float(d[-1])
    says = "What is ranked first acts together where the whole pair does not, or the other way round."
    if ratio >= 0:
        says = f"On average over shares, what is ranked first holds {ratio:.2f} times the synergy of the whole pair."
    return [*found, Measurement("synergistic faithfulness", "share of the whole's synergy", ratio, "ratio", says)]


def _ranks(pair: ExplainedPair) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
    """Players of the picture and of the caption, the foremost first."""
    reading = pair.reading
    n = reading.n_image
    if reading.sides == "both":
        across = reading.pairs[:n, n:]
        values = across.sum(1), across.sum(0)
    else:
        name = "words" if reading.sides == "image" else "patches"
        beside = pair.explanation.companions.get(name)
        m = len(reading.main) - n
        if beside is None or beside.shape != ((m,) if reading.sides == "image" else (n,)):
            return None
        mine, other = reading.main[reading.players], beside.values.astype(np.float64)
        values = (mine, other) if reading.sides == "image" else (other, mine)
    image, words = (np.argsort(-side, kind="stable") for side in values)
    return image, words


def _synergy(pair: ExplainedPair, image: NDArray[np.intp], words: NDArray[np.intp]) -> tuple[Floats, float]:
    """D (shares,), and the largest size of a score."""
    n, m = len(image), len(words)
    keep = np.ones((len(_SHARES), 4, n + m), bool)
    for k, share in enumerate(_SHARES):
        top_image, top_words = (ranked[: int(np.ceil(share * len(ranked)))] for ranked in (image, n + words))
        keep[k, 1, top_image] = keep[k, 3, top_image] = False
        keep[k, 2, top_words] = keep[k, 3, top_words] = False
    v = pair.game(keep.reshape(-1, n + m)).reshape(len(_SHARES), 4)
    return v[:, 0] - v[:, 1] - v[:, 2] + v[:, 3], float(np.abs(v).max())


def _said(mean: float, chance: float | None, whole: float) -> str:
    if abs(mean) <= _NOTHING * whole:
        return "Words and parts add up without acting together."
    if chance is not None and mean <= chance:
        return "What it ranks first acts together no more than words and parts at random."
    if mean < 0:
        return (
            "What it ranks first makes less of the score together than apart: words and parts stand in for each other."
        )
    return "What it ranks first makes more of the score together than apart."
