"""What `benchmarks.concepts` measures, on concepts, scores and errors whose figures are known."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from benchmarks import concept_scores, faulty_logic
from benchmarks.concept_fidelity import drawn_twins, mistaken, presence_agreement, same_answer
from benchmarks.concept_parts import Matched, largest_part, matched_parts, part_names, purity, right_share
from benchmarks.concepts import BARS, interval, summed_up
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.data.vehicles import LAYOUT_TWINS, VEHICLE_KINDS, draw_vehicle
from saii_widgets.engine.concepts.codebook import Codebook
from saii_widgets.engine.concepts.diagnosis_result import Fault
from saii_widgets.engine.concepts.replacement import Fix, GoodConcept

NOTHING = Image.new("RGB", (8, 8))


def graph_of(present: Sequence[bool], hypothesis: str = "a") -> ConceptGraph:
    masks = np.zeros((len(present), 8, 8), bool)
    for k, there in enumerate(present):
        masks[k, k, k : k + 2] = there
    features = np.ones((len(present), 2), np.float32)
    return ConceptGraph.from_masks([f"concept {k}" for k in range(len(present))], masks, features, hypothesis)


def test_purity_and_right_parts_of_known_segments() -> None:
    known = [Matched(0, "wheel", True)] * 3 + [Matched(0, "door", True)] + [Matched(1, "door", True)] * 4
    assert purity(known) == 7 / 8
    assert part_names(known) == {0: "wheel", 1: "door"}
    assert right_share(known, {0: "wheel", 1: "wheel"}) == 3 / 8
    assert np.isnan(purity([]))


def test_segments_show_the_part_that_they_lie_on() -> None:
    vehicle = draw_vehicle(3)
    for part, mask in vehicle.masks.items():
        assert largest_part(vehicle, mask) == part
    beside = ~np.any(list(vehicle.masks.values()), axis=0)
    assert largest_part(vehicle, beside) == "background"
    wheel = vehicle.masks["wheel"]
    graph = ConceptGraph.from_masks(["a", "b"], np.stack([wheel, np.zeros_like(wheel)]), np.ones((2, 1)))
    assert matched_parts([graph], [vehicle]) == [Matched(0, "wheel", True)]


def test_scores_that_follow_turn_away_or_say_nothing() -> None:
    drops = [np.array([1.0, 2, 3]), np.array([5.0, 4, 0, 1])]
    assert concept_scores.followed(drops, drops) == pytest.approx((1, 1, (1 / 3 + 1 / 4) / 2))
    assert concept_scores.followed([-drop for drop in drops], drops)[:2] == pytest.approx((-1, 0))
    assert concept_scores.followed([np.zeros(3)], drops[:1]).spearman == 0
    assert np.isnan(concept_scores.followed([], []).top)


@pytest.mark.parametrize(("moves", "expected"), [(0, 1.0), (1, 0.0)])
def test_whose_edges_fall_most(monkeypatch: pytest.MonkeyPatch, moves: int, expected: float) -> None:
    before, after = graph_of([True, True, False]), graph_of([True, True, False])

    class Moved:
        def __init__(self, *_: Any) -> None: ...

        def moved(self, concept: int, dx: float, dy: float) -> Any:
            assert (concept, dy) == (0, 0)
            assert dx == pytest.approx(1 - before.boxes[0, 2])  # the farther side
            return SimpleNamespace(graph=after)

    sums = {id(before): np.array([3.0, 2, 0]), id(after): np.array([3.0, 2, 0]) - np.eye(3)[moves]}
    monkeypatch.setattr(concept_scores, "WhatIf", Moved)
    monkeypatch.setattr(concept_scores, "_edges", lambda _, graph: sums[id(graph)])
    assert concept_scores.moved_edges_fall_most(SimpleNamespace(), [before], [NOTHING]) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("looks", "present"),
    [
        ((1.0, 0.0), [True, True, False]),  # still itself
        ((0.0, 1.0), [False, True, False]),  # one that is there elsewhere
        ((-1.0, 0.0), [False, True, True]),  # one that was missing
        ((0.0, -1.0), [False, True, False]),  # a cluster that is no concept
        ((9.0, 9.0), [False, True, False]),  # too far from all
    ],
)
def test_a_segment_is_matched_anew(looks: tuple[float, float], present: list[bool]) -> None:
    centres = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float32)
    book = Codebook(np.zeros(2, np.float32), np.ones(2, np.float32), (2,), centres, np.full(4, 0.5, np.float32), 3)
    explainer = SimpleNamespace(extractor=SimpleNamespace(codebook=book))
    graph = graph_of([True, True, False]).replaced(0, looks)
    found = concept_scores.matched_anew(explainer, graph, 0)  # type: ignore[arg-type]
    assert found.present.tolist() == present
    if present[2]:
        np.testing.assert_array_equal(found.masks[2], graph.masks[0])


class Stubborn:
    """Takes every vehicle for the first kind."""

    labels = VEHICLE_KINDS

    def class_logits(self, images: Sequence[Image.Image]) -> Tensor:
        return torch.eye(len(VEHICLE_KINDS))[[0] * len(images)]


def test_mistaken_are_all_of_another_kind() -> None:
    wrong, share = mistaken(SimpleNamespace(classifier=Stubborn()), 50, 30)  # type: ignore[arg-type]
    assert {vehicle.kind for vehicle in wrong}.isdisjoint(VEHICLE_KINDS[:1])
    others = [draw_vehicle(50 + k, hard=True).kind != VEHICLE_KINDS[0] for k in range(30)]
    assert len(wrong) == sum(others)
    assert share == pytest.approx(np.mean(others))


def test_the_same_answer_is_that_of_the_name() -> None:
    network = SimpleNamespace(
        classes=VEHICLE_KINDS[::-1], logits=lambda graphs: torch.eye(10)[[9, 9, 0]][: len(graphs)]
    )
    explainer = SimpleNamespace(classifier=Stubborn())
    same = same_answer(explainer, network, [graph_of([True])] * 3, [NOTHING] * 3)  # type: ignore[arg-type]
    assert same == pytest.approx(2 / 3)


def test_presence_says_all_or_nothing() -> None:
    telling = [graph_of([k % 2 == 0, k % 2 == 1], "ab"[k % 2]) for k in range(40)]
    mute = [graph_of([True, True], "ab"[k % 2]) for k in range(40)]
    assert presence_agreement(telling, telling) == 1
    assert presence_agreement(mute, mute) == 0.5


def test_twins_are_of_all_kinds() -> None:
    assert {vehicle.kind for vehicle in drawn_twins(0, 4)} == {kind for pair in LAYOUT_TWINS for kind in pair}


def test_intervals_by_students_t() -> None:
    assert interval([1, 2, 3]) == pytest.approx((2 - 2.484138, 2 + 2.484138), abs=1e-5)
    assert np.isnan(interval([1])).all()
    figures, table = summed_up([dict.fromkeys(BARS, 10.0 * seed) for seed in range(3)])
    assert [figure.value for figure in figures] == [10.0] * len(BARS)
    assert sum(figure.bar is not None for figure in figures) == sum(bar is not None for _, bar in BARS.values())
    assert len(table.rows) == len(BARS)


def fault(n: int, concept: int, turns: bool) -> Fault:
    fix = Fix(GoodConcept(0, 0, NOTHING, np.zeros(2, np.float32), 1.0), NOTHING, "a" if turns else "b", "a")
    return Fault(n, NOTHING, "a", "b", "classifier", concept=concept, fix=fix, graph=graph_of([True, True, True, True]))


@pytest.fixture
def diagnosed() -> Any:
    extractor = SimpleNamespace(match_all=lambda images: [graph_of([True, False, True, False])] * len(images))
    return SimpleNamespace(
        explainer=SimpleNamespace(extractor=extractor, classifier=Stubborn()),
        images=(NOTHING,) * 5,
        labels=("a", "b", "a", "a", "b"),
        faults=[fault(0, 1, True), fault(2, 1, True), fault(3, 1, False)],
        augmentation=lambda n, seed: SimpleNamespace(images=(NOTHING,) * n, labels=("b",) * n),  # noqa: ARG005
    )


def test_worst_against_random(monkeypatch: pytest.MonkeyPatch, diagnosed: Any) -> None:
    asked: list[int] = []

    class Never:
        def __init__(self, _: Any, images: Sequence[Image.Image], right: dict[str, list[int]]) -> None:
            assert len(images) == 5
            assert right == {"b": [1, 4]}

        def fix(self, _: Any, concept: int, true: str, other: str) -> Fix:
            asked.append(concept)
            assert (true, other) == ("a", "b")
            return Fix(GoodConcept(0, 0, NOTHING, np.zeros(2, np.float32), 1.0), NOTHING, "b", "b")

    monkeypatch.setattr(faulty_logic, "Replacement", Never)
    monkeypatch.setattr(faulty_logic, "WhatIf", lambda *_: None)
    found = faulty_logic.consistency(diagnosed, 0)
    assert found["errors mended by replacing the worst concept"] == pytest.approx(200 / 3)
    assert found["errors mended: worst above random"] == pytest.approx(200 / 3)
    assert found["the same in the network: worst above random"] == 100
    assert len(asked) == 3


def test_random_targets_are_there(diagnosed: Any) -> None:
    targets = faulty_logic.random_targets(diagnosed, 0)
    assert len(targets) == 3
    for target in targets:
        assert target.true == diagnosed.labels[target.images[0]] != target.predicted
        assert target.concept in (0, 2)


def test_the_gain_is_that_above_random(monkeypatch: pytest.MonkeyPatch, diagnosed: Any) -> None:
    seen: list[list[str]] = []

    def tune(_: Any, images: Sequence[Image.Image], labels: Sequence[str], **__: Any) -> Any:
        assert len(images) == len(labels)
        seen.append(list(labels))
        return SimpleNamespace(share=len(seen) / 10)

    by_lot = SimpleNamespace(images=(NOTHING,) * 2, labels=("c",) * 2)
    monkeypatch.setattr(faulty_logic, "augmented", lambda *_: by_lot)
    monkeypatch.setattr(faulty_logic, "fine_tune", tune)
    monkeypatch.setattr(faulty_logic, "accuracy", lambda classifier, *_: getattr(classifier, "share", 0.0))
    found = faulty_logic.gain(diagnosed, [NOTHING], ["a"], n=2, epochs=1, seed=0)
    assert seen == [[*"abaab"], [*"abaabcc"], [*"abaabbb"]]
    assert found["gain of targeted above random augmentation"] == pytest.approx(0.1)


def test_accuracy_is_the_share_of_right_answers() -> None:
    kinds = [VEHICLE_KINDS[0], VEHICLE_KINDS[1], VEHICLE_KINDS[0], VEHICLE_KINDS[2]]
    assert faulty_logic.accuracy(Stubborn(), [NOTHING] * 4, kinds) == 50  # type: ignore[arg-type]
