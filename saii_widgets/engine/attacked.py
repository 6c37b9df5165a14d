"""One pair before and after an attack, and what the attack cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene


@dataclass(frozen=True, eq=False)
class Attacked:
    """What became of one pair under attack.

    Parameters
    ----------
    before, after : Scene
        Picture and caption as they were and as they are; the picture keeps its size.
    held : bool
        Whether the target ranked the pair's own caption first before anything was changed; if not, nothing was.
    success : bool
        Whether the changed picture ranks another caption above the pair's own changed one.
    n_queries : int
        Pairs that the target was asked for, those of the ranking before the attack included.
    n_steps : int
        Gradient steps on the surrogate.
    similarities : Explanation
        Over (round, caption): what the target answered before ("before") and after each round. The captions are those
        it ranked; the pair's own one comes first, and may differ by a word from round to round.
    """

    before: Scene
    after: Scene
    held: bool
    success: bool
    n_queries: int
    n_steps: int
    similarities: Explanation

    @property
    def largest_change(self) -> int:
        """Of a colour of a pixel, in levels of 255."""
        before, after = (np.asarray(scene.image.convert("RGB"), np.int16) for scene in (self.before, self.after))
        return int(np.abs(after - before).max())

    def to_dict(self) -> dict[str, object]:
        """One row of a table."""
        return {
            "caption": str(self.before.caption),
            "caption after": str(self.after.caption),
            "held": self.held,
            "success": self.success,
            "queries": self.n_queries,
            "steps": self.n_steps,
            "largest change": self.largest_change,
        }
