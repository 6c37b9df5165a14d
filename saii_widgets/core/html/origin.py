"""How a result was made, folded away under it."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from saii_widgets.core.origin import Origin

_LONGEST = 240  # characters of one setting


def origin_details(origin: Origin | None, summary: str = "How these numbers were made") -> str:
    """Model, revision, method, settings, passes, time and versions in a ``<details>``."""
    if origin is None:
        return ""
    facts: list[tuple[str, Any]] = [
        ("method", origin.method),
        ("model", origin.model),
        ("revision", origin.revision),
        ("masking", origin.masking),
        ("seed", origin.seed),
        ("encoder passes", origin.encoder_passes),
        ("seconds", None if origin.seconds is None else f"{origin.seconds:.2f}"),
        *((name.replace("_", " "), setting) for name, setting in origin.settings.items()),
        ("versions", ", ".join(f"{name} {version}" for name, version in origin.versions.items())),
    ]
    lines = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(_said(value))}</dd>" for name, value in facts if value not in (None, "")
    )
    return f'<details class="saii-origin"><summary>{escape(summary)}</summary><dl>{lines}</dl></details>'


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= _LONGEST:
        return text
    entries = f" ({len(value)} entries)" if isinstance(value, (list, tuple, dict)) else ""
    return text[:_LONGEST].rstrip() + " …" + entries
