"""Concepts that are dealt out as if they were of one picture can be told, and lie as they are said to."""

import numpy as np

from saii_widgets.core.spatial_relations import mask_boxes, spatial_relations
from saii_widgets.engine.concepts.graph_writer import MOST_TOLD
from saii_widgets.engine.concepts.sentences import compose, facts, parse
from saii_widgets.training.random_telling import ConceptDeck, box_relations

NAMES = ("wheel", "head lamp", "sign")


def masks() -> np.ndarray:
    """Rectangles; the second lies within the first."""
    made = np.zeros((4, 24, 20), bool)
    corners = [(2, 4, 14, 20), (4, 6, 8, 10), (0, 0, 3, 5), (10, 12, 20, 24)]
    for mask, (left, top, right, bottom) in zip(made, corners, strict=True):
        mask[top:bottom, left:right] = True
    return made


def test_boxes_are_related_as_masks_that_fill_them() -> None:
    np.testing.assert_allclose(box_relations(mask_boxes(masks())), spatial_relations(masks()), atol=1e-5)


def deck() -> ConceptDeck:
    features = np.arange(8, dtype=np.float32)[:, None].repeat(3, 1)  # each says which it is
    boxes = np.concatenate([mask_boxes(masks()), mask_boxes(masks()[:, ::-1])])
    return ConceptDeck(features, boxes, np.array([0, 0, 0, 1, 1, 2, 2, 2]))


def test_what_is_dealt_can_be_told_and_read_back() -> None:
    dice, dealt, lengths, alike = np.random.default_rng(0), deck(), [], 0
    for _ in range(300):
        telling = dealt.deal(dice)
        names = [NAMES[dealt.names[int(row[0])]] for row in telling.features]
        said = facts(telling, names)
        assert parse(compose(said)) == said
        assert ((telling.boxes > -1e-6) & (telling.boxes < 1 + 1e-6)).all()
        np.testing.assert_allclose(box_relations(telling.boxes), telling.relations, atol=1e-5)
        lengths.append(len(telling))
        alike += len(set(names)) < len(names)
    assert set(lengths) == set(range(MOST_TOLD + 1))
    assert np.mean(np.array(lengths) >= 5) > 0.4  # the longest are learnt most slowly
    assert alike > 100


def test_scores_decide_on_the_order_and_on_nothing_else() -> None:
    dice, dealt = np.random.default_rng(1), deck()
    tellings = [dealt.deal(dice) for _ in range(200)]
    for telling in tellings:
        first = telling.values > 0 if telling.predicted else telling.values < 0
        assert (np.diff(first.astype(int)) <= 0).all()
        for part in (telling.values[first], telling.values[~first]):
            assert (np.diff(np.abs(part)) <= 0).all()
    signs = [np.unique(telling.values > 0).tolist() for telling in tellings if len(telling) > 3]
    assert all(kind in signs for kind in ([True], [False], [False, True]))
