"""What a training run says of itself: lines of JSON, on the screen and beside the weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LOG_FILE: Final = "training.jsonl"


class TrainingLog:
    """Takes a line at a time; every line is on the disk at once, so that a run that is stopped leaves its log.

    Parameters
    ----------
    folder : Path
        Of the weights.
    say : callable, optional
        Receives each line as well; by default it is printed.
    leads : bool
        Whether this process is the one of its team that writes; the others are silent.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] | None = None, *, leads: bool = True) -> None:
        self.file = folder / LOG_FILE
        self.say = say or partial(print, flush=True)
        self.leads = leads

    def begin(self, recipe: DataclassInstance) -> None:
        """Start the file anew, with the recipe as its first line."""
        if self.leads:
            self.file.unlink(missing_ok=True)
        self({"recipe": asdict(recipe)})

    def __call__(self, line: Mapping[str, object]) -> None:
        """Add a line."""
        if not self.leads:
            return
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.say(json.dumps(line))
