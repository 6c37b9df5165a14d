"""Progress on the terminal."""

from __future__ import annotations

import sys
from typing import Any


class StepBar:
    """One progress bar a step, on the terminal only."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._tqdm = tqdm
        self._bar: Any = None

    def begin(self, title: str) -> None:
        self._bar = self._tqdm(
            total=1, desc=f"{title:<42}", file=sys.stderr, leave=True, bar_format="{l_bar}{bar:24}| {elapsed}"
        )

    def progress(self, done: int, total: int, label: str) -> None:
        if self._bar is not None:
            self._bar.total = total + 1
            self._bar.n = done
            self._bar.set_postfix_str(label, refresh=True)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.n = self._bar.total
            self._bar.refresh()
            self._bar.close()
            self._bar = None
