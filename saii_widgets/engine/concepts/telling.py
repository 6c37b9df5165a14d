"""What there is to tell of one class hypothesis: its strongest concepts, how they count and how they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.places import places

_ROWS: Final = ("top", "", "bottom")
_COLUMNS: Final = ("left", "", "right")
PLACES: Final = tuple(" ".join(filter(None, (row, column))) or "middle" for row in _ROWS for column in _COLUMNS)
"""Where a concept is, by thirds of the picture, row by row."""

DIRECTIONS: Final = (
    "right of",
    "below and right of",
    "below",
    "below and left of",
    "left of",
    "above and left of",
    "above",
    "above and right of",
)
"""How a concept lies to another, by eighths of the circle from the right on, clockwise."""
ON: Final = "on"
RELATION_WORDS: Final = (*DIRECTIONS, ON)
_WITHIN: Final = 0.6  # share of a concept that must lie within the other's segment to be said to be on it
_WEAKEST: Final = 0.05  # of the largest; less is no tenth


@dataclass(frozen=True, eq=False)
class Telling:
    """The concepts that are to be told of one class, in the order of telling.

    Where the class is the predicted one, what speaks for it comes first, else what speaks against it; within each,
    the strongest first.

    Parameters
    ----------
    class_name : str
    predicted : bool
        Whether the classifier takes the picture for this class.
    concepts : int array, (n,)
        Their places on the explanation's concept axis.
    values : float32 array, (n,)
        Signed contributions.
    strengths : float32 array, (n,)
        In 0..1.
    features : float32 array, (n, d)
    boxes : float32 array, (n, 4)
        As shares of the picture.
    relations : float32 array, (n, n, 5)
        Of i as seen from j at (j, i): offset to the right and downwards, distance, size ratio, overlap.
    """

    class_name: str
    predicted: bool
    concepts: NDArray[np.intp]
    values: NDArray[np.float32]
    strengths: NDArray[np.float32]
    features: NDArray[np.float32]
    boxes: NDArray[np.float32]
    relations: NDArray[np.float32]

    @classmethod
    def of(cls, explanation: Explanation, class_name: int | str | None = None, *, n_told: int = 5) -> Telling:
        """What to tell of an explanation.

        Parameters
        ----------
        explanation : Explanation
            Of a `ConceptExplainer`: axes (class, concept), with its companions.
        class_name : int or str, optional
            By default the predicted class.
        n_told : int
            At most so many concepts.

        Raises
        ------
        InputError
            Another kind of explanation.
        LabelError
            A class that it is not about.
        """
        wanted = ("presence", "features", "relations", "classifier", "strength")
        missing = [name for name in wanted if name not in explanation.companions]
        if explanation.kinds != ("class", "concept") or missing:
            raise InputError(
                "an explanation over (class, concept), as a ConceptExplainer makes it",
                f"one over ({', '.join(explanation.kinds)})" + (f" without {', '.join(missing)}" if missing else ""),
                "Call a fitted ConceptExplainer with a picture.",
            )
        axis, boxes = explanation.axis("class"), explanation.axis("concept").boxes
        with_it = {name: explanation.companions[name].values for name in wanted}
        top = int(with_it["classifier"].argmax())
        k = top if class_name is None else places(axis, class_name)
        if not isinstance(k, int):
            raise InputError("one class", repr(class_name), f"Name one of {', '.join(axis.labels)}.")
        there = np.flatnonzero(with_it["presence"] > 0)
        return cls.sorted(
            axis.labels[k],
            k == top,
            there,
            explanation.values[k, there],
            with_it["strength"][k, there],
            with_it["features"][there],
            np.zeros((len(there), 4)) if boxes is None else boxes[there],
            with_it["relations"][np.ix_(there, there)],
            n_told=n_told,
        )

    @classmethod
    def sorted(
        cls,
        class_name: str,
        predicted: bool,
        concepts: ArrayLike,
        values: ArrayLike,
        strengths: ArrayLike,
        features: ArrayLike,
        boxes: ArrayLike,
        relations: ArrayLike,
        *,
        n_told: int = 5,
    ) -> Telling:
        """The strongest of some concepts, in the order of telling."""
        value, strength = np.asarray(values, np.float32), np.asarray(strengths, np.float32)
        size = np.abs(value)
        told = np.argsort(-size, kind="stable")[:n_told]
        told = told[(size[told] > 0) & (strength[told] >= _WEAKEST)]
        first = value[told] > 0 if predicted else value[told] < 0
        told = np.concatenate([told[first], told[~first]])
        return cls(
            class_name,
            predicted,
            np.asarray(concepts, np.intp)[told],
            value[told],
            strength[told],
            np.asarray(features, np.float32)[told],
            np.asarray(boxes, np.float32)[told],
            np.asarray(relations, np.float32)[np.ix_(told, told)],
        )

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def tenths(self) -> NDArray[np.intp]:
        """Strengths in tenths, 1 to 10."""
        return np.clip(np.rint(10 * self.strengths), 1, 10).astype(np.intp)

    @property
    def place(self) -> int:
        """Where the first concept is in the picture: an index into `PLACES`."""
        return int(place_number(self.boxes[:1])[0])

    @property
    def relation(self) -> tuple[str, ...]:
        """How each concept lies to the first."""
        return tuple(RELATION_WORDS[k] for k in relation_number(self.relations[0]))


def place_number(boxes: NDArray[np.float32]) -> NDArray[np.intp]:
    """Index into `PLACES` of the middle of each box, (n,)."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    column, row = (np.clip((3 * at).astype(np.intp), 0, 2) for at in (x, y))
    return 3 * row + column


def relation_number(relations: NDArray[np.float32]) -> NDArray[np.intp]:
    """Index into `RELATION_WORDS` of relations (..., 5)."""
    angle = np.arctan2(relations[..., 1], relations[..., 0])
    eighth = np.rint(angle / (np.pi / 4)).astype(np.intp) % 8
    return np.where(relations[..., 4] >= _WITHIN, len(DIRECTIONS), eighth)
