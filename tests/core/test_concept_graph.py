"""A concept graph holds what was found, and edits say anew how the parts lie."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import RELATIONS, ConceptGraph
from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.core.spatial_relations import mask_boxes, spatial_relations

LABELS = ("wheel", "ladder", "sign", "grille")


def masks(seed: int = 0, size: tuple[int, int] = (12, 16)) -> np.ndarray:
    """Three rectangles that may overlap, and a missing one."""
    rng = np.random.default_rng(seed)
    found = np.zeros((4, *size), bool)
    for mask in found[:3]:
        top, left = rng.integers(0, size[0] - 5), rng.integers(0, size[1] - 6)
        mask[top : top + rng.integers(2, 5), left : left + rng.integers(2, 6)] = True
    return found


def graph(seed: int = 0) -> ConceptGraph:
    dice = np.random.default_rng(seed)
    features = dice.normal(size=(4, 6)).astype(np.float32)
    return ConceptGraph.from_masks(LABELS, masks(seed), features, "fire engine", dice.normal(size=6))


@pytest.mark.parametrize("seed", range(5))
def test_relations_equal_a_loop_over_pixels(seed: int) -> None:
    regions = masks(seed)
    came = spatial_relations(regions)
    assert came.shape == (4, 4, len(RELATIONS))
    high, wide = regions.shape[1:]
    for j in range(4):
        for i in range(4):
            wanted = [0.0] * 5
            if i != j and regions[i].any() and regions[j].any():
                centres, areas, shared = [], [], 0
                for mask in (regions[j], regions[i]):
                    spots = [(r, c) for r in range(high) for c in range(wide) if mask[r, c]]
                    areas.append(len(spots))
                    centres.append((sum(c + 0.5 for _, c in spots) / len(spots) / wide,
                                    sum(r + 0.5 for r, _ in spots) / len(spots) / high))  # fmt: skip
                shared = sum(bool(regions[i, r, c] and regions[j, r, c]) for r in range(high) for c in range(wide))
                dx, dy = centres[1][0] - centres[0][0], centres[1][1] - centres[0][1]
                wanted = [dx, dy, math.sqrt(dx**2 + dy**2), math.log2(areas[1] / areas[0]), shared / areas[1]]
            np.testing.assert_allclose(came[j, i], wanted, atol=1e-6)


def test_relations_of_a_known_picture() -> None:
    left, inner = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
    left[0:4, 0:4], inner[2:4, 2:4] = True, True
    found = spatial_relations(np.stack([left, inner]))
    np.testing.assert_allclose(found[0, 1], [1 / 8, 1 / 8, math.sqrt(2) / 8, -2, 1], atol=1e-7)
    np.testing.assert_allclose(found[1, 0], [-1 / 8, -1 / 8, math.sqrt(2) / 8, 2, 1 / 4], atol=1e-7)
    np.testing.assert_allclose(mask_boxes(np.stack([left, inner])), [[0, 0, 0.5, 0.5], [0.25, 0.25, 0.5, 0.5]])


def test_what_is_missing_is_zero() -> None:
    g = graph()
    assert g.present.tolist() == [True, True, True, False]
    assert g.found == ("wheel", "ladder", "sign")
    assert not g.features[3].any()
    assert not g.boxes[3].any()
    assert not g.edges[3].any()
    assert not g.edges[:, 3].any()
    assert g.edges[0, 1].any()
    assert repr(g) == "ConceptGraph for 'fire engine': 3 of 4 concepts"


def test_a_node_that_is_taken_away_takes_its_edges_along() -> None:
    g, less = graph(), graph().without("ladder")
    assert less.present.tolist() == [True, False, True, False]
    assert not less.edges[1].any()
    assert not less.edges[:, 1].any()
    np.testing.assert_array_equal(less.edges[0, 2], g.edges[0, 2])
    np.testing.assert_array_equal(less.features[[0, 2]], g.features[[0, 2]])
    assert less.without("ladder") == less != g


def test_a_node_that_is_moved_changes_its_edges_only() -> None:
    masks = np.zeros((4, 12, 16), bool)
    masks[0, 0:2, 0:4], masks[1, 4:6, 4:8], masks[2, 6:8, 0:4] = True, True, True
    g = ConceptGraph.from_masks(LABELS, masks, np.ones((4, 3)))
    there = g.moved("ladder", 0.25, -0.25)
    np.testing.assert_allclose(there.edges[0, 1] - g.edges[0, 1], [0.25, -0.25, *(there.edges - g.edges)[0, 1, 2:]])
    np.testing.assert_allclose(there.boxes[1] - g.boxes[1], [0.25, -0.25, 0.25, -0.25], atol=1e-6)
    np.testing.assert_array_equal(there.edges[0, 2], g.edges[0, 2])
    np.testing.assert_array_equal(there.features, g.features)
    back = there.moved("ladder", -0.25, 0.25)
    assert back.original == there.original == g
    assert back != g  # it was edited
    np.testing.assert_array_equal(back.edges, g.edges)
    assert ConceptGraph.from_json(back.to_json()) == back
    with pytest.raises(InputError, match="within the picture"):
        g.moved("ladder", 1.5, 0)
    with pytest.raises(InputError, match=r"wheel, ladder, sign.*'grille', which is missing"):
        g.moved("grille", 0.1, 0)


def test_a_node_is_replaced() -> None:
    g = graph()
    other = g.replaced("sign", np.arange(6))
    assert other.features[2].tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(other.edges, g.edges)
    mask = np.zeros((12, 16), bool)
    mask[3:5, 3:5] = True
    new = g.replaced("grille", np.arange(6), mask)
    assert new.present.all()
    assert new.edges[3, 0].any()
    with pytest.raises(InputError, match="which is missing"):
        g.replaced("grille", np.arange(6))
    with pytest.raises(InputError, match="same vocabulary"):
        g.replaced("sign", np.arange(5))
    with pytest.raises(LabelError, match="Did you mean 'sign'"):
        g.replaced("sing", np.arange(6))


def test_json_brings_back_the_same_graph() -> None:
    g = graph(3)
    assert ConceptGraph.from_json(g.to_json()) == g
    full = ConceptGraph.from_masks(("a",), np.ones((1, 3, 3), bool), np.ones((1, 2)))
    assert ConceptGraph.from_json(full.to_json()) == full
    assert full.rest.shape == (0,)


def test_edits_leave_the_rest_of_the_picture() -> None:
    g = graph()
    for edited in (g.without("sign"), g.moved("sign", 0.1, 0), g.replaced("sign", np.ones(6))):
        assert edited != g
        np.testing.assert_array_equal(edited.rest, g.rest)
    assert replace(g, rest=np.zeros(6)) != g


def test_damaged_json_is_refused() -> None:
    entry = json.loads(graph().to_json())
    for change in ({"version": 1}, {"masks": [[1, 2]] * 4}, {"features": [[1.0]]}, {"rest": [1.0]}, {"size": None}):
        with pytest.raises(InputError, match="to_json"):
            ConceptGraph.from_json(json.dumps(entry | change))
    with pytest.raises(InputError, match="to_json"):
        ConceptGraph.from_json("nothing")


def test_networkx_has_missing_nodes_and_edges_in_both_directions() -> None:
    g = graph()
    made = g.to_networkx()
    assert list(made.nodes) == list(LABELS)
    assert [made.nodes[name]["present"] for name in LABELS] == g.present.tolist()
    assert made.number_of_edges() == 6
    assert made.edges["wheel", "sign"] == pytest.approx(dict(zip(RELATIONS, g.edges[0, 2].tolist(), strict=True)))
    assert made.graph["hypothesis"] == "fire engine"


def test_parts_that_do_not_fit_are_refused() -> None:
    g = graph()
    with pytest.raises(InputError, match=r"present of shape \(4,\)"):
        ConceptGraph(g.concepts, g.present[:3], g.features, g.edges)
    with pytest.raises(InputError, match=r"rest of shape \(6,\)"):
        ConceptGraph(g.concepts, g.present, g.features, g.edges, rest=np.ones(3))
    with pytest.raises(InputError, match="masks and boxes"):
        ConceptGraph(Axis("concept", LABELS), g.present, g.features, g.edges)
    with pytest.raises(InputError, match="zeros where a concept is missing"):
        ConceptGraph(g.concepts, g.present, np.ones((4, 6)), g.edges)
    with pytest.raises(InputError, match=r"\(k, height, width\)"):
        ConceptGraph.from_masks(LABELS, np.ones((4, 3), bool), np.ones((4, 2)))
