"""Noun phrases joined by commas and conjunctions, and what stays of each when words go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from saii_widgets.core.caption_chunks import Chunk, hangs_after_noun, is_modifier
from saii_widgets.core.function_words import COLOURS, CONJUNCTIONS, PREPOSITIONS

if TYPE_CHECKING:
    from saii_widgets.core.text import Word


class ChunkList:
    """Chunks joined by commas and conjunctions, and which of them stay."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunks = [chunk]
        self.kept: list[tuple[Chunk, list[int], list[int]]] = []  # chunk, determiners and content that stay

    @property
    def whole(self) -> bool:
        """Whether all of them stay."""
        return len(self.kept) == len(self.chunks)


def chunk_lists(all_chunks: Sequence[Chunk], words: Sequence[Word]) -> list[ChunkList]:
    """Put chunks that commas and conjunctions join into lists; every other link begins a new one."""
    lists: list[ChunkList] = []
    for chunk in all_chunks:
        only_conjunctions = all(words[k].text.casefold() in CONJUNCTIONS for k in chunk.link)
        coordinates = only_conjunctions and chunk.punctuation in ("", ",", ";", "/", "&") and bool(lists)
        # "in the rain, a truck": this comma ends what the preposition opened.
        if coordinates and chunk.punctuation and len(lists) == 1 and _begins_with_preposition(lists[0], words):
            coordinates = False
        if coordinates:
            lists[-1].chunks.append(chunk)
        else:
            lists.append(ChunkList(chunk))
    return lists


def _begins_with_preposition(first: ChunkList, words: Sequence[Word]) -> bool:
    link = first.chunks[0].link
    return bool(link) and words[link[0]].text.casefold() in PREPOSITIONS


def what_stays(chunk: Chunk, words: Sequence[Word], gone: set[int]) -> tuple[list[int], list[int]]:
    """Determiners and content of a chunk that stay when these words go."""
    content = [k for k in chunk.content if k not in gone]
    determiners = [k for k in chunk.determiners if k not in gone]
    lost = [k for k in chunk.content if k in gone and not is_modifier(words[k])]
    if lost:
        while content and content[-1] > lost[-1] and hangs_after_noun(words[content[-1]]):
            content.pop()
        if chunk.is_hanging(words, content):
            content = []
    if not content:
        return [], []
    headless = lost and lost[-1] > content[-1]
    if headless and all(is_modifier(words[k]) or words[k].text.casefold() in COLOURS for k in content):
        determiners = []
    return determiners, content


def pass_article_on(group: ChunkList, words: Sequence[Word], gone: set[int]) -> None:
    """Give the article of a lost adjective to the noun after it: "a red and white bus" becomes "a white bus"."""
    for before, chunk in pairwise(group.chunks):
        adjectives = all(is_modifier(words[k]) or words[k].text.casefold() in COLOURS for k in before.content)
        lost = all(k in gone for k in before.content)
        for n, (kept, determiners, content) in enumerate(group.kept):
            if kept is chunk and adjectives and lost and before.determiners and not chunk.determiners:
                group.kept[n] = (kept, [k for k in before.determiners if k not in gone] or determiners, content)
