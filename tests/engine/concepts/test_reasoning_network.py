"""The network computes what its formula says, and learns what only the layout tells."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.engine.concepts.distillation import Edit, draw_edits, solve_evidence
from saii_widgets.engine.concepts.extractor import ConceptExtractor
from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork
from tests.engine.concepts.planted_classifier import PlantedClassifier, planted_pictures

CONCEPTS = ("wheel", "ladder", "sign", "grille")


def random_graph(seed: int, missing: int | None = None) -> ConceptGraph:
    rng = np.random.default_rng(seed)
    masks = np.zeros((4, 10, 12), bool)
    for k in range(4):
        top, left = rng.integers(0, 6, 2)
        masks[k, top : top + 3, left : left + 4] = k != missing
    return ConceptGraph.from_masks(CONCEPTS, masks, rng.normal(size=(4, 5)), rest=rng.normal(size=5))


def random_network(**changes: object) -> ReasoningNetwork:
    network = ReasoningNetwork(CONCEPTS, ("bus", "taxi", "van"), 5, width=6, **changes).double()  # pyright: ignore[reportArgumentType]
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn_like(weight) * 0.5)
        network.evidence.copy_(torch.randn_like(network.evidence))
        network.scale.fill_(1.7)
        network.left.fill_(0.3)
    return network.eval()


def by_loop(network: ReasoningNetwork, graph: ConceptGraph) -> np.ndarray:
    """The formula: W s, solved for, and E less what is taken for noise in the whole picture."""
    amounts = sum(graph.masks[i].mean() * graph.features[i] for i in range(len(CONCEPTS)))
    amounts = amounts + (1 - np.any(graph.original.masks, 0).mean()) * graph.rest
    evidence = network.evidence.numpy()
    weighed = evidence[:, :5] @ amounts + evidence[:, 5]
    return weighed + reasoned(network, graph) - (1 - network.left.item()) * reasoned(network, graph.original)


def reasoned(network: ReasoningNetwork, graph: ConceptGraph) -> np.ndarray:
    """E, class by class, node by node, edge by edge."""

    def affine(layer: nn.Module, x: np.ndarray) -> np.ndarray:
        assert isinstance(layer, nn.Linear)
        bias = 0 if layer.bias is None else layer.bias.detach().numpy()
        return layer.weight.detach().numpy() @ x + bias

    def gelu(x: np.ndarray) -> np.ndarray:
        return np.array([v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x])

    k, classes = len(CONCEPTS), len(network.classes)
    identity = network.identity.detach().numpy()
    sizes = [math.log2(64 * graph.masks[i].mean()) if graph.present[i] else 0 for i in range(k)]
    shown = [np.append(graph.features[i].astype(float), sizes[i]) for i in range(k)]
    h = [gelu(affine(network.encoder, shown[i]) + identity[i]) for i in range(k)]
    beside = 1 - np.any(graph.original.masks, 0).mean()
    aside = gelu(affine(network.aside, np.append(graph.rest.astype(float), math.log2(64 * beside))))
    graphs = []
    for c in range(classes):
        g = aside * network.readout_aside[c].detach().numpy()
        for i in range(k):
            if not graph.present[i]:
                continue
            heard = np.zeros(network.width)
            for j in range(k):
                if j != i and graph.present[j] and network.with_edges:
                    first = gelu(affine(network.gate[0], graph.edges[j, i].astype(float)))
                    gate = affine(network.gate[2], first)
                    heard += network.weights[c, j, i].item() * gate * affine(network.told, h[j])
            x = h[i] + heard
            x = (x - x.mean()) / math.sqrt(x.var() + network.norm.eps)
            x = gelu(x * network.norm.weight.detach().numpy() + network.norm.bias.detach().numpy())
            amount = math.log1p(math.exp(affine(network.amount, shown[i])[0] + network.usual[i].item()))
            g += network.readout[c, i].detach().numpy() * x * amount
        graphs.append(g)
    together = np.concatenate(graphs)
    first = gelu(affine(network.decision[0], together))
    y = affine(network.straight, together) + affine(network.decision[2], first)
    return network.scale.item() * y


@pytest.mark.parametrize("edges", [True, False])
@pytest.mark.parametrize("missing", [None, 2])
def test_logits_equal_a_loop(edges: bool, missing: int | None) -> None:
    network = random_network(edges=edges)
    graphs = [random_graph(seed, missing) for seed in range(3)]
    came = network.logits(graphs).numpy()
    np.testing.assert_allclose(came, [by_loop(network, graph) for graph in graphs], rtol=1e-6, atol=1e-6)


def test_logits_of_edited_graphs_equal_a_loop() -> None:
    network, whole = random_network(), random_graph(0)
    edited = [whole.without("sign"), whole.without("sign").without(0), whole.moved("wheel", 0.1, 0.2)]
    edited.append(whole.replaced("ladder", np.ones(5)))
    came = network.logits([*edited, whole]).numpy()
    np.testing.assert_allclose(came, [by_loop(network, graph) for graph in [*edited, whole]], rtol=1e-6, atol=1e-6)


def test_what_averages_decide_is_solved_for() -> None:
    dice = np.random.default_rng(0)
    graphs = [random_graph(seed) for seed in range(60)]
    network = ReasoningNetwork(CONCEPTS, ("bus", "taxi", "van"), 5)
    amounts = network.amounts(network.batch(graphs)).sum(1)  # (60, 5)
    weights = torch.from_numpy(dice.normal(size=(3, 5)).astype(np.float32))
    solved, left = solve_evidence(network, graphs, amounts @ weights.T + 2)
    torch.testing.assert_close(solved, torch.cat([weights, torch.full((3, 1), 2.0)], 1), rtol=0.02, atol=0.02)
    assert left < 0.02
    noise = torch.from_numpy(dice.normal(size=(60, 3)).astype(np.float32))
    solved, left = solve_evidence(network, graphs, noise)
    assert left == 1
    torch.testing.assert_close(solved, torch.cat([torch.zeros(3, 5), noise.mean(0)[:, None]], 1))


def test_a_missing_node_says_nothing_whatever_it_was() -> None:
    network = random_network()
    one, other = random_graph(0), random_graph(0).replaced("sign", np.ones(5)).moved("sign", 0.1, 0.1)
    assert not torch.allclose(network.logits([one]), network.logits([other]))
    torch.testing.assert_close(network.logits([one.without("sign")]), network.logits([other.without("sign")]))


def test_the_rest_of_the_picture_is_read_and_where_it_was_not_it_is_as_usual() -> None:
    network, graph = random_network(), random_graph(0)
    unread, usual = replace(graph, rest=np.zeros(0)), replace(graph, rest=np.zeros(5))
    torch.testing.assert_close(network.logits([unread]), network.logits([usual]))
    assert (network.logits([graph]) - network.logits([usual])).abs().max() > 0.01


def test_an_edge_that_is_not_kept_is_not_heard() -> None:
    network = random_network()
    batch = network.batch([random_graph(0)])
    none = torch.zeros(1, 4, 4, dtype=torch.float64)
    with torch.no_grad():
        silent = network(batch, none)
        torch.testing.assert_close(silent, network(batch, none[:, None].expand(-1, 3, -1, -1)))
        network.with_edges = False
        torch.testing.assert_close(silent, network(batch))


def test_weights_follow_the_seed_and_leave_the_global_one() -> None:
    torch.manual_seed(5)
    before = torch.rand(1)
    torch.manual_seed(5)
    one, same, other = (ReasoningNetwork(CONCEPTS, ("a", "b"), 5, seed=seed) for seed in (0, 0, 1))
    assert torch.rand(1) == before
    assert torch.equal(one.weights, same.weights)
    assert not torch.equal(one.weights, other.weights)


def test_what_does_not_fit_is_refused() -> None:
    network = random_network()
    other = ConceptGraph.from_masks(("a",), np.ones((1, 4, 4), bool), np.ones((1, 5)))
    with pytest.raises(InputError, match="a graph of 4 concepts with 5 features"):
        network.logits([other])
    with pytest.raises(InputError, match="two classes or more"):
        ReasoningNetwork(CONCEPTS, ("bus",), 5)
    with pytest.raises(InputError, match="a graph for every picture"):
        network.distil(PlantedClassifier(), [random_graph(0)], [])  # pyright: ignore[reportArgumentType]
    with pytest.raises(LabelError, match="'bus'"):
        network.distil(PlantedClassifier(), [random_graph(0)], planted_pictures(1))  # pyright: ignore[reportArgumentType]


def test_edits_are_of_concepts_that_are_there() -> None:
    graphs = [random_graph(seed, missing=seed % 4) for seed in range(8)]
    edits = draw_edits(graphs, 3, 2, seed=0)
    assert edits == draw_edits(graphs, 3, 2, seed=0) != draw_edits(graphs, 3, 2, seed=1)
    for edit in edits:
        graph = graphs[edit.source]
        touched = [*edit.gone, *([] if edit.moved is None else [edit.moved])]
        assert touched
        assert graph.present[touched].all()
        after = edit.graph(graph)
        if edit.moved is None:
            assert not after.present[list(edit.gone)].any()
            assert after.present.sum() == graph.present.sum() - len(edit.gone)
        else:
            assert after.masks[edit.moved].sum() == graph.masks[edit.moved].sum()
    assert {len(edit.gone) for edit in edits} >= {0, 1, 2}
    assert sum(edit.source == 0 for edit in edits) == 5


def test_an_edit_changes_picture_and_graph_alike() -> None:
    image = planted_pictures(1)[0]
    masks = np.zeros((4, 48, 48), bool)
    masks[0, 4:12, 4:12], masks[1, 20:30, 20:30] = True, True
    graph = ConceptGraph.from_masks(CONCEPTS, masks, np.ones((4, 5)))
    gone = np.asarray(Edit(0, gone=(0, 1)).image(image, graph))
    assert (gone[masks[:2].any(0)] == 127).all()
    edit = Edit(0, moved=0, dx=0.25, dy=0.0)
    moved, before = np.asarray(edit.image(image, graph)), np.asarray(image)
    np.testing.assert_array_equal(moved[edit.graph(graph).masks[0]], before[masks[0]])
    assert Edit(0).image(image, graph) is image


def test_only_edges_tell_layout_twins_apart() -> None:
    classifier, pictures = PlantedClassifier(), planted_pictures(72)
    extractor = ConceptExtractor(classifier, n_concepts=3, n_clusters=3).fit(pictures)  # pyright: ignore[reportArgumentType]
    fresh = [image for n, image in enumerate(planted_pictures(45, first=500)) if n % 3 < 2]  # twins only
    wanted = classifier.class_logits(fresh).argmax(1)
    agree = {}
    for edges in (True, False):
        graphs = extractor.match_all(pictures)
        labels = graphs[0].concepts.labels
        network = ReasoningNetwork(labels, extractor.classes, graphs[0].features.shape[1], edges=edges)
        network.distil(classifier, graphs, pictures, epochs=40)  # pyright: ignore[reportArgumentType]
        came = network.logits(extractor.match_all(fresh)).argmax(1)
        agree[edges] = float((came == wanted).float().mean())
    assert agree[True] >= 0.9
    assert agree[False] <= 0.7
