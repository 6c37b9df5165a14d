"""One number a word, out of a result."""

from __future__ import annotations

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation


def word_effects(
    result: Explanation, *, image: int | str = 0, caption: int | str = 0
) -> tuple[list[str], list[float], str]:
    """Words of one caption, what each does for one picture, and the unit.

    Parameters
    ----------
    result : Explanation
        Over words, or with the companion "words".
    image, caption : int or str
        Which ones, where the result has several.

    Raises
    ------
    InputError
        No words in the result, or a further axis.
    """
    words = result if "word" in result.kinds else result.companions.get("words")
    if words is None:
        raise InputError(
            "a result over words", f"one over {', '.join(result.kinds)}", "Pass a result with the companion 'words'."
        )
    keys = {}
    if "image" in words.kinds:
        keys["image"] = image
    if any(axis.grouped_by == "caption" for axis in words.axes) or "caption" in words.kinds:
        keys["caption"] = caption
    chosen = words.select(**keys) if keys else words
    if not isinstance(chosen, Explanation) or chosen.kinds != ("word",):
        raise InputError(
            "one number a word",
            "a single number" if not isinstance(chosen, Explanation) else f"values over {', '.join(chosen.kinds)}",
            "Choose a place on the other axes first.",
        )
    return list(chosen.axes[0].labels), [float(value) for value in chosen.values], chosen.unit
