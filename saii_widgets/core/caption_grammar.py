"""Just enough English grammar to take words out of a caption and leave a sentence that reads.

A caption is a row of *chunks* (noun phrases), each with the link that leads to it::

    a red truck | , | a blue car | and | a van | near | a metal fence | under | an overcast sky

Chunks joined by commas and conjunctions make a list; a list hangs on the link before it, and goes with its last chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from saii_widgets.core.function_words import (
    ARTICLES,
    COLOURS,
    CONJUNCTIONS,
    DETERMINERS,
    MODIFIERS,
    PICTURE_WORDS,
    PREPOSITIONS,
)
from saii_widgets.core.role import Role

if TYPE_CHECKING:
    from saii_widgets.core.text import Word

Piece = tuple[str, str, Role | None]
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


@dataclass
class Chunk:
    """A noun phrase, as places of words: what links it to the one before, its determiners, its content."""

    punctuation: str
    link: list[int]
    determiners: list[int]
    content: list[int] = field(default_factory=list)

    def is_hanging(self, words: Sequence[Word], places: Sequence[int] | None = None) -> bool:
        """Whether all of the content (or of these places of it) are modifiers that can't stand without a noun."""
        return all(_is_modifier(words[k]) for k in (self.content if places is None else places))


def _is_modifier(word: Word) -> bool:
    return word.role is not Role.PRINCIPAL and word.text.casefold() in MODIFIERS


def _hangs_after_noun(word: Word) -> bool:
    participle = word.role is not Role.PRINCIPAL and word.text.casefold().endswith(("ing", "ed"))
    return participle or _is_modifier(word)


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


class _List:
    """Chunks joined by commas and conjunctions, and which of them stay."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunks = [chunk]
        self.kept: list[tuple[Chunk, list[int], list[int]]] = []  # chunk, determiners and content that stay

    @property
    def whole(self) -> bool:
        return len(self.kept) == len(self.chunks)


def _lists(all_chunks: Sequence[Chunk], words: Sequence[Word]) -> list[_List]:
    lists: list[_List] = []
    for chunk in all_chunks:
        only_conjunctions = all(words[k].text.casefold() in CONJUNCTIONS for k in chunk.link)
        coordinates = only_conjunctions and chunk.punctuation in ("", ",", ";", "/", "&") and bool(lists)
        if coordinates and chunk.punctuation and len(lists) == 1 and _begins_with_preposition(lists[0], words):
            coordinates = False
        if coordinates:
            lists[-1].chunks.append(chunk)
        else:
            lists.append(_List(chunk))
    return lists


def _begins_with_preposition(first: _List, words: Sequence[Word]) -> bool:
    link = first.chunks[0].link
    return bool(link) and words[link[0]].text.casefold() in PREPOSITIONS


def _what_stays(chunk: Chunk, words: Sequence[Word], gone: set[int]) -> tuple[list[int], list[int]]:
    """Determiners and content of a chunk that stay when these words go."""
    content = [k for k in chunk.content if k not in gone]
    determiners = [k for k in chunk.determiners if k not in gone]
    lost = [k for k in chunk.content if k in gone and not _is_modifier(words[k])]
    if lost:
        while content and content[-1] > lost[-1] and _hangs_after_noun(words[content[-1]]):
            content.pop()
        if chunk.is_hanging(words, content):
            content = []
    if not content:
        return [], []
    headless = lost and lost[-1] > content[-1]
    if headless and all(_is_modifier(words[k]) or words[k].text.casefold() in COLOURS for k in content):
        determiners = []
    return determiners, content


def kept_pieces(text: str, words: Sequence[Word], gone: set[int]) -> list[Piece]:
    """What a caption reads without some of its words, as (text before, word, role)."""
    all_chunks = chunks(text, words)
    lists = _lists(all_chunks, words)
    lost_before = False
    for group in lists:
        for chunk in group.chunks:
            determiners, content = _what_stays(chunk, words, gone)
            predicate = not chunk.determiners and chunk.is_hanging(words)
            if content and not (predicate and lost_before):
                group.kept.append((chunk, determiners, content))
                lost_before = False
            else:
                lost_before = True
        if not group.whole and group.kept:
            _pass_article_on(group, words, gone)
    pieces = _Pieces(text, words, gone)
    complete = True
    for position, group in enumerate(lists):
        if group.kept:
            pieces.add_list(group, complete=complete)
        elif position == 0:
            pieces.add_opening(group)
        complete = complete and bool(group.kept)
    tail = all_chunks[-1].content[-1] + 1 if all_chunks else 0
    pieces.add_tail(tail, whole=complete and bool(lists) and lists[-1].whole)
    return pieces.done()


def _pass_article_on(group: _List, words: Sequence[Word], gone: set[int]) -> None:
    """Give the article of a lost adjective to the noun after it: "a red and white bus" becomes "a white bus"."""
    for before, chunk in zip(group.chunks, group.chunks[1:], strict=False):
        adjectives = all(_is_modifier(words[k]) or words[k].text.casefold() in COLOURS for k in before.content)
        lost = all(k in gone for k in before.content)
        for n, (kept, determiners, content) in enumerate(group.kept):
            if kept is chunk and adjectives and lost and before.determiners and not chunk.determiners:
                group.kept[n] = (kept, [k for k in before.determiners if k not in gone] or determiners, content)


class _Pieces:
    """Collects the words that stay, with the text before each."""

    def __init__(self, text: str, words: Sequence[Word], gone: set[int]) -> None:
        self.text, self.words, self.gone = text, words, gone
        self.places: list[int] = []
        self.before: list[str] = []
        self.end = ""
        self._comma = ""
        self._opened = False

    def add(self, place: int, before: str | None = None) -> None:
        if place in self.gone:
            return
        if before is None:
            adjacent = bool(self.places) and self.places[-1] == place - 1
            before = self._gap(place) if adjacent else " "
        self.places.append(place)
        self.before.append(before)

    def add_opening(self, group: _List) -> bool:
        """Write "a photo of", which stays even where what followed it does not."""
        link = group.chunks[0].link
        opens = bool(link) and any(self.words[k].text.casefold() in PICTURE_WORDS for k in link)
        for k in link if opens else ():
            self.add(k)
        self._opened = opens
        return opens

    def add_list(self, group: _List, *, complete: bool) -> None:
        """Write a list; its link too, where something stands before it that it can hang on."""
        head = group.chunks[0]
        starts = not self.places or self._opened
        self._opened = False
        if not self.places and complete and not self.add_opening(group) and group.kept[0][0] is head:
            for k in head.link:
                self.add(k)
        self._opened = False
        for n, (_chunk, determiners, content) in enumerate(group.kept):
            places = [*determiners, *content]
            if n == 0:
                links = [] if starts else [k for k in head.link if k not in self.gone]
                for m, k in enumerate([*links, *places]):
                    self.add(k, self._lead(head) if m == 0 and not starts and not complete else None)
                continue
            for k in self._join(group, n):
                self.add(k[0], k[1])
            for m, k in enumerate(places):
                self.add(k, self._comma if m == 0 and self._comma else None)
                self._comma = ""

    def _join(self, group: _List, n: int) -> list[tuple[int, str | None]]:
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
        return (
            self.text[self.words[place - 1].end : self.words[place].start]
            if place
            else self.text[: self.words[0].start]
        )

    def add_tail(self, start: int, *, whole: bool) -> None:
        """Function words after the last chunk stay only if that chunk did; the full stop always does."""
        if whole:
            for k in range(start, len(self.words)):
                self.add(k)
        after = self.text[self.words[-1].end :]
        self.end = after.rstrip() if whole else "".join(mark for mark in after if mark in ".!?…")

    def done(self) -> list[Piece]:
        pieces: list[Piece] = []
        for n, place in enumerate(self.places):
            word = self.words[place]
            following = self.words[self.places[n + 1]] if n + 1 < len(self.places) else None
            spelled = word.text
            moved = n + 1 < len(self.places) and self.places[n + 1] != place + 1
            if following and moved and word.text.casefold() in ARTICLES and self.before[n + 1].isspace():
                spelled = article_for(spelled, following.text)
            if n == 0 and place and self.words[0].text[:1].isupper() and not word.text.isupper():
                spelled = spelled[:1].upper() + spelled[1:]
            pieces.append(("" if n == 0 else self.before[n], spelled, word.role))
        if pieces and self.end:
            pieces.append((self.end, "", None))
        return pieces
