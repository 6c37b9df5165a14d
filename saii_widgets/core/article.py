"""The indefinite article that a word asks for."""

from __future__ import annotations

from typing import Final

_SOUNDS_LIKE_YOU: Final = (
    *("unic", "unif", "unil", "unio", "uniq", "unis", "unit", "univ"),
    *("use", "usa", "usu", "ute", "eu", "ewe", "one", "once", "u-", "ubiq"),
)
_SILENT_H: Final = ("hour", "honest", "honour", "honor", "heir")
_SPELLED_WITH_A_VOWEL: Final = frozenset("AEFHILMNORSX")


def article_for(article: str, word: str) -> str:
    """ "a" or "an" as the word asks for it, in the case of the article; any other text comes back as it is."""
    if article.casefold() not in ("a", "an") or not word or not word[0].isalnum():
        return article
    lower = word.casefold()
    first = word.split()[0].split("-")[0]
    if len(first) > 1 and first.isupper() and not any(vowel in first for vowel in "AEIOU"):
        vowel = first[0] in _SPELLED_WITH_A_VOWEL
    elif first == "SUV":
        vowel = True
    elif lower[0].isdigit():
        vowel = lower.startswith(("8", "11", "18"))
    else:
        vowel = lower.startswith(_SILENT_H) or (lower[0] in "aeiouáéíóúäöü" and not lower.startswith(_SOUNDS_LIKE_YOU))
    fitting = "an" if vowel else "a"
    return fitting.capitalize() if article[0].isupper() else fitting
