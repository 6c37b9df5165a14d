"""What of a caption is kept or taken away together: words, tokens, phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from saii_widgets.core.axis import Axis
from saii_widgets.core.caption_chunks import chunks
from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption

Span = tuple[int, int]
"""First character and one past the last."""

CaptionPlayersAsked = str | Sequence[Sequence[int]]
"""A name as :func:`caption_players` takes it, or places of words, a group a player."""


class Tokenized(Protocol):
    """A model that reads captions in tokens."""

    def token_spans(self, caption: Caption) -> tuple[Span, ...]: ...


@dataclass(frozen=True)
class CaptionPlayers:
    """The players of one caption.

    Parameters
    ----------
    labels : tuple of str
    roles : tuple of Role
    spans : tuple of tuple of (int, int)
        The characters of each player. What is in no span always stays.
    """

    labels: tuple[str, ...]
    roles: tuple[Role, ...]
    spans: tuple[tuple[Span, ...], ...]

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, span: Span) -> int:
        """The first player that touches these characters, or -1."""
        return player_at(self.spans, span)


def player_at(players: Sequence[Sequence[Span]], span: Span) -> int:
    """The first of players, given by their spans, that touches these characters, or -1."""
    start, end = span
    touched = (k for k, spans in enumerate(players) if any(a < end and start < b for a, b in spans))
    return next(touched, -1) if start < end else -1


def caption_players(model: Tokenized, caption: Caption, asked: CaptionPlayersAsked = "words") -> CaptionPlayers:
    """The players that are asked for.

    Parameters
    ----------
    model : Tokenized
        Cuts the caption into tokens.
    caption : Caption
    asked : str or sequence of sequence of int
        "words"; "tokens": the model's own; "phrases": noun phrases, each with the words that lead to it; or groups of
        places of words, a group a player: the words of no group always stay.

    Raises
    ------
    InputError
        An unknown name, no player, or a place that the caption does not have.
    """
    if asked == "words":
        return _grouped(caption, [[k] for k in range(len(caption.words))])
    if asked == "tokens":
        return _tokens(model, caption)
    if asked == "phrases":
        return _grouped(caption, _phrases(caption))
    if isinstance(asked, str) or not all(isinstance(group, Sequence) and group for group in asked):
        raise InputError(
            "players of a caption", repr(asked), "Take 'words', 'tokens', 'phrases', or groups of places of words."
        )
    places = [k for group in asked for k in group]
    if not places or len(set(places)) < len(places) or not set(places) <= set(range(len(caption.words))):
        raise InputError(
            f"groups of places of words, 0 to {len(caption.words) - 1}, each in one group",
            repr(asked),
            f"{caption.text!r} has {len(caption.words)} words.",
        )
    return _grouped(caption, asked)


def caption_axis(players: Sequence[CaptionPlayers]) -> Axis:
    """The players of one caption after the other, grouped by caption."""
    return Axis(
        "word",
        tuple(label for one in players for label in one.labels),
        roles=tuple(role for one in players for role in one.roles),
        groups=tuple(m for m, one in enumerate(players) for _ in one.labels),
        grouped_by="caption",
    )


def _grouped(caption: Caption, groups: Sequence[Sequence[int]]) -> CaptionPlayers:
    words: list[list[Any]] = [[caption.words[k] for k in group] for group in groups]
    return CaptionPlayers(
        tuple(" ".join(word.text for word in group) for group in words),
        tuple(_role([word.role for word in group]) for group in words),
        tuple(tuple((word.start, word.end) for word in group) for group in words),
    )


def _role(roles: Sequence[Role]) -> Role:
    """Of several words together: that of the one which says most."""
    ranked = (Role.PRINCIPAL, Role.NON_PRINCIPAL, Role.FUNCTION)
    return next(role for role in ranked if role in roles)


def _phrases(caption: Caption) -> list[list[int]]:
    groups: list[list[int]] = [
        [*chunk.link, *chunk.determiners, *chunk.content] for chunk in chunks(caption.text, caption.words)
    ]
    taken = {k for group in groups for k in group}
    groups[-1] += [k for k in range(len(caption.words)) if k not in taken]
    return groups


def _tokens(model: Tokenized, caption: Caption) -> CaptionPlayers:
    # a letter that takes several tokens is one player: its tokens have one span
    spans = list(dict.fromkeys(span for span in model.token_spans(caption) if span[0] < span[1]))
    touched = [next((w for w in caption.words if w.start < end and start < w.end), None) for start, end in spans]
    return CaptionPlayers(
        tuple(caption.text[start:end] for start, end in spans),
        tuple(word.role if word else Role.FUNCTION for word in touched),
        tuple((span,) for span in spans),
    )
