"""One number a label, as bars with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, Place, WidgetError

_WHOLE = ("probability", "share", "AUC")  # units that run from 0 to 1


class ScoreBars(SaiiWidget):
    """Bars over one axis of labels: captions, words, phrases, measures; with intervals, and a line such as chance.

    Parameters
    ----------
    result : Explanation
        Over one axis. With negative values the bars stand on both sides of zero. Standard errors are drawn as plus and
        minus one; companions "low" and "high" over the same axis, such as the ends of a 95 % interval, go before them.
    highlighted : list of int
        Places of labels that stand out, such as the picture's own caption; labels are taken too when it is made.
    chosen : int
        The place that was clicked, -1 for none.
    order : str
        "as given" or "by value", the largest first.
    reference : float or None
        A value that is marked by a line through all bars.
    reference_label : str
        What it is: "chance".
    interval : str
        What the intervals are: "95 % interval"; by default "± 1 standard error" where they are that.
    extent : list of float
        The values at the two ends of the scale; an empty list for 0 to 1 where the unit is a probability, a share or an
        AUC, and for what the values need elsewhere. Bars and intervals that go on are cut off there without an end.

    Raises
    ------
    InputError
        More axes than one, a label to highlight that is not there, or only one end of the intervals.

    Examples
    --------
    >>> from saii_widgets import Explanation
    >>> chances = Explanation.from_array([0.625, 0.25, 0.125], kinds="caption", unit="probability",
    ...                                  labels={"caption": ["a red truck", "a bus", "a tree"]})
    >>> bars = ScoreBars(chances, highlighted=["a bus"], chosen=1, reference=1 / 3, reference_label="chance")
    >>> bars.highlighted, bars.value
    ([1], 0.25)
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _ends = t.Bytes(b"").tag(sync=True)
    highlighted = t.List(t.Int()).tag(sync=True)
    chosen = Place(-1, least=-1)
    order = Choice(("as given", "by value"))
    reference = t.Float(None, allow_none=True).tag(sync=True)
    reference_label = t.Unicode("").tag(sync=True)
    interval = t.Unicode("").tag(sync=True)
    extent = t.List(t.Float()).tag(sync=True)

    def __init__(self, result: Explanation, *, highlighted: Sequence[int | str] = (), **kwargs: Any) -> None:
        state = _state(result)
        self._result = result
        kwargs.setdefault("label", result.title or f"{result.kinds[0]}s and their {result.unit}")
        super().__init__(**state, highlighted=_places(highlighted, result), **kwargs)

    @property
    def result(self) -> Explanation:
        """What is shown."""
        return self._result

    @property
    def value(self) -> float | None:
        """The number of the chosen label; None where none is chosen."""
        return None if self.chosen < 0 else float(self._result.values[self.chosen])

    def show(self, result: Explanation, *, highlighted: Sequence[int | str] | None = None) -> None:
        """Show another result in the same place.

        Parameters
        ----------
        result : Explanation
            Over one axis.
        highlighted : sequence of int or str, optional
            By default the labels that stood out before, where the result has them. So it is with the chosen one.
        """
        state = _state(result)
        before, labels = self._result.axes[0].labels, result.axes[0].labels
        chosen = before[self.chosen] if self.chosen >= 0 else None
        kept = [before[k] for k in self.highlighted if before[k] in labels]
        places = _places(kept if highlighted is None else highlighted, result)
        self._result = result
        with self.hold_sync(), self.hold_trait_notifications():
            self.chosen = labels.index(chosen) if chosen in labels else -1
            self.highlighted = places
            for name, entry in state.items():
                setattr(self, name, entry)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        return html.explanation(self._result)

    @t.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        n = len(self._result.axes[0])
        if proposal["value"] >= n:
            raise WidgetError(f"a place of {n}, from 0, or -1 for none", str(proposal["value"]), "Choose another.")
        return proposal["value"]

    @t.validate("highlighted")
    def _check_highlighted(self, proposal: Any) -> list[int]:
        n = len(self._result.axes[0])
        if wrong := [k for k in proposal["value"] if isinstance(k, bool) or not 0 <= k < n]:
            raise WidgetError(f"places of {n}, from 0", repr(wrong[0]), "Choose others.")
        return sorted(set(proposal["value"]))

    @t.validate("reference")
    def _check_reference(self, proposal: Any) -> float | None:
        if proposal["value"] is not None and not np.isfinite(proposal["value"]):
            raise WidgetError("a finite number as the reference, or None", repr(proposal["value"]), "Set one of these.")
        return proposal["value"]

    @t.validate("extent")
    def _check_extent(self, proposal: Any) -> list[float]:
        ends = list(proposal["value"])
        if ends and (len(ends) != 2 or not np.isfinite(ends).all() or ends[0] >= ends[1]):
            raise WidgetError("two ends of a scale, the lower one first, or none", repr(ends), "Set it to [0, 1].")
        return ends


def _places(labels: Sequence[int | str], result: Explanation) -> list[int]:
    known = result.axes[0].labels
    for label in labels:
        if isinstance(label, str) and label not in known:
            raise InputError("labels of the result", repr(label), "Highlight one that is shown.")
    return [known.index(label) if isinstance(label, str) else label for label in labels]


def _state(result: Explanation) -> dict[str, Any]:
    if len(result.axes) != 1:
        came = f"one over {', '.join(result.kinds)}"
        raise InputError("a result over one axis", came, "Choose a place on the others: result[0].")
    if not len(result.axes[0]):
        raise InputError("a result with at least one label", "none", "Pass one that holds numbers.")
    ends, said = _interval(result)
    signed = bool((result.values < 0).any())
    if result.unit in _WHOLE and not signed and result.values.max() <= 1.0001:
        low, high = 0.0, 1.0
    else:
        drawn = np.concatenate([result.values, ends.ravel()])
        low, high = min(0.0, float(drawn.min())), max(0.0, float(drawn.max()))
    return {
        "_about": {
            "title": result.title,
            "kind": result.kinds[0],
            "labels": list(result.axes[0].labels),
            "unit": result.unit,
            "interval": said,
            "signed": signed,
            "low": low,
            "high": high if high > low else 1.0,
        },
        "_values": map_data.float_bytes(result.values),
        "_ends": map_data.float_bytes(ends),
    }


def _interval(result: Explanation) -> tuple[NDArray[np.float32], str]:
    """Lower and upper ends (2, n), or (2, 0), and what they are."""
    given = {name: result.companions[name] for name in ("low", "high") if name in result.companions}
    if len(given) == 1:
        raise InputError("both ends of the intervals", f"only {next(iter(given))!r}", "Add the other companion.")
    if given:
        low, high = given["low"].values, given["high"].values
        if low.shape != result.shape or high.shape != result.shape or (low > high).any():
            raise InputError("a low and a high end for each label", "others", "Give one of each, the lower one as low.")
        return np.stack([low, high]), "interval"
    if result.errors is not None:
        return np.stack([result.values - result.errors, result.values + result.errors]), "± 1 standard error"
    return np.empty((2, 0), np.float32), ""
