"""The losses against plain loops over pictures and captions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from saii_widgets.training.losses import Verdicts, contrast, phrase_contrast, places, presence


def example(seed: int = 0) -> tuple[torch.Tensor, Verdicts]:
    rng = np.random.default_rng(seed)
    truth = torch.from_numpy(rng.integers(0, 3, (4, 10)))
    stated = torch.zeros(7, 10)
    for row in range(7):
        stated[row, rng.choice(10, rng.integers(1, 4), replace=False)] = 1
    truth[torch.arange(4)[:, None].expand(4, 10), torch.arange(10)] = torch.where(
        stated[:4].bool(), torch.ones_like(truth), truth
    )
    return torch.from_numpy(rng.normal(size=(4, 7))).float(), Verdicts.of(truth, stated)


def test_a_caption_is_true_false_or_unknown() -> None:
    truth = torch.tensor([[1, 1, 0, 2]])
    stated = torch.tensor([[1.0, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [0, 0, 1, 1]])
    verdicts = Verdicts.of(truth, stated)
    assert verdicts.true.tolist() == [[True, False, False, False]]
    assert verdicts.false.tolist() == [[False, True, False, True]]


@pytest.mark.parametrize("seed", range(3))
def test_contrast_equals_its_definition(seed: int) -> None:
    logits, verdicts = example(seed)
    rows = []
    for i in range(4):
        own = math.exp(logits[i, i])
        rivals = sum(math.exp(logits[i, c]) for c in range(7) if verdicts.false[i, c])
        pictures = sum(math.exp(logits[j, i]) for j in range(4) if verdicts.false[j, i])
        rows.append(-0.5 * (math.log(own / (own + rivals)) + math.log(own / (own + pictures))))
    assert contrast(logits, verdicts).item() == pytest.approx(np.mean(rows), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_phrase_contrast_equals_its_definition(seed: int) -> None:
    logits, verdicts = example(seed)
    terms = []
    for i in range(4):
        rivals = sum(math.exp(logits[i, c]) for c in range(7) if verdicts.false[i, c])
        for c in range(7):
            if verdicts.true[i, c]:
                terms.append(-math.log(math.exp(logits[i, c]) / (math.exp(logits[i, c]) + rivals)))
    assert phrase_contrast(logits, verdicts).item() == pytest.approx(np.mean(terms), rel=1e-5)


def test_presence_averages_true_and_false_pairs_apart() -> None:
    logits, verdicts = example()
    true = [math.log1p(math.exp(-x)) for x in logits[verdicts.true].tolist()]
    false = [math.log1p(math.exp(x)) for x in logits[verdicts.false].tolist()]
    assert presence(logits, verdicts).item() == pytest.approx(np.mean(true) + np.mean(false), rel=1e-5)


def test_unknown_pairs_change_nothing() -> None:
    logits, verdicts = example()
    unknown = ~verdicts.true & ~verdicts.false
    assert unknown.any()
    shifted = logits + 5.0 * unknown
    for loss in (phrase_contrast, presence):
        assert loss(shifted, verdicts).item() == pytest.approx(loss(logits, verdicts).item())


def test_places_ignores_unknown_phrases_and_thin_edges() -> None:
    logits = torch.tensor([[[4.0, 9.0], [-4.0, 9.0], [0.0, 9.0]]])  # (1, 3 patches, 2 phrases)
    shares = torch.tensor([[[0.5, 0.5], [0.0, 0.0], [0.1, 0.0]]])
    known = torch.tensor([[[1.0, 0.0]]])
    edge = 0.1 * 3  # a thin edge counts as inside with its share, and never as outside
    inside = (math.log1p(math.exp(-4)) + edge * math.log(2)) / (1 + edge)
    outside = math.log1p(math.exp(-4))
    assert places(logits, shares, known).item() == pytest.approx(inside + outside, rel=1e-5)
