"""What a classifier itself loses when segments are greyed: the reference, and all that a closed model allows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.places import place
from saii_widgets.core.spatial_relations import mask_boxes
from saii_widgets.engine.concepts.concept_results import concept_result
from saii_widgets.engine.concepts.picture_edits import GREY, greyed
from saii_widgets.engine.concepts.segments import working_size
from saii_widgets.engine.concepts.shapley import coalitions_of, shapley_values
from saii_widgets.engine.superpixels import superpixels

_BATCH: Final = 32


class Predictor(Protocol):
    """A classifier of which no more than its predictions is asked."""

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Sequence[str]: ...

    def class_logits(self, images: Sequence[Image.Image], /) -> Tensor: ...


class Occlusion:
    """Contributions of regions to a classifier's own logits, by greying them.

    Parameters
    ----------
    classifier : Classifier or PredictionOnly
    method : {"node drop", "shapley"}
        "node drop": by how much the logit falls when the region alone is greyed. "shapley": the mean of that fall over
        all orders, exact, for up to 12 regions.
    segments : int
        Superpixels, where no graph is given.
    """

    def __init__(
        self, classifier: Predictor, method: Literal["node drop", "shapley"] = "node drop", *, segments: int = 20
    ) -> None:
        if method not in ("node drop", "shapley"):
            raise InputError("'node drop' or 'shapley'", repr(method), "Choose one.")
        self.classifier, self.method, self.segments = classifier, method, segments

    def __call__(self, image: Image.Image, classes: Sequence[str], graph: ConceptGraph | None = None) -> Explanation:
        """Weigh the regions of a picture.

        Parameters
        ----------
        image : PIL.Image
        classes : sequence of str
        graph : ConceptGraph, optional
            Whose concepts are greyed; by default superpixels that cover the picture.

        Returns
        -------
        Explanation
            float32, axes (class, concept), unit "logit", with the companions "strength" and "presence"; zero where a
            concept is missing.
        """
        started = time.perf_counter()
        axis = Axis("class", tuple(self.classifier.labels))
        columns = [place(axis, name) for name in classes]
        concepts = graph.concepts if graph is not None else self._superpixels(image)
        assert concepts.masks is not None
        there = np.flatnonzero(np.any(concepts.masks, axis=(1, 2)))
        keep = self._coalitions(len(there))
        logits = self._logits(image, concepts.masks[there], keep)[:, columns]  # (K, C)
        values = np.zeros((len(columns), len(concepts)))
        if len(there):
            drops = shapley_values(logits) if self.method == "shapley" else logits[-1] - logits[1:-1]
            values[:, there] = drops.T
        return concept_result(
            values,
            [axis.labels[k] for k in columns],
            concepts,
            present=np.any(concepts.masks, axis=(1, 2)),
            baseline=logits[0],
            total=logits[-1],
            title="What the classifier loses when a segment is greyed",
            origin=Origin.now(
                model=self.classifier.name,
                method=f"Occlusion of segments ({self.method})",
                settings={"method": self.method, "segments": "superpixels" if graph is None else "concepts"},
                masking=f"flat grey {GREY}",
                encoder_passes=len(keep),
                seconds=time.perf_counter() - started,
            ),
            image=image,
        )

    def _superpixels(self, image: Image.Image) -> Axis:
        numbers = superpixels(working_size(image), self.segments)
        masks = numbers == np.unique(numbers)[:, None, None]
        return Axis(
            "concept", tuple(f"segment {n + 1}" for n in range(len(masks))), boxes=mask_boxes(masks), masks=masks
        )

    def _coalitions(self, n: int) -> NDArray[np.bool_]:
        """None of the regions first, all of them last."""
        if self.method == "shapley":
            return coalitions_of(n)
        return np.vstack([np.zeros((1, n), bool), ~np.eye(n, dtype=bool), np.ones((1, n), bool)])

    def _logits(self, image: Image.Image, masks: NDArray[np.bool_], keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        found = []
        for start in range(0, len(keep), _BATCH):
            shown = [greyed(image, np.any(masks[~row], axis=0)) for row in keep[start : start + _BATCH]]
            found.append(self.classifier.class_logits(shown).detach().double().cpu().numpy())
        return np.concatenate(found)
