"""A caption to edit, as text and as words with roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import traitlets as t

from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.function_words import STOP_WORDS
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption, Word
from saii_widgets.core.word_spans import forbidden_characters
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import WidgetError
from saii_widgets.widgets.word_effects import word_effects

_OF_CAPTION: Final = ("caption", "words", "spans", "roles")
MOST_CHARACTERS: Final = 2000


class WordEditor(SaiiWidget):
    """A caption as text and as words: tag words by click, drag or key; add, delete, swap, undo and redo.

    Parameters
    ----------
    caption : str or Caption
        The text. Set it, and words and roles follow; words that stay keep their roles.
    lexicon : Lexicon, optional
        Roles of new words, and phrases that count as one word.
    suggestions : iterable of str
        Words to add or to swap in, such as the principal words of a corpus.
    words : list of str
        The words in order; they follow from the caption.
    spans : list of [start, end]
        Where they are, in code points; they follow from the caption.
    roles : list of str
        "principal", "non-principal" or "function", one a word.
    selected : list of int
        Places of the chosen words.
    effects : list of float
        What each word does to the result that is shown with the caption; see :meth:`show_effects`.
    effects_unit : str
        Their unit.
    effects_of : str
        The caption they were computed for; while another one stands there, they are not shown.

    Raises
    ------
    CaptionError
        A caption that can't be one; the message says what to do.

    Examples
    --------
    >>> editor = WordEditor("a red truck near a metal fence")
    >>> editor.words
    ['a', 'red', 'truck', 'near', 'a', 'metal fence']
    >>> editor.roles[1:3]
    ['principal', 'principal']
    >>> str(editor.value.without("principal"))
    'a metal fence'
    """

    caption = t.Unicode("").tag(sync=True)
    words = t.List(t.Unicode()).tag(sync=True)
    spans = t.List(t.List(t.Int())).tag(sync=True)
    roles = t.List(t.Unicode()).tag(sync=True)
    selected = t.List(t.Int()).tag(sync=True)
    suggestions = t.List(t.Unicode()).tag(sync=True)
    effects = t.List(t.Float()).tag(sync=True)
    effects_unit = t.Unicode("relevance").tag(sync=True)
    effects_of = t.Unicode("").tag(sync=True)
    _lexicon = t.Dict().tag(sync=True)

    def __init__(
        self,
        caption: str | Caption,
        *,
        lexicon: Lexicon | None = None,
        suggestions: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        self._roles_known = lexicon or Lexicon.traffic()
        self._value = caption if isinstance(caption, Caption) else Caption.parse(caption, self._roles_known)
        kwargs.setdefault("label", "Caption and its words")
        super().__init__(
            suggestions=list(dict.fromkeys(suggestions)),
            _lexicon={"roles": {k: str(v) for k, v in self._roles_known.roles.items()}, "stops": sorted(STOP_WORDS)},
            **_state(self._value),
            **kwargs,
        )
        self.observe(self._follow, _OF_CAPTION)

    @property
    def value(self) -> Caption:
        """The caption with its words and roles; set it to show another."""
        return self._value

    @value.setter
    def value(self, caption: Caption) -> None:
        self._show(caption)

    def show_effects(self, result: Explanation | None, *, image: int | str = 0, caption: int | str = 0) -> None:
        """Shade each word by its share in a result; None takes the shades away.

        Parameters
        ----------
        result : Explanation, optional
            Over words, or with the companion "words".
        image, caption : int or str
            Which ones, where the result has several.

        Raises
        ------
        InputError
            The result has no words, or other words than this caption.
        """
        if result is None:
            self.effects, self.effects_of = [], ""
            return
        labels, values, unit = word_effects(result, image=image, caption=caption)
        words = [word.text for word in self._value.words]
        if labels != words:
            raise InputError(
                f"effects of the words {', '.join(words)}",
                f"effects of {', '.join(labels) or 'no words'}",
                "Explain this caption, or choose it with caption=...",
            )
        with self.hold_sync():
            self.effects_of, self.effects_unit, self.effects = self.caption, unit, values

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        values = self.effects if self.effects_of == self.caption else [0.0] * len(self.words)
        roles = [word.role for word in self._value.words]
        return f'{html.style()}<div class="saii">{html.shaded_words(self.words, values, roles)}{html.role_key()}</div>'

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take an edit from the page as one: text, words and roles together, or none of it."""
        if not any(name in sync_data for name in _OF_CAPTION):
            super().set_state(sync_data)
            return
        sent = {name: sync_data[name] for name in _OF_CAPTION if name in sync_data}
        try:
            caption = _caption({name: sent.get(name, getattr(self, name)) for name in _OF_CAPTION})
        except InputError as problem:
            self.error = str(problem)
            self.send_state(list(_OF_CAPTION))
            return
        self._value = caption  # before the traits change: observers of any of them see all of the edit
        super().set_state(sync_data)  # and no more: what is set here is echoed, over what was typed since
        self.error = ""

    @t.validate("caption")
    def _check_caption(self, proposal: Any) -> str:
        if proposal["value"] != self._value.text:
            Caption.parse(proposal["value"], self._roles_known)
        return proposal["value"]

    @t.validate("roles")
    def _check_roles(self, proposal: Any) -> list[str]:
        roles = list(proposal["value"])
        known = [str(role) for role in Role]
        if wrong := [role for role in roles if role not in known]:
            raise WidgetError(f"roles out of {', '.join(known)}", repr(wrong[0]), "Use one of these for each word.")
        return roles

    @t.validate("selected")
    def _check_selected(self, proposal: Any) -> list[int]:
        n = len(self._value.words)
        if wrong := [k for k in proposal["value"] if not 0 <= k < n]:
            raise WidgetError(f"places of words, 0 to {n - 1}", str(wrong[0]), f"The caption has {n} words.")
        return sorted(set(proposal["value"]))

    def _follow(self, change: t.Bunch) -> None:
        """Bring the other traits in line after one was set in Python."""
        if change["new"] == _state(self._value)[change["name"]]:
            return
        if change["name"] == "caption":
            self._show(_carried(self._value, Caption.parse(change["new"], self._roles_known)))
        elif change["name"] == "roles" and len(change["new"]) == len(self._value.words):
            words = zip(self._value.words, change["new"], strict=True)
            self._show(Caption(self._value.text, tuple(Word(w.text, w.start, w.end, Role(r)) for w, r in words)))
        else:
            self._show(self._value)
            n = len(self._value.words)
            what = f"{n} roles, one a word" if change["name"] == "roles" else "the words that the caption has"
            raise WidgetError(what, repr(change["new"]), "Set `caption`, or `value` to a Caption, to change the words.")

    def _show(self, caption: Caption) -> None:
        self._value = caption
        with self.hold_sync():
            self.selected = [k for k in self.selected if k < len(caption.words)]
            for name, entry in _state(caption).items():
                setattr(self, name, entry)


def _state(caption: Caption) -> dict[str, Any]:
    return {
        "caption": caption.text,
        "words": [word.text for word in caption.words],
        "spans": [[word.start, word.end] for word in caption.words],
        "roles": [str(word.role) for word in caption.words],
    }


def _caption(state: dict[str, Any]) -> Caption:
    """The caption that a page describes.

    Raises
    ------
    CaptionError
        It contradicts itself.
    """
    text, spans, roles = state["caption"], state["spans"], state["roles"]
    try:
        if not isinstance(text, str):
            raise TypeError(f"{text!r} as the caption")
        words = tuple(Word(text[a:b], int(a), int(b), Role(role)) for (a, b), role in zip(spans, roles, strict=True))
        if [word.text for word in words] != list(state["words"]):
            raise ValueError(f"{state['words']!r} as the words of {text!r}")
        caption = Caption(text, words)
    except (TypeError, ValueError) as error:
        raise CaptionError("words at their places in the caption", str(error), "Edit the caption again.") from error
    if len(text) > MOST_CHARACTERS:
        raise CaptionError(f"a caption of at most {MOST_CHARACTERS} characters", str(len(text)), "Shorten it.")
    if forbidden := forbidden_characters(text):
        raise CaptionError("a caption in plain text", f"control characters {', '.join(forbidden)}", "Take them out.")
    if all(word.role is Role.FUNCTION for word in words):
        raise CaptionError("a caption with a word that names something", repr(text), "Add one, or change a role.")
    return caption


def _carried(before: Caption, after: Caption) -> Caption:
    """The words of `after`, with the roles that words at both ends of the text had before."""
    old, new = before.words, list(after.words)
    most = min(len(old), len(new))
    head = next((k for k in range(most) if old[k].text != new[k].text), most)
    tail = next((k for k in range(most - head) if old[-1 - k].text != new[-1 - k].text), most - head)
    kept: Sequence[tuple[int, Role]] = [
        *((k, old[k].role) for k in range(head)),
        *((len(new) - 1 - k, old[-1 - k].role) for k in range(tail)),
    ]
    for k, role in kept:
        new[k] = Word(new[k].text, new[k].start, new[k].end, role)
    return Caption(after.text, tuple(new))
