"""The noun phrases of a caption, and what links each to the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from saii_widgets.core.function_words import DETERMINERS, MODIFIERS
from saii_widgets.core.role import Role

if TYPE_CHECKING:
    from saii_widgets.core.text import Word


@dataclass
class Chunk:
    """A noun phrase, as places of words: what links it to the one before, its determiners, its content."""

    punctuation: str
    link: list[int]
    determiners: list[int]
    content: list[int] = field(default_factory=list)

    def is_hanging(self, words: Sequence[Word], places: Sequence[int] | None = None) -> bool:
        """Whether all of the content (or of these places of it) are modifiers that can't stand without a noun."""
        return all(is_modifier(words[k]) for k in (self.content if places is None else places))


def is_modifier(word: Word) -> bool:
    """Whether a word can't stand without the noun it belongs to; a principal word always can."""
    return word.role is not Role.PRINCIPAL and word.text.casefold() in MODIFIERS


def hangs_after_noun(word: Word) -> bool:
    """Whether a word after a noun goes with it: "parked", "overtaking"."""
    participle = word.role is not Role.PRINCIPAL and word.text.casefold().endswith(("ing", "ed"))
    return participle or is_modifier(word)


def chunks(text: str, words: Sequence[Word]) -> list[Chunk]:
    """Split a caption into its chunks; function words after the last chunk belong to none."""
    found: list[Chunk] = []
    run: list[int] = []
    for k, word in enumerate(words):
        before = text[words[k - 1].end : word.start].strip() if k else ""
        if word.role is Role.FUNCTION:
            run.append(k)
            continue
        if found and not run and not before:
            found[-1].content.append(k)
            continue
        split = len(run)
        while split and words[run[split - 1]].text.casefold() in DETERMINERS:
            split -= 1
        opens = run[0] if run else k
        punctuation = text[words[opens - 1].end : words[opens].start].strip() if opens else ""
        found.append(Chunk(punctuation, run[:split], run[split:], [k]))
        run = []
    return found
