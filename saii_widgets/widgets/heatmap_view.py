"""Maps over pictures, to look through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, Number, Place, WidgetError

MODES = ("one", "side by side", "swipe", "difference")


class HeatmapView(SaiiWidget):
    """A picture under its map: patch by patch, word by word, through layers and captions, or beside another.

    All numbers and pictures travel once; hovering, sliding and choosing need no Python.

    Parameters
    ----------
    result : Explanation
        Over patches in a grid, and over any other axes: images become a gallery, captions a list, layers and steps a
        slider, words a row to point at. Without words of its own its companion "words" is shown.
    other : Explanation, optional
        A second result over the same axes, to lay beside it: after a deletion, of another model.
    masks : mapping of str to bool array, or one such mapping a picture, optional
        Known things, whose outlines can be shown.
    opacity : float
        Of the strongest patch, 0 to 1.
    threshold : float
        Share of the scale, 0 to 1, below which nothing is shown.
    smooth : bool
        Smooth between patches, or show them as blocks.
    colours : str
        "auto" (diverging where there are negative values), "sequential" or "diverging".
    scale : str
        What the strongest colour stands for: "this map" or "all maps".
    outlines : bool
        Show the outlines of the masks.
    mode : str
        "one", or with another result "side by side", "swipe" or "difference" (the other minus this).
    swipe : float
        Where the two meet, 0 to 1 of the width.
    chosen : dict
        The place on every other axis: ``{"image": 0, "caption": 1}``.
    selected_patch : int
        The patch that was clicked, -1 for none.
    selected_word : int
        The word that was clicked, -1 for none.

    Raises
    ------
    InputError
        No patches in a grid, or two results that differ in their axes.

    Examples
    --------
    >>> import numpy as np
    >>> from saii_widgets import Explanation
    >>> view = HeatmapView(Explanation.from_array(np.eye(4), kinds="patch"), threshold=0.2)
    >>> view.map().shape
    (4, 4)
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _others = t.Bytes(b"").tag(sync=True)
    _words = t.Bytes(b"").tag(sync=True)
    _pictures = t.List(t.Bytes()).tag(sync=True)
    _other_pictures = t.List(t.Bytes()).tag(sync=True)
    _outlines = t.List(t.List()).tag(sync=True)
    opacity = Number(0.8, 0.0, 1.0)
    threshold = Number(0.0, 0.0, 1.0)
    smooth = t.Bool(True).tag(sync=True)
    colours = Choice(("auto", "sequential", "diverging"))
    scale = Choice(("this map", "all maps"))
    outlines = t.Bool(False).tag(sync=True)
    mode = Choice(MODES)
    swipe = Number(0.5, 0.0, 1.0)
    chosen = t.Dict().tag(sync=True)
    selected_patch = Place(-1, least=-1)
    selected_word = Place(-1, least=-1)

    def __init__(
        self,
        result: Explanation,
        other: Explanation | None = None,
        *,
        masks: map_data.Masks | None = None,
        **kwargs: Any,
    ) -> None:
        self._result, self._other, self._masks = result, other, masks
        state = self._state(result, other, masks)
        kwargs.setdefault("label", result.title or "Map over a picture")
        kwargs.setdefault("mode", "one" if other is None else "side by side")
        kwargs.setdefault("outlines", masks is not None)
        chosen = {**state.pop("chosen"), **kwargs.pop("chosen", {})}
        super().__init__(**state, chosen=chosen, **kwargs)

    @property
    def result(self) -> Explanation:
        """What is shown."""
        return self._result

    @property
    def other(self) -> Explanation | None:
        """What it is compared with."""
        return self._other

    def show(
        self, result: Explanation, other: Explanation | None = None, *, masks: map_data.Masks | None = None
    ) -> None:
        """Show another result; places that it has too stay chosen."""
        state = self._state(result, other, masks)
        self._result, self._other, self._masks = result, other, masks
        sizes = {axis.kind: len(axis) for axis in map_data.selectors(result)}
        kept = {kind: k for kind, k in self.chosen.items() if kind in sizes and k < sizes[kind]}
        with self.hold_sync(), self.hold_trait_notifications():
            self.chosen = {**state.pop("chosen"), **kept}
            if other is None:
                self.mode = "one"
            self.selected_patch = self.selected_word = -1
            for name, value in state.items():
                setattr(self, name, value)

    def map(self, *, other: bool = False) -> NDArray[np.float32]:
        """The map that is shown, (rows, columns); with `other` that of the second result."""
        result = self._other if other else self._result
        if result is None:
            raise InputError("a second result", "none", "Pass one as `other`.")
        values = map_data.map_values(result)[tuple(self.chosen[axis.kind] for axis in map_data.selectors(result))]
        return values.reshape(result.axis("patch").grid or (1, -1))

    def save(self, path: str | Path, *, width: float = 5.0) -> None:
        """Write what is shown into a PNG, SVG or PDF file, with its legend; works without a notebook.

        Parameters
        ----------
        path : str or Path
            Ends in .png, .svg or .pdf.
        width : float
            Of one map, inches.

        Raises
        ------
        InputError
            Another ending, or a place that can't be written to.
        """
        from saii_widgets.widgets.map_figure import save_figure

        save_figure(self, Path(path), width)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        return html.explanation(self._result)

    def outlines_at(self, image: int) -> dict[str, NDArray[np.float32]]:
        """Outlines of the known things in one picture."""
        return map_data.outlines_of(self._masks, len(self._pictures))[image]

    @t.validate("chosen")
    def _check_chosen(self, proposal: Any) -> dict[str, int]:
        chosen = dict(proposal["value"])
        axes = {axis.kind: len(axis) for axis in map_data.selectors(self._result)}
        if set(chosen) != set(axes):
            raise WidgetError(
                f"a place on each of {', '.join(axes) or 'no axes'}", f"places on {', '.join(chosen) or 'none'}",
                "Name each of them once.",
            )  # fmt: skip
        for kind, place in chosen.items():
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < axes[kind]:
                raise WidgetError(f"a place of {axes[kind]} {kind}s, from 0", repr(place), "Choose another.")
        return chosen

    @t.validate("mode")
    def _check_mode(self, proposal: Any) -> str:
        if proposal["value"] != "one" and self._other is None:
            raise WidgetError("a second result to compare with", "none", "Pass one as `other`, or show one map.")
        return proposal["value"]

    @staticmethod
    def _state(result: Explanation, other: Explanation | None, masks: map_data.Masks | None) -> dict[str, Any]:
        axes = map_data.selectors(result)
        about = map_data.describe(result)
        if other is not None:
            if [(a.kind, len(a)) for a in map_data.selectors(other)] != [(a.kind, len(a)) for a in axes] or (
                other.axis("patch").grid != result.axis("patch").grid
            ):
                raise InputError(
                    f"two results over the same axes as {result!r}", repr(other), "Choose from both alike."
                )
            about = {**about, "other": {"title": other.title, "captions": [c.text for c in other.captions]}}
        words = map_data.words_beside(result)
        shown = map_data.pictures(result)
        others = () if other is None or not other.images else map_data.pictures(other)
        outlines = map_data.outlines_of(masks, len(shown))
        return {
            "_about": about,
            "_values": map_data.float_bytes(map_data.map_values(result)),
            "_others": b"" if other is None else map_data.float_bytes(map_data.map_values(other)),
            "_words": b"" if words is None else map_data.float_bytes(words.values),
            "_pictures": [map_data.picture_bytes(image) for image in shown],
            "_other_pictures": [map_data.picture_bytes(image) for image in others if others != shown],
            "_outlines": [[[name, map_data.float_bytes(lines)] for name, lines in one.items()] for one in outlines],
            "chosen": {axis.kind: 0 for axis in axes},
        }
