"""Which word of a caption each token belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from saii_widgets.core.text import Caption


def words_at(caption: Caption, spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The word that each span of characters lies in.

    Parameters
    ----------
    caption : Caption
        Its words have `start` and `end` in code points.
    spans : sequence of (int, int)
        Start and end of each token in the caption's text; empty for special tokens and padding.

    Returns
    -------
    tuple of int
        Index of the first word that the span touches, -1 where it touches none.
    """
    found = []
    for start, end in spans:
        touched = (k for k, word in enumerate(caption.words) if word.start < end and start < word.end)
        found.append(next(touched, -1) if start < end else -1)
    return tuple(found)


def spans_of_pieces(text: str, pieces: Sequence[str | None]) -> list[tuple[int, int]]:
    """Spans for a tokenizer that gives none: its pieces are found again in the text, letter by letter.

    Parameters
    ----------
    text : str
        What was tokenized.
    pieces : sequence of str or None
        The letters of each token, None for special tokens. The tokenizer may have changed case and left out
        punctuation, but not the order.

    Returns
    -------
    list of (int, int)
    """
    folded = [c.casefold() for c in text]
    spans, at = [], 0
    for piece in pieces:
        start = end = None
        for letter in (piece or "").replace("▁", "").casefold():
            place = next((k for k in range(at, len(folded)) if letter in folded[k]), None)
            if place is None:
                continue
            start, end = place if start is None else start, place + 1
            at = place + 1
        spans.append((0, 0) if start is None or end is None else (start, end))
    return spans


def cut_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without these characters, its spaces closed up."""
    pieces, end = [], 0
    for start, stop in sorted(spans):
        pieces.append(text[end:start])
        end = max(end, stop)
    return " ".join("".join([*pieces, text[end:]]).split())
