"""Whether a diagnosis names what misled: replacing it mends errors, and training against it helps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from PIL import Image

from saii_widgets.engine.concepts.augmentation import Target, augmented
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.diagnosis_result import DiagnosisResult
from saii_widgets.engine.concepts.replacement import Replacement
from saii_widgets.engine.concepts.what_if import WhatIf
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.training.fine_tuning import fine_tune


def consistency(result: DiagnosisResult, seed: int) -> dict[str, float]:
    """Shares of errors that turn right when the worst concept, or a random one, gives way to a good one.

    The good ones are the same for both; of the random concepts the worst is one.
    """
    explainer, dice = result.explainer, np.random.default_rng(seed)
    replacement = Replacement(explainer, result.images, right_pictures(result))
    worst, by_lot = [], []
    for fault in result.faults:
        if fault.fix is None or fault.graph is None:
            continue
        k = int(dice.choice(np.flatnonzero(fault.graph.present)))
        fix = replacement.fix(WhatIf(explainer, fault.picture), k, fault.true, fault.predicted)
        assert fix is not None
        worst.append((fault.classifier_turns, fault.network_turns))
        by_lot.append((fix.classifier == fault.true, fix.network == fault.true))
    shares = [100 * np.mean(turned, 0) if turned else np.full(2, np.nan) for turned in (worst, by_lot)]
    return {
        "errors mended by replacing the worst concept": float(shares[0][0]),
        "errors mended by replacing a random concept": float(shares[1][0]),
        "errors mended: worst above random": float(shares[0][0] - shares[1][0]),
        "the same in the network: worst above random": float(shares[0][1] - shares[1][1]),
    }


def right_pictures(result: DiagnosisResult) -> dict[str, list[int]]:
    """Pictures that the classifier takes rightly, by class."""
    wrong = {fault.image for fault in result.faults}
    found: dict[str, list[int]] = defaultdict(list)
    for n, label in enumerate(result.labels):
        if n not in wrong:
            found[label].append(n)
    return dict(found)


def random_targets(result: DiagnosisResult, seed: int) -> list[Target]:
    """As many targets as there are errors, each of a random picture, a random concept of it, and a random class."""
    dice = np.random.default_rng(seed)
    graphs = result.explainer.extractor.match_all(result.images)
    able = [n for n, graph in enumerate(graphs) if graph.present.any()]
    classes, targets = sorted(set(result.labels)), []
    for n in dice.choice(able, len(result.faults)).tolist():
        others = [name for name in classes if name != result.labels[n]]
        k = int(dice.choice(np.flatnonzero(graphs[n].present)))
        targets.append(Target(result.labels[n], str(dice.choice(others)), k, (n,)))
    return targets


def accuracy(classifier: Classifier, images: Sequence[Image.Image], labels: Sequence[str]) -> float:
    """Share of right answers, per cent."""
    said = classifier.class_logits(images).argmax(1).tolist()
    return 100 * float(np.mean([classifier.labels[k] == label for k, label in zip(said, labels, strict=True)]))


def gain(
    result: DiagnosisResult, tested: Sequence[Image.Image], labels: Sequence[str], *, n: int, epochs: int, seed: int
) -> dict[str, float]:
    """Accuracy after training on the diagnosed pictures with n aimed, n random or no edited pictures beside them."""
    explainer: ConceptExplainer = result.explainer
    aimed = result.augmentation(n, seed)
    by_lot = augmented(explainer, result.images, result.labels, random_targets(result, seed), n, seed)
    found = {"accuracy on hard pictures: as it is": accuracy(explainer.classifier, tested, labels)}
    for name, images, classes in (
        ("trained on the diagnosed pictures", (), ()),
        ("with random augmentation", by_lot.images, by_lot.labels),
        ("with targeted augmentation", aimed.images, aimed.labels),
    ):
        tuned = fine_tune(
            explainer.classifier, [*result.images, *images], [*result.labels, *classes], epochs=epochs, seed=seed
        )
        found[f"accuracy on hard pictures: {name}"] = accuracy(tuned, tested, labels)
    found["gain of targeted above random augmentation"] = (
        found["accuracy on hard pictures: with targeted augmentation"]
        - found["accuracy on hard pictures: with random augmentation"]
    )
    return found
