"""Why a classifier errs: the concept that misled it, the faulty logic behind, and what would mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from PIL import Image

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.concept_results import why_not
from saii_widgets.engine.concepts.diagnosis_result import DiagnosisResult, Fault, Link
from saii_widgets.engine.concepts.occlusion import Occlusion
from saii_widgets.engine.concepts.picture_edits import greyed
from saii_widgets.engine.concepts.replacement import Replacement
from saii_widgets.engine.concepts.what_if import WhatIf
from saii_widgets.engine.runtime import Progress


class Diagnosis:
    """Finds the faulty logic in a classifier's errors.

    Of each error, the concept that misled is the one that contributes most to the predicted class less the true one.
    Errors with the same classes and the same such concept have one faulty logic. A good concept, from a picture of the
    true class that the classifier takes rightly, is put in its place to see whether the prediction turns right. A
    network that does not make the error cannot say why: then the classifier itself is asked, by greying each concept.

    Which link of the chain failed is asked in this order:

    - "network": it does not name the class that the classifier names, or it blames a concept that means nothing to the
      classifier;
    - "matching": the concept that it blames means something to the classifier elsewhere, but not in this picture, so
      that it was matched falsely; or the concept that tells the true class is near a segment, but beyond its limit;
    - "attention": that telling concept is found only where the true class's attention gives the foreground;
    - "classifier": none of these; the network reproduces an error that is the classifier's own.

    Parameters
    ----------
    explainer : ConceptExplainer
        Fitted.
    names : sequence of str, optional
        What the concepts are, one each, such as a `Narrator` names them; shown beside their labels.

    Raises
    ------
    InputError
        No fit yet, or another number of names.

    Source
    ------
    US 2025/0259436, paragraph 28. Known faulty logic is found: `test_diagnosis.py::test_the_planted_logic_is_found`.
    """

    def __init__(self, explainer: ConceptExplainer, names: Sequence[str] | None = None) -> None:
        self.explainer, self._network = explainer, explainer.fitted()
        labels = self._network.concepts
        if names is not None and len(names) != len(labels):
            raise InputError(f"{len(labels)} names, one a concept", str(len(names)), "Name every concept, or none.")
        self._occlusion = Occlusion(explainer.classifier)
        self.names = tuple(
            f"{label} ({name})" if name else label
            for label, name in zip(labels, names or [""] * len(labels), strict=True)
        )

    def __call__(
        self, images: Sequence[Image.Image], true_labels: Sequence[str], progress: Progress | None = None
    ) -> DiagnosisResult:
        """Diagnose the errors among pictures.

        Parameters
        ----------
        images : sequence of PIL.Image
            Also such as the classifier takes rightly: good concepts come from them.
        true_labels : sequence of str
            One a picture, of the classes that the explainer was fitted on.
        progress : Progress, optional
            Called after every error; may raise `Cancelled`.

        Returns
        -------
        DiagnosisResult
            Without faults where the classifier makes no error. Errors towards a class that was not fitted cannot be
            explained; they are counted as left out.

        Raises
        ------
        InputError
            No picture, another number of labels, or a class that was not fitted.
        """
        pictures, labels = [image.convert("RGB") for image in images], [str(name) for name in true_labels]
        known = self._network.classes
        if not pictures or len(pictures) != len(labels):
            raise InputError("a true label for every picture", f"{len(pictures)} and {len(labels)}", "Give both.")
        if unknown := sorted(set(labels) - set(known)):
            raise InputError(
                f"labels of classes that were fitted ({', '.join(known)})",
                ", ".join(unknown),
                "Fit with pictures of these classes, or leave them out.",
            )
        names = self.explainer.classifier.labels
        said = [names[k] for k in self.explainer.classifier.class_logits(pictures).argmax(1).tolist()]
        right: dict[str, list[int]] = defaultdict(list)
        for n, (true, predicted) in enumerate(zip(labels, said, strict=True)):
            if true == predicted:
                right[true].append(n)
        replacement = Replacement(self.explainer, pictures, dict(right))
        wrong = [n for n, (true, predicted) in enumerate(zip(labels, said, strict=True)) if true != predicted]
        explained = [n for n in wrong if said[n] in known]
        faults = []
        for done, n in enumerate(explained, 1):
            faults.append(self._fault(n, pictures[n], labels[n], said[n], replacement))
            if progress is not None:
                progress(done, len(explained), "errors")
        return DiagnosisResult(
            self.explainer, self.names, tuple(pictures), tuple(labels), tuple(faults), len(wrong) - len(explained)
        )

    def _fault(self, n: int, image: Image.Image, true: str, predicted: str, replacement: Replacement) -> Fault:
        graph = self.explainer.extractor.match(image)
        if not graph.present.any():
            failed: Link = "matching" if len(self.explainer.extractor.read([image])[0]) else "attention"
            return Fault(n, image, true, predicted, failed=failed)
        believed = self._network.classes[int(self._network.logits([graph])[0].argmax())] == predicted
        both = [predicted, true]
        weighed = self.explainer(image, both) if believed else self._occlusion(image, both, graph)
        explanation = why_not(weighed, predicted, true)
        k = int(np.where(graph.present, explanation.values, -np.inf).argmax())
        own = self._own_drop(image, graph, k, predicted, true)
        return Fault(
            n,
            image,
            true,
            predicted,
            concept=k,
            contribution=float(explanation.values[k]),
            own_drop=own,
            failed=self._failed(image, graph, explanation, k, own, replacement.telling(true, predicted), true)
            if believed
            else "network",
            fix=replacement.fix(WhatIf(self.explainer, image), k, true, predicted),
            graph=graph,
            explanation=explanation,
        )

    def _own_drop(self, image: Image.Image, graph: ConceptGraph, concept: int, predicted: str, true: str) -> float:
        """By how much predicted less true falls in the classifier when the segment is greyed."""
        labels = list(self.explainer.classifier.labels)
        both = self.explainer.classifier.class_logits([image, greyed(image, graph.masks[concept])]).detach().cpu()
        margin = both[:, labels.index(predicted)] - both[:, labels.index(true)]
        return float(margin[0] - margin[1])

    def _failed(
        self,
        image: Image.Image,
        graph: ConceptGraph,
        explanation: Explanation,
        concept: int,
        own_drop: float,
        telling: int | None,
        true: str,
    ) -> Link:
        predicted = graph.hypothesis
        if explanation.values[concept] <= 0:
            return "network"  # it knows of no reason for the error
        if own_drop <= 0:
            elsewhere = self.explainer.extractor.concepts[concept].importance.get(predicted, 0.0)
            return "matching" if elsewhere > 0 else "network"
        if telling is None or graph.present[telling]:
            return "classifier"
        extractor = self.explainer.extractor
        if extractor.match(image, true).present[telling]:
            return "attention"
        assert extractor.codebook is not None
        seen = extractor.read([image])[0]
        nearest, _ = extractor.codebook.nearest(extractor.codebook.features(seen.features))
        return "matching" if telling in nearest else "classifier"
