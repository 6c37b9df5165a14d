"""Just enough English grammar to take words out of a caption and leave a sentence that reads.

A caption is a row of *chunks* (noun phrases), each with the link that leads to it::

    a red truck | , | a blue car | and | a van | near | a metal fence | under | an overcast sky

Chunks joined by commas and conjunctions make a list; a list hangs on the link before it, and goes with its last chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from saii_widgets.core.article import article_for
from saii_widgets.core.caption_chunks import Chunk, chunks
from saii_widgets.core.caption_lists import ChunkList, chunk_lists, pass_article_on, what_stays
from saii_widgets.core.function_words import ARTICLES, PICTURE_WORDS
from saii_widgets.core.role import Role

if TYPE_CHECKING:
    from saii_widgets.core.text import Word

Piece: TypeAlias = "tuple[str, str, Role | None]"


def kept_pieces(text: str, words: Sequence[Word], gone: set[int]) -> list[Piece]:
    """What a caption reads without some of its words, as (text before, word, role)."""
    all_chunks = chunks(text, words)
    lists = chunk_lists(all_chunks, words)
    lost_before = False
    for group in lists:
        for chunk in group.chunks:
            determiners, content = what_stays(chunk, words, gone)
            predicate = not chunk.determiners and chunk.is_hanging(words)
            if content and not (predicate and lost_before):
                group.kept.append((chunk, determiners, content))
                lost_before = False
            else:
                lost_before = True
        if not group.whole and group.kept:
            pass_article_on(group, words, gone)
    pieces = _Pieces(text, words, gone)
    complete = True
    for position, group in enumerate(lists):
        if group.kept:
            pieces.add_list(group, complete=complete)
        elif position == 0:
            pieces.add_opening(group.chunks[0])
        complete = complete and bool(group.kept)
    tail = all_chunks[-1].content[-1] + 1 if all_chunks else 0
    pieces.add_tail(tail, whole=complete and bool(lists) and lists[-1].whole)
    return pieces.done()


class _Pieces:
    """Collects the words that stay, with the text before each."""

    def __init__(self, text: str, words: Sequence[Word], gone: set[int]) -> None:
        self.text, self.words, self.gone = text, words, gone
        self.places: list[int] = []
        self.before: list[str] = []
        self.end = ""
        self._comma = ""
        self._after_opening = False

    def add(self, place: int, before: str | None = None) -> None:
        """Write a word, unless it is gone; by default after what stood before it, or after a space."""
        if place in self.gone:
            return
        if before is None:
            adjacent = bool(self.places) and self.places[-1] == place - 1
            before = self._gap(place) if adjacent else " "
        self.places.append(place)
        self.before.append(before)

    def add_opening(self, head: Chunk) -> None:
        """Write "a photo of", which stays even where what followed it does not."""
        if self._is_opening(head):
            for k in head.link:
                self.add(k)
            self._after_opening = True

    def add_list(self, group: ChunkList, *, complete: bool) -> None:
        """Write a list; its link too, where something stands before it that it can hang on."""
        head = group.chunks[0]
        begins, follows_opening = not self.places, self._after_opening
        self._after_opening = False
        if begins:
            links = head.link if complete and (group.kept[0][0] is head or self._is_opening(head)) else []
        else:
            links = [] if follows_opening else head.link
        lead = None if begins or follows_opening or complete else self._lead(head)
        for n, (_chunk, determiners, content) in enumerate(group.kept):
            places = [*determiners, *content]
            if n == 0:
                for m, k in enumerate([*links, *places]):
                    self.add(k, lead if m == 0 else None)
                continue
            for k in self._join(group, n):
                self.add(k[0], k[1])
            for m, k in enumerate(places):
                self.add(k, self._comma if m == 0 and self._comma else None)
                self._comma = ""

    def _join(self, group: ChunkList, n: int) -> list[tuple[int, str | None]]:
        """Words that lead to the n-th chunk that stays, with the text before each; a comma alone is left pending."""
        chunk = group.kept[n][0]
        if group.whole:
            self._comma = "" if chunk.link else self._punctuated(chunk)
            return [(k, self._punctuated(chunk) if m == 0 else None) for m, k in enumerate(chunk.link)]
        conjunctions = [(other, k) for other in group.chunks for k in other.link if other is not group.chunks[0]]
        if n == len(group.kept) - 1 and conjunctions:
            other, k = conjunctions[-1]
            oxford = len(group.kept) > 2 and other.punctuation
            return [(k, f"{other.punctuation} " if oxford else " ")]
        marks = [other.punctuation for other in group.chunks[1:] if other.punctuation]
        self._comma = f"{marks[0]} " if marks else ", "
        return []

    def _punctuated(self, chunk: Chunk) -> str:
        return self._gap((chunk.link or chunk.determiners or chunk.content)[0])

    def _lead(self, head: Chunk) -> str:
        return f"{head.punctuation} " if head.punctuation in (",", ";", ":", ".", "!", "?") else " "

    def _gap(self, place: int) -> str:
        return self.text[self.words[place - 1].end if place else 0 : self.words[place].start]

    def _is_opening(self, head: Chunk) -> bool:
        return any(self.words[k].text.casefold() in PICTURE_WORDS for k in head.link)

    def add_tail(self, start: int, *, whole: bool) -> None:
        """Function words after the last chunk stay only if that chunk did; the full stop always does."""
        if whole:
            for k in range(start, len(self.words)):
                self.add(k)
        after = self.text[self.words[-1].end :]
        self.end = after.rstrip() if whole else "".join(mark for mark in after if mark in ".!?…")

    def done(self) -> list[Piece]:
        """All that was added, articles and the capital at the start made to fit."""
        pieces: list[Piece] = []
        for n, place in enumerate(self.places):
            word = self.words[place]
            spelled = word.text
            follower = self.places[n + 1] if n + 1 < len(self.places) else place + 1
            if follower != place + 1 and word.text.casefold() in ARTICLES and self.before[n + 1].isspace():
                spelled = article_for(spelled, self.words[follower].text)
            if n == 0 and place and self.words[0].text[:1].isupper() and not word.text.isupper():
                spelled = spelled[:1].upper() + spelled[1:]
            pieces.append(("" if n == 0 else self.before[n], spelled, word.role))
        if pieces and self.end:
            pieces.append((self.end, "", None))
        return pieces
