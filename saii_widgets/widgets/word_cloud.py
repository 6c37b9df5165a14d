"""The words of a corpus, with roles to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import traitlets as t

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.role import Role
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, Place, WidgetError

ROLES: Final = [str(role) for role in Role]
WEIGHT: Final = "weight"


class WordCloud(SaiiWidget):
    """The words of a corpus, as large as they weigh; choose one and give it another role, for all captions.

    Parameters
    ----------
    words : Explanation or mapping of str to float
        Over (word), such as ``Corpus.explain()`` gives it: its companions over the same words (counts, TF-IDF,
        loadings) can set the size instead. Or words with one weight each.
    roles : mapping of str to Role, optional
        At first; the others have the role of the result's axis, or else that of the lexicon.
    lexicon : Lexicon, optional
        Roles of words that come without one, and what :meth:`lexicon` builds on; by default :meth:`Lexicon.traffic`.
    unit : str
        Of the weights of a mapping.
    measure : str
        What sets the size: "weight" for the result itself, or the name of a companion.
    selected : list of str
        The chosen words.
    order : str
        "by size" or "alphabet".
    most : int
        So many words are shown, the largest.
    filter : str
        Only words that hold this text are shown.
    shown_roles : list of str
        Only words with these roles are shown.

    Raises
    ------
    InputError
        A result over other axes, a word that comes twice, no words, or roles of words that are not there.

    Examples
    --------
    >>> cloud = WordCloud({"truck": 12, "fence": 7, "near": 5}, roles={"fence": "function"})
    >>> cloud.roles
    {'truck': 'principal', 'fence': 'function', 'near': 'function'}
    >>> cloud.roles = {**cloud.roles, "fence": "principal"}
    >>> cloud.lexicon().role("fences")
    <Role.PRINCIPAL: 'principal'>
    """

    _about = t.Dict().tag(sync=True)
    _values = t.List(t.Bytes()).tag(sync=True)
    roles = t.Dict().tag(sync=True)
    measure = t.Unicode(WEIGHT).tag(sync=True)
    selected = t.List(t.Unicode()).tag(sync=True)
    order = Choice(("by size", "alphabet"))
    most = Place(150, least=1)
    filter = t.Unicode("").tag(sync=True)
    shown_roles = t.List(t.Unicode(), default_value=ROLES).tag(sync=True)

    def __init__(
        self,
        words: Explanation | Mapping[str, float],
        *,
        roles: Mapping[str, Role | str] | None = None,
        lexicon: Lexicon | None = None,
        unit: str = "count",
        **kwargs: Any,
    ) -> None:
        self._base = lexicon or Lexicon.traffic()
        self._elsewhere: dict[str, str] = {}  # set by hand for words that are not shown any more
        self._take(_explained(words, unit))
        self._given = self._roles_of(self._result, roles or {})
        kwargs.setdefault("label", "Words and their roles")
        super().__init__(**_state(self._measures), **{"roles": dict(self._given), **kwargs})

    @property
    def result(self) -> Explanation:
        """What is shown, with the roles as they are now."""
        (axis,) = self._result.axes
        roles = tuple(Role(self.roles[word]) for word in axis.labels)
        return Explanation(
            self._result.values, (Axis(axis.kind, axis.labels, roles=roles),), self._result.unit, self._result.title,
            origin=self._result.origin,
        )  # fmt: skip

    @property
    def changes(self) -> dict[str, Role]:
        """Words whose role was changed by hand, with the new one; those of results shown before are among them."""
        now = {**self._elsewhere, **self.roles}
        return {word: Role(role) for word, role in now.items() if role != self._given[word]}

    def lexicon(self, base: Lexicon | None = None) -> Lexicon:
        """A lexicon, by default that of the cloud, with the roles that were changed by hand."""
        return (base or self._base).with_roles(self.changes)

    def show(self, words: Explanation | Mapping[str, float], *, unit: str = "count") -> None:
        """Show other words in the same place; roles that were changed by hand stay."""
        result, changed = _explained(words, unit), self.changes
        fresh = self._roles_of(result, {})
        self._take(result)
        self._elsewhere = {word: str(role) for word, role in changed.items() if word not in fresh}
        self._given = {**fresh, **{word: self._given[word] for word in changed}}
        with self.hold_sync(), self.hold_trait_notifications():
            self.roles = {word: str(changed.get(word, role)) for word, role in fresh.items()}
            self.selected = [word for word in self.selected if word in fresh]
            if self.measure not in self._measures:
                self.measure = WEIGHT
            for name, value in _state(self._measures).items():
                setattr(self, name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page sends: the roles of all words together, or none of them."""
        if "roles" in sync_data:
            self.error = ""
        super().set_state(sync_data)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        words, values = self._result.axes[0].labels, self._measures[self.measure].values
        first = np.argsort(-np.abs(values), kind="stable")[: self.most]
        roles = [Role(self.roles[words[k]]) for k in first]
        drawn = html.shaded_words([words[k] for k in first], values[first], roles)
        return f'{html.style()}<div class="saii">{drawn}{html.role_key()}</div>'

    @t.validate("roles")
    def _check_roles(self, proposal: Any) -> dict[str, str]:
        roles, words = proposal["value"], self._result.axes[0].labels
        if set(roles) != set(words):
            other = [word for word in roles if word not in words]
            missing = [word for word in words if word not in roles]
            came = f"one of {other[0]!r}" if other else f"none of {missing[0]!r}"
            raise WidgetError(f"a role of each of the {len(words)} words", came, "Give all words a role together.")
        if wrong := [word for word in words if roles[word] not in ROLES]:
            came = f"{roles[wrong[0]]!r} for {wrong[0]!r}"
            raise WidgetError(f"roles out of {', '.join(ROLES)}", came, "Use one of these for each word.")
        return {word: str(roles[word]) for word in words}

    @t.validate("measure")
    def _check_measure(self, proposal: Any) -> str:
        if proposal["value"] not in self._measures:
            names = ", ".join(repr(name) for name in self._measures)
            raise WidgetError(f"a measure out of {names}", repr(proposal["value"]), "Use one of these.")
        return proposal["value"]

    @t.validate("selected")
    def _check_selected(self, proposal: Any) -> list[str]:
        words = self._result.axes[0].labels
        if wrong := [word for word in proposal["value"] if word not in words]:
            raise WidgetError("words of the cloud", repr(wrong[0]), "Choose words that are shown.")
        return list(dict.fromkeys(proposal["value"]))

    @t.validate("shown_roles")
    def _check_shown_roles(self, proposal: Any) -> list[str]:
        if wrong := [role for role in proposal["value"] if role not in ROLES]:
            raise WidgetError(f"roles out of {', '.join(ROLES)}", repr(wrong[0]), "Use these.")
        return [role for role in ROLES if role in proposal["value"]]

    def _take(self, result: Explanation) -> None:
        alike = {
            name: one
            for name, one in result.companions.items()
            if one.kinds == ("word",) and one.axes[0].labels == result.axes[0].labels
        }
        self._result = result
        self._measures = {WEIGHT: result, **alike}

    def _roles_of(self, result: Explanation, asked: Mapping[str, Role | str]) -> dict[str, str]:
        (axis,) = result.axes
        if unknown := [word for word in asked if word not in axis.labels]:
            raise InputError("roles of the words that are shown", f"one of {unknown[0]!r}", "Take it out.")
        known = axis.roles or tuple(self._base.role(word) for word in axis.labels)
        return {word: str(asked.get(word, role)) for word, role in zip(axis.labels, known, strict=True)}


def _explained(words: Explanation | Mapping[str, float], unit: str) -> Explanation:
    """The words as a result over (word)."""
    if isinstance(words, Explanation):
        result = words
    else:
        result = Explanation(np.array(list(words.values()), np.float32), (Axis("word", tuple(words)),), unit)
    if result.kinds != ("word",):
        came = f"one over {', '.join(result.kinds)}"
        raise InputError("a result over (word)", came, "Pass what Corpus.explain() gives, or words with a weight each.")
    labels = result.axes[0].labels
    if not labels or not all(label.strip() for label in labels):
        raise InputError(
            "words", "none" if not labels else "an empty one", "Take at least one word, and no empty ones."
        )
    if len(set(labels)) < len(labels):
        twice = next(word for k, word in enumerate(labels) if word in labels[:k])
        raise InputError("each word once", f"{twice!r} twice", "Add up its weights first.")
    return result


def _state(measures: Mapping[str, Explanation]) -> dict[str, Any]:
    result = measures[WEIGHT]
    return {
        "_about": {
            "title": result.title,
            "words": list(result.axes[0].labels),
            "measures": [{"name": name, "unit": one.unit} for name, one in measures.items()],
        },
        "_values": [map_data.float_bytes(one.values) for one in measures.values()],
    }
