"""Concept explanations of the embedded classifier: parts, fidelity, scores, faulty logic, text, cost."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from scipy.stats import t as student

from benchmarks import narration
from benchmarks.concept_fidelity import drawn_twins, mistaken, presence_agreement, same_answer, without_edges
from benchmarks.concept_parts import matched_parts, part_names, purity, right_share
from benchmarks.concept_scores import edited_falls_most, enough, followed, moved_edges_fall_most, own_drops, scored
from benchmarks.faulty_logic import consistency, gain
from benchmarks.figures import Figure, Table, benchmark_options, publish
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.data.vehicles import VEHICLE_KINDS, draw_vehicle
from saii_widgets.data.vehicles.drawn_vehicle import DrawnVehicle
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.diagnosis import Diagnosis
from saii_widgets.engine.concepts.diagnosis_result import DiagnosisResult
from saii_widgets.engine.concepts.distillation import agreement
from saii_widgets.engine.concepts.narrator import Narrator
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.engine.models.load_classifier import load_classifier
from saii_widgets.training.narrator import true_part

NAME: Final = "concepts"
# first seeds of drawn vehicles; no recipe draws from here on
FIT, HELD, TWINS, HARD, RIGHT, TESTED = 720_000, 740_000, 750_000, 760_000, 780_000, 790_000
A_SEED: Final = 2_000  # pictures from one seed's first to the next one's
_EXPLAINED: Final = 10  # pictures whose explanation is timed
_LOGICS: Final = 8  # that are shown


@dataclass(frozen=True)
class Sizes:
    """How many pictures each part of the measurement takes."""

    fitted: tuple[int, ...]  # one each seed
    held: int
    scored: int
    twins: int
    hard: int
    narrated: int
    right: int  # beside the errors, to be diagnosed
    augmented: int
    epochs: int  # of training on
    tested: int  # afterwards


FULL: Final = Sizes((1_000, 300, 300), 140, 50, 80, 4_600, 30, 100, 200, 3, 1_000)
QUICK: Final = Sizes((80,), 20, 6, 12, 200, 2, 20, 12, 1, 60)

BARS: Final[dict[str, tuple[str, float | None]]] = {
    "purity of concepts against part masks": ("%", 80),
    "matched segments with the right part": ("%", 85),
    "matched segments with the right part, of those half of which is one part": ("%", None),
    "network agrees with the classifier: held out": ("%", 97),
    "network agrees with the classifier: one concept deleted": ("%", 85),
    "network agrees with the classifier: one concept moved": ("%", None),
    "network agrees with the classifier: on the classifier's own errors": ("%", 80),
    "network agrees with the classifier: layout twins": ("%", None),
    "logistic regression on presence agrees with the classifier: layout twins": ("%", None),
    "layout twins: network above logistic regression on presence": ("points", 10),
    "without edges: held out": ("%", None),
    "without edges: one concept deleted": ("%", None),
    "without edges: one concept moved": ("%", None),
    "without edges: on the classifier's own errors": ("%", None),
    "without edges: layout twins": ("%", None),
    "node drop: Spearman with the classifier's own drop": ("", 0.6),
    "node drop: top node right": ("%", 75),
    "gradient x embedding: Spearman with the classifier's own drop": ("", None),
    "gradient x embedding: top node right": ("%", None),
    "top node right by chance": ("%", None),
    "an edited node falls most": ("%", 80),
    "an edited node falls most, if it stays the same concept": ("%", None),
    "a moved node's edges fall most": ("%", 80),
    "errors mended by replacing the worst concept": ("%", None),
    "errors mended by replacing a random concept": ("%", None),
    "errors mended: worst above random": ("points", 20),
    "the same in the network: worst above random": ("points", None),
    "accuracy on hard pictures: as it is": ("%", None),
    "accuracy on hard pictures: trained on the diagnosed pictures": ("%", None),
    "accuracy on hard pictures: with random augmentation": ("%", None),
    "accuracy on hard pictures: with targeted augmentation": ("%", None),
    "gain of targeted above random augmentation": ("points", 0),
}


def drawn(first: int, n: int) -> list[DrawnVehicle]:
    """Vehicles of all kinds in turn, every third of them hard."""
    return [draw_vehicle(first + k, VEHICLE_KINDS[k % len(VEHICLE_KINDS)], hard=k % 3 == 2) for k in range(n)]


@dataclass(frozen=True, eq=False)
class Fitted:
    """One seed's explainer with the pictures that it is measured on."""

    seed: int
    explainer: ConceptExplainer
    fitted: Sequence[DrawnVehicle]
    held: Sequence[DrawnVehicle]
    graphs: Sequence[ConceptGraph]  # of the held-out pictures
    seconds: float  # of one core, for the fit

    @classmethod
    def of(cls, classifier: Classifier, seed: int, sizes: Sizes) -> Fitted:
        vehicles = drawn(FIT + seed * A_SEED, sizes.fitted[seed])
        started = time.process_time()
        explainer = ConceptExplainer(classifier, seed=seed).fit([vehicle.image for vehicle in vehicles])
        seconds = time.process_time() - started
        held = drawn(HELD + seed * A_SEED, sizes.held)
        graphs = explainer.extractor.match_all([vehicle.image for vehicle in held])
        return cls(seed, explainer, vehicles, held, graphs, seconds)

    def part_names(self) -> dict[int, str]:
        """What each concept is, by the pictures that it was fitted on."""
        images = [vehicle.image for vehicle in self.fitted]
        return part_names(matched_parts(self.explainer.extractor.match_all(images), self.fitted))


def parts(one: Fitted) -> dict[str, float]:
    """Figures on what concepts show."""
    matched, names = matched_parts(one.graphs, one.held), one.part_names()
    clear = [segment for segment in matched if segment.clear]
    return {
        "purity of concepts against part masks": 100 * purity(matched),
        "matched segments with the right part": 100 * right_share(matched, names),
        "matched segments with the right part, of those half of which is one part": 100 * right_share(clear, names),
    }


def fidelity(one: Fitted, errors: Sequence[DrawnVehicle], sizes: Sizes) -> dict[str, float]:
    """Figures on network and classifier."""
    explainer, network = one.explainer, one.explainer.network
    assert network is not None
    fitted = [vehicle.image for vehicle in one.fitted]
    fitted_graphs = explainer.extractor.match_all(fitted)
    twins = [vehicle.image for vehicle in drawn_twins(TWINS + one.seed * A_SEED, sizes.twins)]
    wrong = [vehicle.image for vehicle in errors]
    twin_graphs, wrong_graphs = explainer.extractor.match_all(twins), explainer.extractor.match_all(wrong)
    held = [vehicle.image for vehicle in one.held]
    found: dict[str, float] = {}
    for who, asked in (
        ("network agrees with the classifier", network),
        ("without edges", without_edges(explainer, fitted_graphs, fitted)),
    ):
        same = agreement(asked, explainer.classifier, one.graphs, held)
        found[f"{who}: held out"] = 100 * same["held out"]
        found[f"{who}: one concept deleted"] = 100 * same["concept deleted"]
        found[f"{who}: one concept moved"] = 100 * same["moved"]
        found[f"{who}: on the classifier's own errors"] = 100 * same_answer(explainer, asked, wrong_graphs, wrong)
        found[f"{who}: layout twins"] = 100 * same_answer(explainer, asked, twin_graphs, twins)
    presence = 100 * presence_agreement(fitted_graphs, twin_graphs)
    found["logistic regression on presence agrees with the classifier: layout twins"] = presence
    found["layout twins: network above logistic regression on presence"] = (
        found["network agrees with the classifier: layout twins"] - presence
    )
    return found


def scores(one: Fitted, sizes: Sizes) -> dict[str, float]:
    """Figures on contributions."""
    explainer = one.explainer
    pairs = [(g, v.image) for g, v in zip(one.graphs, one.held, strict=True) if enough(g)][: sizes.scored]
    graphs, images = [graph for graph, _ in pairs], [image for _, image in pairs]
    drops = own_drops(explainer, graphs, images)
    found: dict[str, float] = {}
    for method in ("node drop", "gradient x embedding"):
        how = followed(scored(explainer, graphs, method), drops)
        found[f"{method}: Spearman with the classifier's own drop"] = how.spearman
        found[f"{method}: top node right"] = 100 * how.top
        found["top node right by chance"] = 100 * how.chance
    again, kept = edited_falls_most(explainer, graphs, images)
    found["an edited node falls most"] = 100 * again
    found["an edited node falls most, if it stays the same concept"] = 100 * kept
    found["a moved node's edges fall most"] = 100 * moved_edges_fall_most(explainer, graphs, images)
    return found


def faulty_logic(one: Fitted, errors: Sequence[DrawnVehicle], sizes: Sizes) -> tuple[dict[str, float], DiagnosisResult]:
    """Figures on errors, and their diagnosis."""
    beside = [draw_vehicle(RIGHT + one.seed * A_SEED + k, hard=True) for k in range(sizes.right)]
    vehicles = [*errors, *beside]
    names = one.part_names()
    diagnosis = Diagnosis(one.explainer, [names.get(k, "") for k in range(len(one.explainer.extractor.concepts))])
    result = diagnosis([vehicle.image for vehicle in vehicles], [vehicle.kind for vehicle in vehicles])
    tested = [draw_vehicle(TESTED + one.seed * A_SEED + k, hard=True) for k in range(sizes.tested)]
    shown, kinds = [vehicle.image for vehicle in tested], [vehicle.kind for vehicle in tested]
    found = gain(result, shown, kinds, n=sizes.augmented, epochs=sizes.epochs, seed=one.seed)
    return consistency(result, one.seed) | found, result


def logic_table(result: DiagnosisResult) -> Table:
    """The commonest faulty logic of one diagnosis."""
    links = Counter(fault.failed for fault in result.faults)
    failed = ", ".join(f"{link} {n}" for link, n in links.most_common())
    rows = [(x.true, x.predicted, x.name or "none found", len(x), x.n_turned) for x in result.logics[:_LOGICS]]
    columns = ("true", "taken for", "because of", "errors", "mended")
    return Table(f"The commonest faulty logic, seed 0. Link of the chain that failed: {failed}.", columns, rows)


def text(one: Fitted, sizes: Sizes) -> list[Figure]:
    """The figures of `benchmarks.narration`, on some of the held-out pictures."""
    shown = [vehicle for vehicle, graph in zip(one.held, one.graphs, strict=True) if graph.present.any()]
    told = [(vehicle, one.explainer(vehicle.image)) for vehicle in shown[: sizes.narrated]]
    names = []
    for vehicle, explanation in told:
        masks = explanation.axis("concept").masks
        assert masks is not None
        names.append([true_part(vehicle, mask) if mask.any() else "" for mask in masks])
    return narration.measure(Narrator(), [explanation for _, explanation in told], names)


def costs(one: Fitted) -> list[Figure]:
    """Time of one core, whatever else the machine does, and memory of the whole process so far, drawing and all."""
    rested = [vehicle.image for vehicle in drawn(HELD + len(one.held), _EXPLAINED)]
    started = time.process_time()
    for image in rested:
        one.explainer(image)
    seconds = (time.process_time() - started) / len(rested)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    gigabytes = peak * (1 if sys.platform == "darwin" else 1024) / 2**30
    return [
        Figure(f"time to fit on {len(one.fitted):,} pictures, one core", one.seconds, "s", at_most=240),
        Figure("time to explain a picture", seconds, "s", at_most=1),
        Figure("memory at its highest", gigabytes, "GB", at_most=1.5),
    ]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """A 95 % interval of the mean, by Student's t; of one value none is known."""
    if len(values) < 2:
        return float("nan"), float("nan")
    half = student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5
    return float(np.mean(values) - half), float(np.mean(values) + half)


def summed_up(seeds: Sequence[Mapping[str, float]]) -> tuple[list[Figure], Table]:
    """Means over the seeds with their bars, and the intervals."""
    means = {name: [found[name] for found in seeds] for name in seeds[0]}
    figures = [
        Figure(name, float(np.mean(values)), BARS[name][0], at_least=BARS[name][1]) for name, values in means.items()
    ]
    rows = [
        (name, *(f"{x:.3g}" for x in (np.mean(values), *interval(values))), ", ".join(f"{x:.3g}" for x in values))
        for name, values in means.items()
    ]
    return figures, Table("Means of the seeds.", ("figure", "mean", "95 % from", "to", "each seed"), rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    options = benchmark_options(NAME, __doc__).parse_args(arguments)
    torch.set_num_threads(1)
    sizes = QUICK if options.quick else FULL
    classifier = load_classifier("embedded", device=options.device)
    first = Fitted.of(classifier, 0, sizes)
    cost = costs(first)
    errors, share = mistaken(first.explainer, HARD, sizes.hard)
    told = text(first, sizes)
    seeds, tables = [], []
    for seed in range(len(sizes.fitted)):
        one = first if seed == 0 else Fitted.of(classifier, seed, sizes)
        logic, result = faulty_logic(one, errors, sizes)
        seeds.append(parts(one) | fidelity(one, errors, sizes) | scores(one, sizes) | logic)
        tables += [logic_table(result)] if seed == 0 else []
    figures, table = summed_up(seeds)
    fitted = ", ".join(f"{n:,}" for n in sizes.fitted)
    notes = [
        f"The embedded classifier; {len(sizes.fitted)} seeds, fitted on {fitted} drawn vehicles, a third of them hard; "
        f"measured on {sizes.held} others each, scores on {sizes.scored} of them.",
        f"Errors: {len(errors)} of {sizes.hard:,} hard vehicles ({share:.1%}), the same for all seeds. Layout twins: "
        f"{sizes.twins} pictures. Text, time and memory: seed 0, {sizes.narrated} pictures. The network without edges "
        "is distilled from all fitted pictures, the one with edges from seven of eight.",
        "Where the network does not make the error, the worst concept is the classifier's own, by greying. "
        f"Augmentation: trained on the errors, {sizes.right} other hard pictures and {sizes.augmented} edited ones for "
        f"{sizes.epochs} epochs, tested on {sizes.tested:,} hard vehicles that no one has seen.",
    ]
    publish(NAME, figures + told + cost, options, tables=[table, *tables], notes=notes)


if __name__ == "__main__":
    main()
