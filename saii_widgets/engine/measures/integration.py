"""How a model integrates the two sides over many pairs: shares of synergy and suppression, by role and concept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.vocabulary import without_article
from saii_widgets.engine.measures.task_performance import Estimate

_DRAWS = 1000


Belongs = Callable[[str, Role], bool]
"""Whether a word of this label and role is one of a group's."""


@dataclass(frozen=True)
class Integration:
    """Of all that some words do, how much they do alone, and how much with or against parts of the picture.

    The first three shares sum to 1.

    Parameters
    ----------
    alone : Estimate
        Sizes of the words' main effects.
    synergy : Estimate
        Positive interactions of these words with parts of the picture.
    suppression : Estimate
        Sizes of the negative ones.
    of_all : Estimate
        Of all interactions of all words, by size, those of these words; 0 where there are none.
    """

    alone: Estimate
    synergy: Estimate
    suppression: Estimate
    of_all: Estimate

    def to_dict(self) -> dict[str, float]:
        """One row of a table."""
        row = {f"{name}{end}": getattr(getattr(self, name), k) for name in _PARTS for end, k in _COLUMNS}
        return {**row, "n": self.alone.n}


_PARTS = ("alone", "synergy", "suppression", "of_all")
_COLUMNS = (("", "value"), ("_low", "low"), ("_high", "high"))


def integration(
    pairs: Sequence[Explanation],
    *,
    concepts: Mapping[str, Sequence[str]] | None = None,
    least_z: float = 2.0,
    seed: int = 0,
) -> dict[str, Integration]:
    """Shares over many pairs, for all words ("all"), for the words of each role, and for those of each concept.

    Parameters
    ----------
    pairs : sequence of Explanation
        Over (word, patch), each with the companion "word", as `Interactions` gives them for one pair.
    concepts : mapping of str to sequence of str, optional
        Words that belong together, by name: `{"barriers": ["fence", "brick wall"]}`, or `Vocabulary.concepts`. Case,
        plural endings and articles make no difference; a phrase that a caption holds as one word is compared as a
        whole. A word may belong to several.
    least_z : float
        Numbers within so many standard errors of zero count as zero, for the noise of many small cells would pass as
        interaction.
    seed : int
        Of the bootstrap over pairs, which gives 95 % intervals.

    Returns
    -------
    dict of str to Integration
        Roles and concepts of which no word has any effect are left out.

    Raises
    ------
    InputError
        No pairs, a result of another kind, or a concept that is named like a role or is no list of words.

    Source
    ------
    Wang and Wang 2025, arXiv:2508.00576, look at synergy and suppression over a data set; shares of effect sizes,
    roles, concepts and intervals are ours. Known answers and a plain recount:
    `tests/engine/measures/test_integration.py`.
    """
    if not pairs:
        raise InputError("at least one pair", "none", "Give the results of Interactions, one a pair.")
    groups = {"all": lambda _, __: True, **{str(role): _of_role(role) for role in Role}}
    for name, words in (concepts or {}).items():
        if name in groups:
            raise InputError("a concept with a name of its own", repr(name), "Name it otherwise.")
        groups[name] = _of_concept(name, words)
    sizes = np.stack([_sizes(pair, groups, least_z) for pair in pairs])  # (pairs, groups, 3)
    draws = np.random.default_rng(seed).integers(0, len(pairs), (_DRAWS, len(pairs)))
    return {name: _estimated(sizes[:, k], sizes[:, 0], draws) for k, name in enumerate(groups) if sizes[:, k].any()}


def _of_role(role: Role) -> Belongs:
    return lambda _, found: found is role


def _of_concept(name: str, words: Sequence[str]) -> Belongs:
    if isinstance(words, str) or not words:
        raise InputError(f"a list of words for the concept {name!r}", repr(words), "Pass ['fence', 'brick wall'].")
    named = Lexicon(dict.fromkeys(map(without_article, words), Role.PRINCIPAL))
    return lambda word, _: named.role(word) is Role.PRINCIPAL


def _sizes(pair: Explanation, groups: Mapping[str, Belongs], least_z: float) -> NDArray[np.float64]:
    """Of one pair: sizes (group, 3) of main effects, synergy and suppression."""
    main = pair.companions.get("word")
    if pair.kinds != ("word", "patch") or main is None or main.kinds != ("word",):
        raise InputError(
            "results over (word, patch) with the companion 'word'",
            repr(pair),
            "Choose one pair: many.select(image=0, caption=0).",
        )
    cross, alone = _clear(pair, least_z), _clear(main, least_z)
    words = np.stack([np.abs(alone), cross.clip(0).sum(1), (-cross).clip(0).sum(1)], 1)  # (m, 3)
    axis = pair.axis("word")
    roles = axis.roles or (Role.NON_PRINCIPAL,) * len(words)
    theirs = [[belongs(*word) for word in zip(axis.labels, roles, strict=True)] for belongs in groups.values()]
    return np.array(theirs, float) @ words


def _clear(part: Explanation, least_z: float) -> NDArray[np.float64]:
    values = part.values.astype(np.float64)
    return values if part.errors is None else np.where(np.abs(values) > least_z * part.errors, values, 0)


def _estimated(sizes: NDArray[np.float64], every: NDArray[np.float64], draws: NDArray[np.intp]) -> Integration:
    """Shares (4,) of sizes (pairs, 3) and of those of all words, with intervals."""
    shares, drawn = _shares(sizes.sum(0), every.sum(0)), _shares(sizes[draws].sum(1), every[draws].sum(1))
    low, high = np.nanquantile(drawn, (0.025, 0.975), axis=0)
    n = int((sizes.sum(1) > 0).sum())
    return Integration(*(Estimate(float(s), float(a), float(b), n) for s, a, b in zip(shares, low, high, strict=True)))


def _shares(sizes: NDArray[np.float64], every: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of sums over pairs (..., 3): NaN for draws of pairs without any effect, none of all where all have none."""
    whole, own, together = sizes.sum(-1), sizes[..., 1:].sum(-1), every[..., 1:].sum(-1)
    shares = np.divide(sizes, whole[..., None], out=np.full_like(sizes, np.nan), where=whole[..., None] > 0)
    of_all = np.divide(own, together, out=np.zeros_like(own), where=together > 0)
    return np.concatenate([shares, of_all[..., None]], -1)
