"""What a concept graph needs in the browser: segments, contributions, edges and scores, checked and as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.narration import Narration
from saii_widgets.core.thumbnail import thumbnail
from saii_widgets.widgets import map_data

EDGES, STRENGTH, PRESENCE, RELATIONS = "edges", "strength", "presence", "relations"
SCORES: Final = ("classifier", "network")
REMOVED: Final = ("removed", "network removed")
"""Companions over (concept, class): what classifier and network say once a concept is taken away."""

_OVER: Final[dict[str, tuple[str, ...]]] = {
    EDGES: ("class", "concept", "concept"),
    STRENGTH: ("class", "concept"),
    PRESENCE: ("concept",),
    RELATIONS: ("concept", "concept", "relation"),
    **dict.fromkeys(SCORES, ("class",)),
    **dict.fromkeys(REMOVED, ("concept", "class")),
}
_RASTER: Final = 192  # cells of a segment's mask along the picture's longer side
_EXAMPLE: Final = 96  # pixels of an example's longer side
_MOST_EXAMPLES: Final = 8  # of one concept
_CALM_EDGES: Final = 2  # a concept: as many as are shown before a reader asks for more

Examples = Mapping[str, Sequence[Image.Image]] | Mapping[int, Sequence[Image.Image]]


@dataclass(frozen=True)
class ConceptData:
    """A result over (class, concept), with the texts and the examples that are shown beside it.

    Parameters
    ----------
    result : Explanation
        Over (class, concept), with the companions named in `_OVER` where they are known.
    narrations : mapping of str to Narration
        By the label of the class.
    examples : mapping of str or int to sequence of PIL.Image
        By label or place of the concept; at most eight of each are kept.

    Raises
    ------
    InputError
        Other axes, a companion that does not fit, a class or a concept that the result does not have.
    """

    result: Explanation
    narrations: Mapping[str, Narration] = field(default_factory=dict)
    examples: Examples = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.result.kinds != ("class", "concept"):
            came = f"one over ({', '.join(self.result.kinds)})"
            do = "Pass what explainer(image) returned; the view itself compares two classes (against=1)."
            raise InputError("a result over (class, concept)", came, do)
        if not self.classes:
            raise InputError("at least one class", "none", "Explain at least the predicted one.")
        sizes = {"class": len(self.classes), "concept": len(self.concepts)}
        for name, kinds in _OVER.items():
            beside = self._beside(name)
            if beside is None:
                continue
            wanted = tuple(sizes.get(kind, size) for kind, size in zip(kinds, beside.shape, strict=False))
            if beside.kinds != kinds or beside.shape != wanted:
                over = f"the companion {name!r} over ({', '.join(kinds)}), with the classes and concepts of the result"
                raise InputError(over, repr(beside), "Leave it out, or make it fit.")
        object.__setattr__(self, "examples", self._placed_examples())
        for name, said in self.narrations.items():
            if name not in self.classes:
                raise InputError(f"narrations of {', '.join(self.classes)}", f"one of {name!r}", "Name a class.")
            if said.names and len(said.names) != len(self.concepts):
                wanted = f"a narration that names the {len(self.concepts)} concepts"
                raise InputError(wanted, f"{len(said.names)} names", "Narrate this result.")

    @property
    def classes(self) -> tuple[str, ...]:
        return self.result.axes[0].labels

    @property
    def concepts(self) -> tuple[str, ...]:
        return self.result.axes[1].labels

    @property
    def boxes(self) -> NDArray[np.float32] | None:
        """Left, top, right, bottom of each segment as shares of the picture, (concepts, 4); None where not known."""
        axis = self.result.axes[1]
        if axis.boxes is not None:
            return axis.boxes
        if axis.masks is None:
            return None
        return np.array([_box(mask) for mask in axis.masks], np.float32).reshape(-1, 4)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which concepts were matched in this picture, (concepts,)."""
        axis, known = self.result.axes[1], self._beside(PRESENCE)
        there = np.ones(len(axis), bool) if known is None else known.values > 0
        if axis.masks is not None:
            return there & axis.masks.any(axis=(1, 2))
        if (boxes := self.boxes) is None:
            return there
        return there & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])

    @property
    def predicted(self) -> int:
        """The class to begin with: the classifier's first, else the one with the largest sum."""
        scores = self._beside(SCORES[0])
        return int((self.result.values.sum(axis=1) if scores is None else scores.values).argmax())

    @property
    def calm_threshold(self) -> float:
        """The share of the strongest edge from which on a few edges a concept are left, in steps of 0.05."""
        edges = self._beside(EDGES)
        if edges is None or not edges.values.any():
            return 0.0
        sizes = np.sort(np.abs(edges.values).reshape(len(self.classes), -1), axis=1)[:, ::-1]
        most = _CALM_EDGES * len(self.concepts)
        if most >= sizes.shape[1]:
            return 0.0
        return float(np.ceil(20 * sizes[:, most].max() / sizes.max()) / 20)

    def about(self) -> dict[str, Any]:
        """All names and places, as JSON."""
        result, boxes = self.result, self.boxes
        relations, scores = self._beside(RELATIONS), self._beside(SCORES[0]) or self._beside(SCORES[1])
        return {
            "title": result.title,
            "unit": result.unit,
            "score_unit": "probability" if scores is None else scores.unit,
            "classes": list(self.classes),
            "concepts": list(self.concepts),
            "present": self.present.tolist(),
            "boxes": None if boxes is None else boxes.tolist(),
            "raster": list(self._raster().shape[1:]),
            "relations": [] if relations is None else list(relations.axes[2].labels),
            "texts": {str(self.classes.index(name)): _text(said) for name, said in self.narrations.items()},
            "examples": [concept for concept, _ in self.placed],
        }

    def state(self) -> dict[str, Any]:
        """The widget's private traits."""
        result = self.result
        return {
            "_about": self.about(),
            "_values": map_data.float_bytes(result.values),
            **{f"_{name}": self._bytes(name) for name in (EDGES, STRENGTH, RELATIONS)},
            "_scores": [self._bytes(name) for name in (*SCORES, *REMOVED)],
            "_masks": np.packbits(self._raster(), axis=None).tobytes(),
            "_pictures": [map_data.picture_bytes(image) for image in result.images[:1]],
            "_examples": [map_data.picture_bytes(image) for _, image in self.placed],
        }

    @property
    def placed(self) -> tuple[tuple[int, Image.Image], ...]:
        """All examples, concept by concept: the place of the concept and the picture."""
        return tuple((k, image) for k, images in self.examples.items() for image in images if isinstance(k, int))

    def _placed_examples(self) -> dict[int, tuple[Image.Image, ...]]:
        found: dict[int, tuple[Image.Image, ...]] = {}
        for name, images in self.examples.items():
            place = name if isinstance(name, int) else next((k for k, c in enumerate(self.concepts) if c == name), -1)
            if not 0 <= place < len(self.concepts):
                known = f"examples of {', '.join(self.concepts) or 'no concepts'}"
                raise InputError(known, f"some of {name!r}", "Name a concept, or its place.")
            found[place] = tuple(thumbnail(image, _EXAMPLE) for image in images[:_MOST_EXAMPLES])
        return dict(sorted(found.items()))

    def _beside(self, name: str) -> Explanation | None:
        return self.result.companions.get(name)

    def _bytes(self, name: str) -> bytes:
        beside = self._beside(name)
        return b"" if beside is None else map_data.float_bytes(beside.values)

    def _raster(self) -> NDArray[np.bool_]:
        """Masks of the segments, coarse enough to travel; full boxes where there are no masks, (concepts, h, w)."""
        masks = self.result.axes[1].masks
        if masks is not None:
            step = -(-max(*masks.shape[1:], 1) // _RASTER)
            return masks[:, ::step, ::step]
        boxes, middle = self.boxes, (np.arange(_RASTER) + 0.5) / _RASTER
        if boxes is None:
            return np.zeros((len(self.concepts), 0, 0), bool)
        left, top, right, bottom = (edge[:, None] for edge in boxes.T)
        across, down = (left <= middle) & (middle < right), (top <= middle) & (middle < bottom)
        return down[:, :, None] & across[:, None, :]


def _box(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return (0.0, 0.0, 0.0, 0.0)
    height, width = mask.shape
    return (columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)


def _text(said: Narration) -> dict[str, Any]:
    return {
        "text": said.text,
        "spans": [[span.start, span.end, span.concept, span.kind] for span in said.spans],
        "sentences": [list(ends) for ends in said.sentences],
    }
