"""What one has to know of a study before reading any of its rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from saii_widgets.core.study import Study

_SHOWN: Final = 3
_SKIPPED: Final = (
    ("skipped pictures", "picture file", "name", "", "could not be read and {} left out"),
    ("skipped records", "row", "row", "reason", "of the records could not be read and {} left out"),
)


def notice(study: Study) -> str:
    """What was left out of a study, and which pictures carry a warning, in a few sentences.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        Empty where there is nothing to say.
    """
    said = []
    for table, kind, name, reason, what in _SKIPPED:
        if rows := study.tables.get(table):
            why = [f" ({str(row.get(reason)).removesuffix('.')})" if reason else "" for row in rows]
            entries = [f"{row.get(name)}{one}" for row, one in zip(rows, why, strict=True)]
            said.append(_sentence(len(rows), kind, what.format("was" if len(rows) == 1 else "were"), entries))
    noted = [
        f"{scene.name} ({' '.join(scene.notes).removesuffix('.')})" for scene in study.scenes.values() if scene.notes
    ]
    if noted:
        said.append(
            _sentence(len(noted), "picture", "carries a warning" if len(noted) == 1 else "carry warnings", noted)
        )
    return " ".join(said)


def _sentence(number: int, kind: str, what: str, entries: Sequence[str]) -> str:
    more = f", and {number - _SHOWN:,} more" if number > _SHOWN else ""
    return f"{number:,} {kind}{'s' if number != 1 else ''} {what}: {', '.join(entries[:_SHOWN])}{more}."
