"""The structural concept graph of one picture: which concepts were found, what they look like, how they lie."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.places import places
from saii_widgets.core.spatial_relations import RELATIONS as RELATIONS
from saii_widgets.core.spatial_relations import mask_boxes, spatial_relations

if TYPE_CHECKING:
    import networkx

_FORMAT: Final = "saii-concept-graph"
_VERSION: Final = 2


@dataclass(frozen=True, eq=False, repr=False)
class ConceptGraph:
    """Concepts of one picture as nodes, their spatial relations as edges in both directions.

    Parameters
    ----------
    concepts : Axis
        Of kind "concept", a place for each of the k concepts of the vocabulary, with masks and boxes of the segments
        that were matched; an empty mask and a box of zeros where the concept is missing.
    present : bool array, (k,)
        Which concepts were found.
    features : float32 array, (k, d)
        What each segment looks like; zeros where the concept is missing.
    edges : float32 array, (k, k, 5)
        `RELATIONS` of node i as seen from node j at (j, i); zeros where an end is missing.
    hypothesis : str
        The class for which the graph was built.
    rest : float32 array, (d,)
        What the picture looks like beside the concepts; empty where that was not read.
    whole : ConceptGraph, optional
        Of the picture before any edit, for a graph that was edited.

    Raises
    ------
    InputError
        Parts of different lengths, an axis without masks, or numbers where a concept is missing.
    """

    concepts: Axis
    present: NDArray[np.bool_]
    features: NDArray[np.float32]
    edges: NDArray[np.float32]
    hypothesis: str = ""
    rest: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    whole: ConceptGraph | None = None

    def __post_init__(self) -> None:
        k = len(self.concepts)
        if self.concepts.masks is None or self.concepts.boxes is None:
            raise InputError("concepts with masks and boxes", "an axis without", "Build the graph from masks.")
        features = np.array(self.features, np.float32)
        kept = {
            "present": np.array(self.present, bool),
            "features": features.reshape(k, -1) if features.size else features,
            "edges": np.array(self.edges, np.float32),
            "rest": np.array(self.rest, np.float32),
        }
        d = features.shape[1:2]
        wanted = {"present": (k,), "features": (k, *d), "edges": (k, k, len(RELATIONS))}
        wanted["rest"] = d if kept["rest"].size else (0,)
        for name, array in kept.items():
            if array.shape != wanted[name]:
                raise InputError(f"{name} of shape {wanted[name]}", str(array.shape), "Give one for each concept.")
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        gone = ~self.present
        apart = gone[:, None] | gone[None, :]
        if self.features[gone].any() or self.edges[apart].any() or self.concepts.masks[gone].any():
            raise InputError("zeros where a concept is missing", "other numbers", "Build the graph from masks.")

    @classmethod
    def from_masks(
        cls,
        labels: Sequence[str],
        masks: ArrayLike,
        features: ArrayLike,
        hypothesis: str = "",
        rest: ArrayLike = (),
        whole: ConceptGraph | None = None,
    ) -> ConceptGraph:
        """A graph from where its concepts are.

        Parameters
        ----------
        labels : sequence of str
            The k concepts.
        masks : bool array, (k, height, width)
            An empty mask says that the concept is missing.
        features : float array, (k, d)
            Those of missing concepts are not looked at.
        hypothesis : str
        rest : float array, (d,), optional
            Features of what lies beside the concepts.
        whole : ConceptGraph, optional
        """
        regions = np.array(masks, bool)
        if regions.ndim != 3:
            raise InputError("masks (k, height, width)", f"shape {regions.shape}", "Give one mask a concept.")
        present = np.any(regions, axis=(1, 2))
        axis = Axis("concept", tuple(labels), boxes=mask_boxes(regions), masks=regions)
        shown = np.where(present[:, None], np.asarray(features, np.float32).reshape(len(regions), -1), 0)
        return cls(axis, present, shown, spatial_relations(regions), hypothesis, np.asarray(rest, np.float32), whole)

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def masks(self) -> NDArray[np.bool_]:
        """Where the concepts are, (k, height, width)."""
        assert self.concepts.masks is not None
        return self.concepts.masks

    @property
    def boxes(self) -> NDArray[np.float32]:
        """Boxes of the concepts as shares of the picture, (k, 4)."""
        assert self.concepts.boxes is not None
        return self.concepts.boxes

    @property
    def found(self) -> tuple[str, ...]:
        """Labels of the concepts that are there."""
        return tuple(label for label, there in zip(self.concepts.labels, self.present, strict=True) if there)

    def place(self, concept: int | str) -> int:
        """Number of a concept that is there.

        Raises
        ------
        LabelError
            No such concept in the vocabulary.
        InputError
            It is missing in this picture.
        """
        k = self._number(concept)
        if not self.present[k]:
            raise InputError(
                f"a concept that was found ({', '.join(self.found) or 'none was'})",
                f"{self.concepts.labels[k]!r}, which is missing in this picture",
                "Choose one of those.",
            )
        return k

    def _number(self, concept: int | str) -> int:
        where = places(self.concepts, concept)
        assert isinstance(where, int)
        return where

    def without(self, concept: int | str) -> ConceptGraph:
        """The graph with one concept missing; one that is missing already changes nothing."""
        k = self._number(concept)
        masks = self.masks.copy()
        masks[k] = False
        return self._with(masks, self.features)

    def moved(self, concept: int | str, dx: float, dy: float) -> ConceptGraph:
        """The graph with one concept elsewhere: its edges are computed anew, its features stay.

        Parameters
        ----------
        concept : int or str
        dx, dy : float
            To the right and downwards, in widths and heights of the picture. What leaves the picture is cut off.

        Raises
        ------
        InputError
            The concept is missing, or nothing of it stays in the picture.
        """
        k = self.place(concept)
        masks = self.masks.copy()
        masks[k] = moved_mask(masks[k], dx, dy)
        if not masks[k].any():
            raise InputError("a place within the picture", f"an offset ({dx:g}, {dy:g})", "Move it less far.")
        return self._with(masks, self.features)

    def replaced(self, concept: int | str, features: ArrayLike, mask: ArrayLike | None = None) -> ConceptGraph:
        """The graph with one concept looking otherwise.

        Parameters
        ----------
        concept : int or str
        features : float array, (d,)
            Such as those of the same concept in another picture.
        mask : bool array, (height, width), optional
            Where it is; by default where it was.

        Raises
        ------
        InputError
            Features or a mask of another shape, or no mask for a concept that is missing.
        """
        k = self._number(concept) if mask is not None else self.place(concept)
        shown, masks = self.features.copy(), self.masks.copy()
        came = np.asarray(features, np.float32)
        where = masks[k] if mask is None else np.asarray(mask, bool)
        if came.shape != shown[k].shape or where.shape != masks[k].shape or not where.any():
            raise InputError(
                f"features of shape {shown[k].shape} and a mask of shape {masks[k].shape} that is not empty",
                f"shapes {came.shape} and {where.shape}",
                "Take both from a graph of the same vocabulary and picture size.",
            )
        shown[k], masks[k] = came, where
        return self._with(masks, shown)

    @property
    def original(self) -> ConceptGraph:
        """The graph before any edit; itself, if it was not edited."""
        return self if self.whole is None else self.whole

    @property
    def rest_share(self) -> float:
        """The share of the picture that lay beside the concepts before any edit."""
        return float((~self.original.masks.any(0)).mean())

    def _with(self, masks: NDArray[np.bool_], features: NDArray[np.float32]) -> ConceptGraph:
        return ConceptGraph.from_masks(self.concepts.labels, masks, features, self.hypothesis, self.rest, self.original)

    def to_json(self) -> str:
        """The graph as a text that :meth:`from_json` reads; masks as lengths of runs, row by row, from False on."""
        return json.dumps(
            {
                "format": _FORMAT,
                "version": _VERSION,
                "hypothesis": self.hypothesis,
                "concepts": list(self.concepts.labels),
                "size": list(self.masks.shape[1:]),
                "masks": [_runs(mask) for mask in self.masks],
                "features": [[float(x) for x in row] for row in self.features],
                "rest": [float(x) for x in self.rest],
                "whole": None if self.whole is None else self.whole.to_json(),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> ConceptGraph:
        """Read back what :meth:`to_json` wrote; relations are computed from the masks.

        Raises
        ------
        InputError
            No such text, or a damaged one.
        """
        try:
            entry: dict[str, Any] = json.loads(text)
            if (entry["format"], entry["version"]) != (_FORMAT, _VERSION):
                raise ValueError(f"{entry['format']!r}, version {entry['version']!r}")
            high, wide = (int(n) for n in entry["size"])
            masks = np.array([_mask(runs, high, wide) for runs in entry["masks"]], bool).reshape(-1, high, wide)
            features = np.array(entry["features"], np.float32).reshape(len(masks), -1)
            rest = np.array(entry["rest"], np.float32)
            return cls.from_masks(
                tuple(entry["concepts"]),
                masks,
                features,
                str(entry["hypothesis"]),
                rest,
                None if entry["whole"] is None else cls.from_json(str(entry["whole"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a concept graph as to_json() writes it, version {_VERSION}", str(error), "Write it anew."
            ) from error

    def to_networkx(self) -> networkx.DiGraph:
        """The graph for networkx: all concepts as nodes, and edges in both directions between those that were found.

        Nodes carry `present`, `box` and `features`; edges the relations by name.
        """
        import networkx

        graph = networkx.DiGraph(hypothesis=self.hypothesis)
        labels = self.concepts.labels
        for k, label in enumerate(labels):
            graph.add_node(
                label, present=bool(self.present[k]), box=self.boxes[k].tolist(), features=self.features[k].tolist()
            )
        there = np.flatnonzero(self.present)
        for j in there:
            for i in there:
                if i != j:
                    named = zip(RELATIONS, self.edges[j, i].tolist(), strict=True)
                    graph.add_edge(labels[j], labels[i], **dict(named))
        return graph

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConceptGraph):
            return NotImplemented
        arrays = ("present", "features", "edges", "rest")
        same = (self.concepts, self.hypothesis, self.whole) == (other.concepts, other.hypothesis, other.whole)
        return same and all(np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays)

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        about = f" for {self.hypothesis!r}" if self.hypothesis else ""
        return f"ConceptGraph{about}: {int(self.present.sum())} of {len(self)} concepts"


def moved_mask(mask: NDArray[np.bool_], dx: float, dy: float) -> NDArray[np.bool_]:
    """A mask shifted by shares of the picture; what leaves the picture is cut off."""
    high, wide = mask.shape
    rows, columns = np.nonzero(mask)
    rows, columns = rows + round(dy * high), columns + round(dx * wide)
    inside = (rows >= 0) & (rows < high) & (columns >= 0) & (columns < wide)
    shifted = np.zeros_like(mask)
    shifted[rows[inside], columns[inside]] = True
    return shifted


def _runs(mask: NDArray[np.bool_]) -> list[int]:
    flat = np.concatenate([[False], mask.ravel()])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()


def _mask(runs: Sequence[int], high: int, wide: int) -> NDArray[np.bool_]:
    lengths = np.array(runs, int)
    if (lengths < 0).any() or lengths.sum() != high * wide:
        raise ValueError("a mask of another size than the picture")
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths).reshape(high, wide)
