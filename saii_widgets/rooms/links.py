"""Which widgets follow one another: those that show the same pictures and captions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets.saii_widget import SaiiWidget

End = tuple[SaiiWidget, str]
Link = tuple[End, End]


def same_pairs(widgets: Iterable[SaiiWidget]) -> Iterator[Link]:
    """Links between widgets on which a pair of one picture and one caption is chosen, out of the same ones.

    Parameters
    ----------
    widgets : iterable of SaiiWidget
        Of all rooms; others are passed over.

    Yields
    ------
    ((widget, "chosen"), (widget, "chosen"))
        A chain through each set of widgets.
    """
    last: dict[tuple[tuple[str, ...], ...], SaiiWidget] = {}
    for widget in widgets:
        result, chosen = getattr(widget, "result", None), getattr(widget, "chosen", None)
        if not isinstance(result, Explanation) or not isinstance(chosen, dict) or {*chosen} != {"image", "caption"}:
            continue
        key = (result.axis("image").labels, result.axis("caption").labels)
        if key in last:
            yield (last[key], "chosen"), (widget, "chosen")
        last[key] = widget
