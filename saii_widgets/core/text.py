"""Captions: words with their place in the text and their role; taken out, swapped and simplified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from saii_widgets.core.article import article_for
from saii_widgets.core.caption_chunks import chunks
from saii_widgets.core.caption_grammar import kept_pieces
from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.word_spans import forbidden_characters, word_spans

__all__ = ["Caption", "Role", "Word"]


@dataclass(frozen=True)
class Word:
    """One word of a caption, or a phrase that counts as one ("metal fence").

    Parameters
    ----------
    text : str
        The word as the caption spells it.
    start, end : int
        Its place in the caption, in code points: ``caption.text[start:end] == text``.
    role : Role
        What it does in the caption.
    """

    text: str
    start: int
    end: int
    role: Role


@dataclass(frozen=True)
class Caption:
    """A text with its words in order. ``Caption.parse`` makes one from a string.

    Raises
    ------
    CaptionError
        Words that overlap, are out of order, or are not what the text says at their place.
    """

    text: str
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(self.words))
        end = 0
        for word in self.words:
            if not end <= word.start < word.end <= len(self.text) or self.text[word.start : word.end] != word.text:
                raise CaptionError(
                    "words in order, each at its place in the text",
                    f"{word.text!r} at {word.start} to {word.end} of {self.text!r}",
                    "Let Caption.parse find the words.",
                )
            end = word.end

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str | Caption, lexicon: Lexicon | None = None) -> Caption:
        """Find the words of a text and their roles.

        Parameters
        ----------
        text : str
            Any script. Punctuation is never a word; phrases of the lexicon become one word.
        lexicon : Lexicon, optional
            Roles; by default :meth:`Lexicon.traffic`. Unknown words are non-principal, stop words function words.

        Raises
        ------
        CaptionError
            The text is empty, holds only stop words, or holds control characters.
        """
        if isinstance(text, Caption):
            text = text.text
        if not isinstance(text, str):
            raise CaptionError("a caption as text", f"{type(text).__name__}", "Pass a string or a Caption.")
        if forbidden := forbidden_characters(text):
            raise CaptionError(
                "a caption in plain text", f"control characters {', '.join(forbidden)}", "Take them out."
            )
        words = _words(text, lexicon or _default_lexicon())
        if not words:
            came = "an empty text" if not text.strip() else f"{text!r}, which holds no word"
            raise CaptionError("a caption with at least one word", came, "Say what the picture may show.")
        if all(word.role is Role.FUNCTION for word in words):
            raise CaptionError(
                "a caption with a word that names something",
                f"{text!r}, only stop words",
                "Name something that a picture can show, or give one of its words a role in the lexicon.",
            )
        return cls(text, words)

    def indices(self, role: Role) -> tuple[int, ...]:
        """Places of the words of a role."""
        return tuple(k for k, word in enumerate(self.words) if word.role is Role(role))

    def without(self, which: Role | Iterable[int], *, allow_empty: bool = False) -> Caption:
        """Take words out and rebuild the sentence so that it reads.

        ``"a red truck near a metal fence"`` without its principal words is ``"a metal fence"``: articles, prepositions,
        commas and conjunctions that hung on the words go with them, as do adjectives, numerals and participles
        that are left without their noun. Lists are joined anew, and "a" becomes "an" where the next word asks for it.

        Parameters
        ----------
        which : Role or iterable of int
            A role, or places of words; negative places count from the end.
        allow_empty : bool
            Return an empty caption, rather than raise, when nothing that names something is left.

        Raises
        ------
        CaptionError
            Nothing is left.
        InputError
            A place that the caption does not have.
        """
        gone = set(self.indices(Role(which))) if isinstance(which, str) else {self._place(k) for k in which}
        if not gone:
            return self
        result = self._joined(kept_pieces(self.text, self.words, gone))
        if any(word.role is not Role.FUNCTION for word in result.words):
            return result
        if allow_empty:
            return Caption("", ())
        taken = ", ".join(repr(self.words[k].text) for k in sorted(gone))
        raise CaptionError(
            "a caption of which something stays",
            f"{self.text!r} without {taken}, and nothing that names something is left",
            "Take fewer words out, or pass allow_empty=True.",
        )

    def swapped(self, index: int, text: str) -> Caption:
        """One word exchanged for another, of the same role; the article before it agrees."""
        place = self._place(index)
        text = " ".join(text.split())
        if not word_spans(text) or forbidden_characters(text):
            raise CaptionError(f"a word to stand for {self.words[place].text!r}", repr(text), "Pass a word.")
        pieces: list[tuple[str, str, Role | None]] = []
        end = 0
        for k, word in enumerate(self.words):
            spelled = text if k == place else word.text
            if k + 1 == place and self.text[word.end : self.words[place].start].isspace():
                spelled = article_for(spelled, text)
            pieces.append((self.text[end : word.start], spelled, word.role))
            end = word.end
        return self._joined([*pieces, (self.text[end:], "", None)])

    def with_role(self, index: int, role: Role) -> Caption:
        """One word given another role."""
        words = list(self.words)
        words[self._place(index)] = replace(words[self._place(index)], role=Role(role))
        return Caption(self.text, tuple(words))

    def phrases(self, role: Role = Role.NON_PRINCIPAL) -> tuple[Caption, ...]:
        """The short phrases whose words are all of one role, each with its article: "road markings", "a red logo"."""
        found = []
        for chunk in chunks(self.text, self.words):
            if any(self.words[k].role is not Role(role) for k in chunk.content) or chunk.is_hanging(self.words):
                continue
            places = [*chunk.determiners, *chunk.content]
            start, end = self.words[places[0]].start, self.words[places[-1]].end
            words = (replace(w, start=w.start - start, end=w.end - start) for w in (self.words[k] for k in places))
            phrase = Caption(self.text[start:end], tuple(words))
            if phrase not in found:
                found.append(phrase)
        return tuple(found)

    def _place(self, index: int) -> int:
        n = len(self.words)
        if not -n <= index < n:
            raise InputError(f"the place of a word, 0 to {n - 1}", str(index), f"{self.text!r} has {n} words.")
        return int(index) % n

    @staticmethod
    def _joined(pieces: Iterable[tuple[str, str, Role | None]]) -> Caption:
        """Text and words from (text before, word, role); the role is None for text that is no word."""
        text, words = "", []
        for before, spelled, role in pieces:
            text += before
            if role is not None:
                words.append(Word(spelled, len(text), len(text) + len(spelled), role))
            text += spelled
        return Caption(text, tuple(words))


def _words(text: str, lexicon: Lexicon) -> tuple[Word, ...]:
    spans = word_spans(text)
    words: list[Word] = []
    k = 0
    while k < len(spans):
        stop = k + 1
        while stop < len(spans) and text[spans[stop - 1][1] : spans[stop][0]].isspace():
            stop += 1
        n = lexicon.longest_phrase(tuple(text[a:b] for a, b in spans[k:stop]))
        start, end = spans[k][0], spans[k + n - 1][1]
        words.append(Word(text[start:end], start, end, lexicon.role(text[start:end])))
        k += n
    return tuple(words)


_TRAFFIC: list[Lexicon] = []


def _default_lexicon() -> Lexicon:
    if not _TRAFFIC:
        _TRAFFIC.append(Lexicon.traffic())
    return _TRAFFIC[0]
