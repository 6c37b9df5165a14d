"""Numbers in sentences."""

from __future__ import annotations


def counted(n: int, thing: str) -> str:
    """``(1, "row")`` -> ``"1 row"``; ``(2000, "row")`` -> ``"2,000 rows"``."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"
