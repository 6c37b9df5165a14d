"""Contributions are the differences that they are said to be, of the network and of the classifier."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.contributions import Contributions
from saii_widgets.engine.concepts.occlusion import Occlusion
from saii_widgets.engine.concepts.picture_edits import greyed
from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork
from saii_widgets.engine.concepts.shapley import shapley_values
from tests.engine.concepts.planted_classifier import LABELS, PlantedClassifier, squares
from tests.engine.concepts.test_reasoning_network import CONCEPTS, random_graph, random_network

CLASSES = ("bus", "taxi", "van")


def logits(network: ReasoningNetwork, graph: ConceptGraph) -> np.ndarray:
    return network.logits([graph])[0].numpy()


@pytest.mark.parametrize("missing", [None, 1])
def test_node_drop_is_the_difference_of_two_passes(missing: int | None) -> None:
    network, graph = random_network(), random_graph(0, missing)
    found = Contributions(network)(graph)
    assert found.kinds == ("class", "concept")
    assert (found.axes[0].labels, found.axes[1].labels, found.unit) == (CLASSES, CONCEPTS, "logit")
    for k in range(4):
        wanted = logits(network, graph) - logits(network, graph.without(k))
        np.testing.assert_allclose(found.values[:, k], wanted, rtol=1e-4, atol=1e-5)
    if missing is not None:
        assert not found.values[:, missing].any()
    nothing = graph
    for k in range(4):
        nothing = nothing.without(k)
    np.testing.assert_allclose(found.baseline, logits(network, nothing), rtol=1e-5)
    np.testing.assert_allclose(found.total, logits(network, graph), rtol=1e-5)
    usual = logits(network, replace(graph, rest=np.zeros_like(graph.rest), whole=graph))
    np.testing.assert_allclose(found.companions["rest"].values, logits(network, graph) - usual, rtol=1e-4, atol=1e-5)


def test_edges_are_the_differences_without_them() -> None:
    network, graph = random_network(), random_graph(0, 1)
    edges = Contributions(network)(graph).companions["edges"]
    assert edges.kinds == ("class", "concept", "concept")
    batch = network.batch([graph])
    for j in range(4):
        for i in range(4):
            keep = torch.ones(1, 4, 4, dtype=torch.float64)
            keep[0, j, i] = 0
            with torch.no_grad():
                whole = network.decide(*network.nodes(batch), batch.rest)
                wanted = (network(batch) - network(batch, keep, whole))[0].numpy()
            np.testing.assert_allclose(edges.values[:, j, i], wanted, rtol=1e-4, atol=1e-5)
    assert edges.values[:, 0, 2].any()
    assert not edges.values[:, 1].any()
    assert not Contributions(random_network(edges=False))(graph).companions["edges"].values.any()


def test_strength_is_from_0_to_1_and_0_means_none() -> None:
    found = Contributions(random_network())(random_graph(0, 1))
    strength = found.companions["strength"].values
    np.testing.assert_allclose(strength, np.abs(found.values) / np.abs(found.values).max(1, keepdims=True), rtol=1e-5)
    assert (strength.max(1) == 1).all()
    assert not strength[:, 1].any()
    assert found.companions["presence"].values.tolist() == [1, 0, 1, 1]
    none = random_graph(0)
    for k in range(4):
        none = none.without(k)
    assert not Contributions(random_network())(none).companions["strength"].values.any()


@pytest.mark.parametrize("method", ["node drop", "gradient x embedding", "shapley"])
def test_classes_are_chosen_in_the_order_asked(method: Any) -> None:
    explain, graph = Contributions(random_network(), method), random_graph(2)
    whole, some = explain(graph), explain(graph, ["van", "bus"])
    np.testing.assert_allclose(some.values, whole.values[[2, 0]])
    np.testing.assert_allclose(some.companions["edges"].values, whole.companions["edges"].values[[2, 0]])
    np.testing.assert_allclose(some.total, whole.total[[2, 0]])  # pyright: ignore[reportOptionalSubscript, reportIndexIssue]
    assert some.origin is not None
    assert some.origin.settings["method"] == method


def test_shapley_equals_the_mean_over_orders() -> None:
    network, graph = random_network(), random_graph(3, 2)
    found = Contributions(network, "shapley")(graph)
    there = [0, 1, 3]
    wanted = np.zeros((3, 4))
    orders = list(permutations(there))
    for order in orders:
        left = graph
        for k in order:
            wanted[:, k] += (logits(network, left) - logits(network, left.without(k))) / len(orders)
            left = left.without(k)
    np.testing.assert_allclose(found.values, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.residual, 0, atol=1e-4)


def test_shapley_of_a_known_game() -> None:
    # v = 2 a + 3 b + 4 a b of two players, and a third that does nothing
    values = np.array([2 * (s & 1) + 3 * (s >> 1 & 1) + 4 * (s & 1) * (s >> 1 & 1) for s in range(8)], float)
    np.testing.assert_allclose(shapley_values(values), [4, 5, 0])
    with pytest.raises(InputError, match="at most 12 concepts"):
        shapley_values(np.zeros(2**13))


def test_gradient_times_embedding_equals_small_differences() -> None:
    network, graph = random_network(), random_graph(1, 0)
    found = Contributions(network, "gradient x embedding")(graph)
    batch = network.batch([graph])
    step = 1e-6
    with torch.no_grad():
        nodes, places = network.nodes(batch)
        for p, k in enumerate(places[0].tolist()):
            more = nodes.clone()
            more[:, :, p] *= 1 + step
            apart = network.decide(more, places, batch.rest) - network.decide(nodes, places, batch.rest)
            wanted = apart[0].numpy() / step
            wanted += network.evidence[:, :5].numpy() @ (graph.features[k] * graph.masks[k].mean())
            np.testing.assert_allclose(found.values[:, k], wanted, rtol=1e-3, atol=1e-4)
        keep = torch.ones(1, 4, 4, dtype=torch.float64)
        keep[0, 1, 3] += step
        whole = network.decide(nodes, places, batch.rest)
        wanted = (network(batch, keep, whole) - network(batch))[0].numpy() / step
    np.testing.assert_allclose(found.companions["edges"].values[:, 1, 3], wanted, rtol=1e-3, atol=1e-4)


def test_occlusion_is_the_classifiers_own_drop(fitted: ConceptExplainer) -> None:
    classifier, image = PlantedClassifier(), squares("red", "blue", seed=5)
    graph = fitted.graph(image)
    found = Occlusion(classifier)(image, ["blue first", "red first"], graph)
    whole = classifier.class_logits([image])[0].numpy()
    for k in range(3):
        less = classifier.class_logits([greyed(image, graph.masks[k])])[0].numpy()
        np.testing.assert_allclose(found.values[:, k], (whole - less)[[1, 0]], atol=1e-5)
    shapley = Occlusion(classifier, "shapley")(image, ["blue first", "red first"], graph)
    np.testing.assert_allclose(shapley.residual, 0, atol=1e-5)
    assert found.companions["presence"].values.tolist() == graph.present.tolist()
    with pytest.raises(InputError, match="'node drop' or 'shapley'"):
        Occlusion(classifier, "lime")  # pyright: ignore[reportArgumentType]


def test_contributions_follow_the_classifier(fitted: ConceptExplainer) -> None:
    """Interventional distillation: the network's drops are the classifier's."""
    assert fitted.network is not None
    ours, truth = [], []
    for seed in range(20):
        image = squares(*(("red", "blue"), ("blue", "red"))[seed % 2], seed=300 + seed)
        graph = fitted.graph(image)
        there = graph.present
        ours += Contributions(fitted.network)(graph, LABELS).values[:, there].ravel().tolist()
        truth += Occlusion(fitted.classifier)(image, LABELS, graph).values[:, there].ravel().tolist()
    assert np.corrcoef(ours, truth)[0, 1] > 0.8


def test_unknown_methods_and_classes_are_refused() -> None:
    with pytest.raises(InputError, match="'node drop', 'gradient x embedding', 'shapley'"):
        Contributions(random_network(), "lime")  # pyright: ignore[reportArgumentType]
    with pytest.raises(LabelError, match="'lorry'"):
        Contributions(random_network())(random_graph(0), ["lorry"])
