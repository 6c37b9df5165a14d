"""From fitted games to explanations: cross interactions with main effects and within-modality pairs beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.games import Part


class FittedGames(Protocol):
    """The games of one picture with M captions, as they were fitted."""

    def image_pairs(self) -> Part:
        """Interactions within the picture, (n, n, M)."""
        ...

    def caption_pairs(self, caption: int) -> Part:
        """Interactions within a caption, (m, m)."""
        ...


class InteractionResults:
    """Values over (image, word, patch) and what goes with them.

    Parameters
    ----------
    games, tables : sequence
        One a picture.
    blocks : sequence of slice
        Rows of each caption in a table.
    images, words, patches, captions : Axis
    shown : dict
        Origin, pictures and captions that all parts carry.
    title : str
    """

    def __init__(
        self,
        games: Sequence[FittedGames],
        tables: Sequence[Part],
        blocks: Sequence[slice],
        *,
        images: Axis,
        captions: Axis,
        words: Axis,
        patches: Axis,
        shown: dict[str, Any],
        title: str,
    ) -> None:
        self._games, self._tables, self._blocks = games, tables, blocks
        self._images, self._captions, self._words, self._patches = images, captions, words, patches
        self._shown, self._title = {"unit": "logit", **shown}, title

    def explanation(self, order: int, r_squared: NDArray[np.float64] | None) -> Explanation:
        """Cross interactions; companions "word" and "patch" (main effects), for order 2 "words" and "patches" (pairs).

        Where R2 is given, the companion "r2" has it for every pair.
        """
        heads = [block.start for block in self._blocks]
        values, errors = (np.stack([np.delete(part[k], heads, 0) for part in self._tables]) for k in (0, 1))
        mains = [np.stack([part[k][heads] for part in self._tables]) for k in (0, 1)]  # (N, M, 1 + n)
        companions = {
            "word": self._part(values[:, :, 0], errors[:, :, 0], (self._images, self._words), "Main effects of words"),
            "patch": self._part(
                mains[0][..., 1:],
                mains[1][..., 1:],
                (self._images, self._captions, self._patches),
                "Main effects of the picture's parts",
            ),
        }
        if order == 2:
            companions |= self._within()
        if r_squared is not None:
            axes = (self._images, self._captions)
            r2 = self._part(r_squared, None, axes, "R2 of the approximation on fresh coalitions")
            companions["r2"] = replace(r2, unit="R2")
        cross = self._part(values[:, :, 1:], errors[:, :, 1:], (self._images, self._words, self._patches), self._title)
        return replace(cross, companions=companions)

    def _within(self) -> dict[str, Explanation]:
        patches = [game.image_pairs() for game in self._games]  # (n, n, M) each
        values, errors = (np.stack([part[k].transpose(2, 0, 1) for part in patches]) for k in (0, 1))
        n_words = len(self._words)
        words = np.zeros((2, len(self._games), n_words, n_words))
        for n, game in enumerate(self._games):
            for m, block in enumerate(self._blocks):
                rows = slice(block.start - m, block.stop - m - 1)  # without the heads of the blocks
                words[:, n, rows, rows] = game.caption_pairs(m)
        return {
            "words": self._part(
                words[0], words[1], (self._images, self._words, self._words), "Interactions of words with words"
            ),
            "patches": self._part(
                values,
                errors,
                (self._images, self._captions, self._patches, self._patches),
                "Interactions of the picture's parts with one another",
            ),
        }

    def _part(self, values: Any, errors: Any, axes: tuple[Axis, ...], title: str) -> Explanation:
        return Explanation(values, axes=axes, errors=errors, title=title, **self._shown)


def of_one_pair(explanation: Explanation) -> Explanation:
    """The same without the axes of one picture and one caption."""

    def bare(part: Explanation) -> Explanation:
        kept = tuple(axis for axis in part.axes if axis.kind not in ("image", "caption"))
        shape = tuple(len(axis) for axis in kept)
        errors = None if part.errors is None else part.errors.reshape(shape)
        return replace(part, values=part.values.reshape(shape), errors=errors, axes=kept, companions={})

    companions = {name: bare(part) for name, part in explanation.companions.items() if name != "r2"}
    return replace(bare(explanation), companions=companions)
