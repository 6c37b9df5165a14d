"""What happens to the match when words or patches are taken away one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets as t

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Place, WidgetError


@dataclass(frozen=True)
class Removal:
    """One order in which things are taken away, computed beforehand.

    Parameters
    ----------
    result : Explanation
        Over (step, caption): probabilities or logits of all captions, at step 0 with nothing taken away. Its companion
        "maps", over (step, patch), is shown beside them; its pictures and captions are those that are explained.
    places : sequence of int
        Which word of the caption, or which patch, goes at step 1, 2, ...
    of : str
        "words" or "patches".

    Raises
    ------
    InputError
        Another kind of result, or another number of places than of steps after the first.
    """

    result: Explanation
    places: Sequence[int]
    of: str = "words"

    def __post_init__(self) -> None:
        if self.result.kinds != ("step", "caption"):
            came = f"one over {', '.join(self.result.kinds)}"
            raise InputError("a result over (step, caption)", came, "Give every caption's score at every step.")
        n = len(self.result.axis("step")) - 1
        if len(self.places) != n or len(set(self.places)) != n:
            raise InputError(f"{n} different places, one a step after the first", repr(list(self.places)), "Give each.")
        if self.of not in ("words", "patches"):
            raise InputError("'words' or 'patches'", repr(self.of), "Say what is taken away.")
        if (maps := self.maps) is not None and (maps.kinds != ("step", "patch") or len(maps.axis("step")) != n + 1):
            raise InputError(f"maps over (step, patch), {n + 1} steps", repr(maps), "Give a map for each step.")
        if self.of == "patches" and (maps is None or max(self.places, default=0) >= len(maps.axis("patch"))):
            raise InputError("patches of the companion 'maps'", repr(list(self.places)), "Give maps over all patches.")

    @classmethod
    def from_explanation(cls, result: Explanation) -> Removal:
        """What `Counterfactual` returned: its origin says what was taken away.

        Raises
        ------
        InputError
            The origin does not say it.
        """
        settings = result.origin.settings if result.origin is not None else {}
        if not {"places", "of"} <= settings.keys():
            raise InputError(
                "a result whose origin says which places went, as Counterfactual returns it",
                repr(result),
                "Say it yourself: Removal(result, places, of).",
            )
        return cls(result, settings["places"], settings["of"])

    @property
    def maps(self) -> Explanation | None:
        """The companion over (step, patch)."""
        return self.result.companions.get("maps")

    def flip(self) -> int:
        """The first step at which another caption scores highest, -1 where none does."""
        best = self.result.values.argmax(axis=1)
        return next((k for k in range(len(best)) if best[k] != best[0]), -1)


class CounterfactualSlider(SaiiWidget):
    """Slide through what is taken away: the struck caption, all captions' scores, the map, and where the match flips.

    Parameters
    ----------
    removals : Explanation or Removal, or mapping of str to either
        What `Counterfactual` returned, or what was computed elsewhere. One order, or several under the names by which a
        reader chooses: "by importance", "in my order".
    caption : Caption or str, optional
        Whose words are struck; by default the first caption of the (first) result.
    order : str
        The chosen removal's name.
    step : int
        How many are taken away.

    Raises
    ------
    InputError
        No removal, no caption, or words that the caption does not have.

    Examples
    --------
    >>> from saii_widgets import Explanation
    >>> scores = Explanation.from_array([[0.9, 0.1], [0.4, 0.6]], kinds=("step", "caption"), unit="probability",
    ...                                 labels={"caption": ["a red truck", "a bus"]})
    >>> slider = CounterfactualSlider(Removal(scores, [2]), "a red truck")
    >>> slider.flip, slider.removed(1)
    (1, ('truck',))
    """

    _about = t.Dict().tag(sync=True)
    _scores = t.List(t.Bytes()).tag(sync=True)
    _maps = t.List(t.Bytes()).tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    order = t.Unicode("").tag(sync=True)
    step = Place(0)

    def __init__(
        self,
        removals: Removal | Explanation | Mapping[str, Removal | Explanation],
        caption: Caption | str | None = None,
        **kwargs: Any,
    ) -> None:
        self._take(removals, caption)
        kwargs.setdefault("label", "What is taken away")
        kwargs.setdefault("order", next(iter(self.removals)))
        super().__init__(**self._state(), **kwargs)

    def show(
        self,
        removals: Removal | Explanation | Mapping[str, Removal | Explanation],
        caption: Caption | str | None = None,
    ) -> None:
        """Show another one, with nothing taken away yet; the parameters and errors are those of the widget."""
        self._take(removals, caption)
        with self.hold_sync():
            self.step = 0
            if self.order not in self.removals:
                self.order = next(iter(self.removals))
            for name, value in self._state().items():
                setattr(self, name, value)

    def _take(
        self,
        removals: Removal | Explanation | Mapping[str, Removal | Explanation],
        caption: Caption | str | None,
    ) -> None:
        named = removals if isinstance(removals, Mapping) else {"by importance": removals}
        if not named:
            raise InputError("at least one removal", "none", "Pass one, or several by name.")
        read = {k: Removal.from_explanation(one) if isinstance(one, Explanation) else one for k, one in named.items()}
        struck = _caption(read, caption)
        n = len(struck.words)
        for name, one in read.items():
            if one.of == "words" and any(not 0 <= k < n for k in one.places):
                raise InputError(
                    f"places of the {n} words of {struck.text!r}", f"{list(one.places)} in {name!r}",
                    "Count the caption's words from 0.",
                )  # fmt: skip
        self.removals, self.caption = read, struck

    @property
    def removal(self) -> Removal:
        """The chosen one."""
        return self.removals[self.order]

    @property
    def flip(self) -> int:
        """The first step at which another caption scores highest, -1 where none does."""
        return self.removal.flip()

    def removed(self, step: int) -> tuple[str, ...]:
        """What is gone after so many steps."""
        places = self.removal.places[:step]
        if self.removal.of == "words":
            return tuple(self.caption.words[k].text for k in places)
        assert self.removal.maps is not None
        return tuple(self.removal.maps.axis("patch").labels[k] for k in places)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        return html.explanation(self.removal.result)

    @t.validate("order")
    def _check_order(self, proposal: Any) -> str:
        if proposal["value"] not in self.removals:
            names = ", ".join(repr(name) for name in self.removals)
            raise WidgetError(f"order as one of {names}", repr(proposal["value"]), "Use one of these.")
        return proposal["value"]

    @t.validate("step")
    def _check_step(self, proposal: Any) -> int:
        most = max(len(one.places) for one in self.removals.values())
        if proposal["value"] > most:
            raise WidgetError(f"step from 0 to {most}", str(proposal["value"]), "That is all that was taken away.")
        return proposal["value"]

    def _state(self) -> dict[str, Any]:
        removals = list(self.removals.values())
        pictured = next((one.maps for one in removals if one.maps is not None), None)
        return {
            "_about": {
                "words": [[w.text, w.start, w.end, str(w.role)] for w in self.caption.words],
                "caption": self.caption.text,
                "removals": [
                    {
                        "name": name,
                        "of": one.of,
                        "places": [int(k) for k in one.places],
                        "captions": list(one.result.axis("caption").labels),
                        "unit": one.result.unit,
                        "flip": one.flip(),
                    }
                    for name, one in self.removals.items()
                ],
                "map": None if pictured is None else map_data.describe(pictured),
            },
            "_scores": [map_data.float_bytes(one.result.values) for one in removals],
            "_maps": [b"" if one.maps is None else map_data.float_bytes(one.maps.values) for one in removals],
            "_pictures": [] if pictured is None else [map_data.picture_bytes(map_data.pictures(pictured)[0])],
        }


def _caption(removals: Mapping[str, Removal], caption: Caption | str | None) -> Caption:
    if isinstance(caption, Caption):
        return caption
    if caption is not None:
        return Caption.parse(caption)
    explained = next(iter(removals.values())).result.captions
    if not explained:
        raise InputError("the caption whose words are struck", "a result without captions", "Pass it as caption=.")
    return explained[0]
