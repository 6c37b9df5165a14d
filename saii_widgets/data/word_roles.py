"""The rule by which the words of a corpus get their roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.function_words import STOP_WORDS
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role

from .terms import term_forms

LEAST_TEXTS: Final = 2
TOP_SHARE: Final = 0.1
MOST_FOUND: Final = 20

BY_HAND: Final = "set by hand"
STOP_WORD: Final = "stop word"
IN_LEXICON: Final = "in the lexicon"
PROMINENT: Final = "frequent and strong in the components"
CONTEXT: Final = "not in the lexicon, so context"


def word_roles(
    terms: Sequence[str],
    n_texts: NDArray[np.int64],
    weight: NDArray[np.float64],
    lexicon: Lexicon,
    by_hand: Mapping[str, Role],
) -> list[tuple[Role, str]]:
    """Role of every term, and why. The first of these that applies:

    1. a role set by hand;
    2. the lexicon's, where it holds the term (a plural counts as its singular);
    3. stop words are function words;
    4. where no principal word of the lexicon occurs in the corpus (another field, another language), the most
       prominent terms are principal: the tenth of the terms with the largest weight, 20 at most, that occur in 2
       texts or more. So a lexicon that fits decides alone, and one that does not fit does not leave the study
       without a principal word;
    5. all others are non-principal: context.

    Parameters
    ----------
    terms : sequence of str
    n_texts : int array, (n_terms,)
        In how many texts each occurs.
    weight : float array, (n_terms,)
        Frequency times strength in the principal components.
    lexicon : Lexicon
    by_hand : mapping of str to Role
    """
    hand = {form: Role(role) for term, role in by_hand.items() for form in term_forms(term.casefold())}
    held = {form for term in lexicon.roles for form in term_forms(term)}
    roles: list[tuple[Role, str] | None] = []
    for term in terms:
        chosen = next((hand[form] for form in term_forms(term) if form in hand), None)
        if chosen is not None:
            roles.append((chosen, BY_HAND))
        elif any(form in held for form in term_forms(term)):
            roles.append((lexicon.role(term), IN_LEXICON))
        elif term in STOP_WORDS:
            roles.append((Role.FUNCTION, STOP_WORD))
        else:
            roles.append(None)
    open_ = [k for k, role in enumerate(roles) if role is None]
    prominent: set[int] = set()
    if not any(role is not None and role[0] is Role.PRINCIPAL for role in roles):
        able = [k for k in open_ if n_texts[k] >= LEAST_TEXTS]
        n = min(MOST_FOUND, max(1, round(TOP_SHARE * len(open_))))
        prominent = set(sorted(able, key=lambda k: (-weight[k], terms[k]))[:n])
    return [
        role or ((Role.PRINCIPAL, PROMINENT) if k in prominent else (Role.NON_PRINCIPAL, CONTEXT))
        for k, role in enumerate(roles)
    ]
