"""What an explanation claims of any coalition: main effects and pairs in raw variables (MATH.md 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.coalitions import Keep

Array = NDArray[np.float64]
Sides = Literal["image", "caption", "both"]

_KINDS: dict[tuple[str, ...], Sides] = {("word", "patch"): "both", ("patch",): "image", ("word",): "caption"}


@dataclass(frozen=True)
class Reading:
    """An explanation as a function of coalitions, up to an offset.

    Players are those of the picture, then those of the caption. A map is read as an additive function: what is kept of
    it adds up. Interactions are read as their expansion: main effects and pairs.

    Attributes
    ----------
    main : float64 array, (n + m,)
        What a player adds to the empty coalition.
    pairs : float64 array, (n + m, n + m)
        Symmetric, zero on the diagonal.
    n_image : int
        Players of the picture.
    sides : {"image", "caption", "both"}
        What the explanation speaks of.
    in_units : bool
        Whether the numbers are in the unit of the score; of relevance only the proportions count.
    """

    main: Array
    pairs: Array
    n_image: int
    sides: Sides
    in_units: bool

    @classmethod
    def of(cls, explanation: Explanation, n: int, m: int, *, unit: str, centre: float) -> Reading:
        """Of an explanation of one pair.

        Parameters
        ----------
        explanation : Explanation
            Over (word, patch), (patch) or (word).
        n, m : int
            Players of the picture and of the caption.
        unit : str
            Of the model's score.
        centre : float
            p, where the main effects are those among other players that are there with probability p.

        Raises
        ------
        InputError
            Other axes, or not one place a player.
        """
        sides = sides_of(explanation)
        shape = {"both": (m, n), "image": (n,), "caption": (m,)}[sides]
        if explanation.shape != shape:
            raise InputError(
                f"an explanation of {n} parts of the picture and {m} words",
                " x ".join(map(str, explanation.shape)),
                "Pass the picture and the caption that it is of.",
            )
        main, pairs = np.zeros(n + m), np.zeros((n + m, n + m))
        values = explanation.values.astype(np.float64)
        if sides == "both":
            pairs[n:, :n], pairs[:n, n:] = values, values.T
            beside = explanation.companions
            for name, rows in (("patches", slice(n)), ("words", slice(n, None))):
                if name in beside and beside[name].values.ndim == 2:
                    within = beside[name].values.astype(np.float64)
                    pairs[rows, rows] = (within + within.T) / 2
            for name, rows in (("patch", slice(n)), ("word", slice(n, None))):
                if name in beside and beside[name].values.ndim == 1:
                    main[rows] = beside[name].values - centre * pairs[rows].sum(1)
        else:
            main[slice(n) if sides == "image" else slice(n, None)] = values
        np.fill_diagonal(pairs, 0)
        return cls(main, pairs, n, sides, explanation.unit == unit)

    @property
    def players(self) -> NDArray[np.intp]:
        """Those that the explanation speaks of."""
        first, last = {"image": (0, self.n_image), "caption": (self.n_image, len(self.main))}.get(
            self.sides, (0, len(self.main))
        )
        return np.arange(first, last)

    @property
    def order(self) -> int:
        """2 where pairs are known."""
        return 2 if self.pairs.any() else 1

    def predict(self, keep: Keep) -> Array:
        """What coalitions (K, n + m) are worth more than none, (K,), in the unit of the explanation."""
        x = keep.astype(np.float64)
        return x @ self.main + ((x @ self.pairs) * x).sum(1) / 2

    def averaged(self, p: float) -> Array:
        """Each player's effect among others that are there with probability p, (n + m,)."""
        return self.main + p * self.pairs.sum(1)


def sides_of(explanation: Explanation) -> Sides:
    """What an explanation of one pair, or of many of which one is still to be chosen, speaks of.

    Raises
    ------
    InputError
        Other axes than (word, patch), (patch) or (word).
    """
    kinds = tuple(kind for kind in explanation.kinds if kind not in ("image", "caption"))
    if kinds not in _KINDS:
        raise InputError(
            "an explanation of one pair, over (word, patch), (patch) or (word)",
            f"one over ({', '.join(explanation.kinds)})",
            "Choose one picture and one caption: result.select(image=0, caption=0).",
        )
    return _KINDS[kinds]
