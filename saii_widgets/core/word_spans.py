"""Where the words of a text are, in any script, emoji among them."""

from __future__ import annotations

import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"  # zero-width non-joiner and joiner: inside words of some scripts and of emoji
_INSIDE_WORDS: Final = "'’-‐\u00ad"
_INSIDE_NUMBERS: Final = ".,:"
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _is_symbol(char: str) -> bool:
    return char >= "\u2190" and unicodedata.category(char) == "So"


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _continues(text: str, k: int, start: int) -> bool:
    """Whether text[k] belongs to the word that began at start."""
    char, before = text[k], text[k - 1]
    category = unicodedata.category(char)
    if category[0] == "M" or char in _JOINERS or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if before == "\u200d":
        return category[0] in "LN" or _is_symbol(char)
    if _is_flag_letter(char):
        return _is_flag_letter(before) and k - start == 1
    if _is_symbol(char) or _is_symbol(text[start]):
        return False
    if category[0] in "LN" or char == "_":
        return True
    if k + 1 < len(text) and unicodedata.category(text[k + 1])[0] in "LN":
        if char in _INSIDE_WORDS:
            return True
        return char in _INSIDE_NUMBERS and before.isdigit() and text[k + 1].isdigit()
    return False


def word_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each word, in code points; punctuation is never a word.

    A word may hold hyphens and apostrophes ("two-door"), a number may hold points ("3.5"), each emoji is a word.
    """
    spans: list[tuple[int, int]] = []
    k = 0
    while k < len(text):
        if unicodedata.category(text[k])[0] not in "LN" and not _is_symbol(text[k]):
            k += 1
            continue
        start = k
        k += 1
        while k < len(text) and _continues(text, k, start):
            k += 1
        spans.append((start, k))
    return spans


def forbidden_characters(text: str) -> list[str]:
    """Code points that no caption may hold: control characters, text-direction overrides, halves of surrogate pairs."""
    found = (
        char
        for char in text
        if (unicodedata.category(char) == "Cc" and char not in "\t\n\r")
        or unicodedata.category(char) == "Cs"
        or char in _BIDI
    )
    return [f"U+{ord(char):04X}" for char in dict.fromkeys(found)]
