"""Texts cut into words, fast enough for a hundred thousand of them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from saii_widgets.core.word_spans import word_spans

#: Stands between words that do not follow each other directly: punctuation or a number was there.
BREAK: Final = ""
# What word_spans says, for texts of ASCII only, which a regular expression cuts 20 times as fast
_ASCII: Final = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_]|['\-](?=[A-Za-z0-9])|(?<=[0-9])[.,:](?=[0-9]))*|[^\sA-Za-z0-9]", re.ASCII
)


def tokens(text: str) -> list[str]:
    """Words of a text in small letters, with :data:`BREAK` where punctuation or a number stands between two.

    Words are those of :func:`saii_widgets.core.word_spans.word_spans`, in any script, emoji among them; numbers are
    left out. Letters with accents are the same whether they were written as one code point or as two.
    """
    if text.isascii():
        found = _ASCII.findall(text.lower())
        return [word if word[0].isalpha() or (word[0].isdigit() and not _is_number(word)) else BREAK for word in found]
    text = unicodedata.normalize("NFC", text)
    result: list[str] = []
    end = 0
    for start, stop in word_spans(text):
        word = text[start:stop].casefold()
        if text[end:start].strip():
            result.append(BREAK)
        result.append(BREAK if _is_number(word) else word)
        end = stop
    return result


def _is_number(word: str) -> bool:
    return not any(char.isalpha() for char in word) and any(char.isdigit() for char in word)
