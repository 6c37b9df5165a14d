"""Scores by content, in memory or in a file that grows line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from saii_widgets.core.errors import ModelError


class ScoreMemory:
    """A mapping of keys to scores that only ever grows.

    Parameters
    ----------
    file : Path or None
        One JSON list [key, score] a line, after a first line that names the model. It is read at the start.
    of : str
        The model; a file of another one is refused.

    Raises
    ------
    ModelError
        The file is damaged, or another model's.
    """

    def __init__(self, file: Path | None, of: str) -> None:
        self._scores: dict[str, float] = {}
        self._file, self._of, self._unsaved = file, of, []
        if file is not None and file.exists():
            self._read(file)

    def __len__(self) -> int:
        return len(self._scores)

    def __contains__(self, key: str) -> bool:
        return key in self._scores

    def __getitem__(self, key: str) -> float:
        return self._scores[key]

    def add(self, keys: Sequence[str], scores: Iterable[float]) -> None:
        """Take note of scores."""
        for key, score in zip(keys, scores, strict=True):
            self._scores[key] = float(score)
            self._unsaved.append(json.dumps([key, float(score)]))

    def save(self) -> None:
        """Append what is new to the file, if there is one."""
        if self._file is None or not self._unsaved:
            return
        lines = self._unsaved if self._file.exists() else [json.dumps({"scores of": self._of}), *self._unsaved]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))
        self._unsaved = []

    def _read(self, file: Path) -> None:
        first, *lines = file.read_text(encoding="utf-8").splitlines() or ["{}"]
        try:
            of = json.loads(first).get("scores of")
            entries = [json.loads(line) for line in lines]
            self._scores = {str(key): float(score) for key, score in entries}
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"a file of scores, {file.name}", f"a damaged one ({error})", "Take another name."
            ) from error
        if of != self._of:
            raise ModelError(f"scores of {self._of!r} in {file.name}", f"scores of {of!r}", "Take another name.")
