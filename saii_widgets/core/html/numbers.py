"""Numbers as a reader wants them: few digits, a true minus sign, shares in per cent."""

from __future__ import annotations

import math

SHARES = ("probability", "share")
_TWO_DECIMALS = ("logit", "cosine", "correlation", "AUC", "R2")
_NO_BREAK = "\u202f"  # between a number and its per cent sign
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(value: float, unit: str = "", *, signed: bool = False, bare: bool = False) -> str:
    r"""A number with as many digits as its unit deserves.

    Parameters
    ----------
    value : float
        Shares and probabilities from 0 to 1; they are shown in per cent.
    unit : str
        Of the value: "probability", "share", "logit", "cosine", "rank", "relevance" or any other.
    signed : bool
        Put a plus sign before positive numbers.
    bare : bool
        Leave out the per cent sign, for columns that carry it in their head.

    Examples
    --------
    >>> shown(0.4236, "probability"), shown(-3.14159, "logit"), shown(0.0001, "share")
    ('42.4\u202f%', '−3.14', '<0.1\u202f%')
    """
    if unit in SHARES:
        return _per_cent(value, "" if bare else f"{_NO_BREAK}%", signed)
    if unit in _TWO_DECIMALS:
        text = f"{value:.2f}"
    elif float(value).is_integer():
        text = f"{value:.0f}"
    else:
        text = f"{value:.1f}" if unit == "rank" else _significant(value)
    return _with_sign(text, value, signed)


def unit_words(unit: str) -> str:
    """The unit as it stands in a legend."""
    return f"{unit}, %" if unit in SHARES else unit


def _per_cent(value: float, ending: str, signed: bool) -> str:
    if 0 < abs(value) < 0.0005:
        return ("<0.1" if value > 0 else ">−0.1") + ending
    if 0.9995 <= value < 1 and not signed:
        return ">99.9" + ending
    return _with_sign(f"{100 * value:.1f}", value, signed) + ending


def _significant(value: float) -> str:
    size = abs(value)
    if size == 0 or size >= 100:
        return f"{value:.0f}"
    if size >= 1:
        return f"{value:.2f}"
    if size >= 0.01:
        return f"{value:.3f}"
    exponent = math.floor(math.log10(size))
    return f"{value / 10**exponent:.1f} × 10{str(exponent).translate(_SUPERSCRIPT)}"


def _with_sign(text: str, value: float, signed: bool) -> str:
    if not text.strip("-0."):  # a small negative number that is shown as zero
        return text.lstrip("-")
    text = text.replace("-", "−", 1)
    return f"+{text}" if signed and value > 0 else text
