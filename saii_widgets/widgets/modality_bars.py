"""How pictures and texts share information, layer by layer, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import map_data
from saii_widgets.widgets.saii_widget import SaiiWidget
from saii_widgets.widgets.traits import Choice, Place, WidgetError

STACK: Final = ("unique image", "unique text", "redundant", "synergistic")


class ModalityBars(SaiiWidget):
    """Bits that one modality alone holds, that both hold, and that only the two together hold, bar above bar.

    Parameters
    ----------
    result : Explanation or mapping of str to Explanation
        Over (atom), or over layers, models or data sets and (atom), as `InformationDecomposition` gives them; or one
        over (atom) a name. Companions "low" and "high" become whiskers, "null" the hatched part that chance alone
        gives.
    view : str
        "absolute" in bits, or "share" of what is held in all.
    chosen : int
        The bar that was clicked, -1 for none.

    Raises
    ------
    InputError
        No atoms of information, more axes than two, or results that differ in their atoms or units.

    Examples
    --------
    >>> from saii_widgets import Explanation
    >>> atoms = ["redundant", "unique image", "unique text", "synergistic"]
    >>> early, late = (Explanation.from_array(bits, kinds="atom", labels={"atom": atoms}, unit="bit")
    ...                for bits in ([0.1, 0.6, 0.2, 0.1], [0.3, 0.3, 0.3, 0.9]))
    >>> bars = ModalityBars({"layer 1": early, "layer 2": late}, chosen=1)
    >>> bars.value
    {'unique image': 0.3, 'unique text': 0.3, 'redundant': 0.3, 'synergistic': 0.9}
    """

    _about = t.Dict().tag(sync=True)
    _values = t.Bytes(b"").tag(sync=True)
    _ends = t.Bytes(b"").tag(sync=True)
    _null = t.Bytes(b"").tag(sync=True)
    view = Choice(("absolute", "share"))
    chosen = Place(-1, least=-1)

    def __init__(self, result: Explanation | Mapping[str, Explanation], **kwargs: Any) -> None:
        self._take(result)
        kwargs.setdefault("label", self._about_now["title"] or "Information of pictures and texts")
        super().__init__(**self._state(), **kwargs)

    @property
    def result(self) -> Explanation | Mapping[str, Explanation]:
        """What is shown."""
        return self._result

    @property
    def value(self) -> dict[str, float] | None:
        """The numbers of the chosen bar; None where none is chosen."""
        if self.chosen < 0:
            return None
        numbers = self._numbers["values"][self.chosen].astype(np.float64).round(6)
        return dict(zip(self._about_now["atoms"], numbers.tolist(), strict=True))

    def show(self, result: Explanation | Mapping[str, Explanation]) -> None:
        """Show another result in the same place; a bar of the same name stays chosen."""
        before = self._about_now["labels"][self.chosen] if self.chosen >= 0 else None
        self._take(result)
        labels = self._about_now["labels"]
        with self.hold_sync(), self.hold_trait_notifications():
            self.chosen = labels.index(before) if before in labels else -1
            for name, entry in self._state().items():
                setattr(self, name, entry)

    def fallback_html(self) -> str:
        from saii_widgets.core import html

        about = self._about_now
        rows = [
            {about["kind"]: label, **dict(zip(about["atoms"], numbers.tolist(), strict=True))}
            for label, numbers in zip(about["labels"], self._numbers["values"], strict=True)
        ]
        return f'{html.style()}<div class="saii">{html.table(rows)}</div>'

    @t.validate("chosen")
    def _check_chosen(self, proposal: Any) -> int:
        n = len(self._about_now["labels"])
        if proposal["value"] >= n:
            raise WidgetError(f"a place of {n}, from 0, or -1 for none", str(proposal["value"]), "Choose another.")
        return proposal["value"]

    def _take(self, result: Explanation | Mapping[str, Explanation]) -> None:
        rows = _rows(result)
        self._about_now, self._numbers = _joined(result, rows)
        self._result = result

    def _state(self) -> dict[str, Any]:
        numbers = self._numbers
        ends = [numbers[name] for name in ("low", "high") if name in numbers]
        return {
            "_about": self._about_now,
            "_values": map_data.float_bytes(numbers["values"]),
            "_ends": map_data.float_bytes(np.stack(ends)) if ends else b"",
            "_null": map_data.float_bytes(numbers["null"]) if "null" in numbers else b"",
        }


def _rows(result: Explanation | Mapping[str, Explanation]) -> dict[str, Explanation]:
    """One explanation over (atom) a bar, by name."""
    if not isinstance(result, Explanation):
        if not result or any(one.kinds != ("atom",) for one in result.values()):
            raise InputError("a result over (atom) for each name", "others, or none", "Pass {name: result}.")
        return dict(result)
    if result.kinds == ("atom",):
        return {"": result}
    if len(result.kinds) != 2 or result.kinds[1] != "atom":
        came = f"one over {', '.join(result.kinds)}"
        raise InputError("a result over (atom) or (layer, atom)", came, "Take what InformationDecomposition gives.")
    labels = result.axes[0].labels
    if len(set(labels)) < len(labels):
        raise InputError("each name once", f"{len(labels)} names, some alike", "Name the layers apart.")
    return {label: result[k] for k, label in enumerate(labels)}  # pyright: ignore[reportReturnType]


def _joined(
    result: Explanation | Mapping[str, Explanation], rows: Mapping[str, Explanation]
) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    first = next(iter(rows.values()))
    atoms = first.axes[0].labels
    if any(one.axes[0].labels != atoms or one.unit != first.unit for one in rows.values()):
        raise InputError("results with the same atoms in one unit", "others", "Decompose them alike.")
    shown = [name for name in STACK if name in atoms] if set(atoms) <= set(STACK) else list(atoms)
    order = [atoms.index(name) for name in shown]
    numbers = {"values": np.stack([one.values[order] for one in rows.values()])}
    for name in ("low", "high", "null"):
        if all(name in one.companions for one in rows.values()):
            numbers[name] = np.stack([one.companions[name].values[order] for one in rows.values()])
    if ("low" in numbers) != ("high" in numbers):
        raise InputError("both ends of the intervals", "only one", "Add the other companion.")
    joint = isinstance(result, Explanation)
    about = {
        "title": result.title if joint else "",
        "kind": result.kinds[0] if joint and len(result.kinds) == 2 else "name",
        "labels": list(rows),
        "atoms": shown,
        "unit": first.unit,
    }
    return about, numbers
