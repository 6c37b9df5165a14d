"""Training on changes what is wrong, and leaves the classifier that was given as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.errors import InputError, LabelError
from saii_widgets.engine.models.classifier import Classifier
from saii_widgets.training.fine_tuning import fine_tune

LABELS = ("dark", "light")


def pixels(images: list[Image.Image]) -> Tensor:
    return torch.from_numpy(np.stack([np.asarray(image, np.float32) / 255 for image in images])).permute(0, 3, 1, 2)


@pytest.fixture
def classifier() -> Classifier:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2))
    return Classifier(module.eval(), pixels, LABELS, example=Image.new("RGB", (8, 8)))


def shades(n: int) -> tuple[list[Image.Image], list[str]]:
    levels = np.random.default_rng(0).permutation(np.r_[np.linspace(0, 90, n // 2), np.linspace(160, 255, n - n // 2)])
    return [Image.new("RGB", (8, 8), (int(x),) * 3) for x in levels], [LABELS[int(x > 128)] for x in levels]


def test_it_learns_and_the_first_one_stays(classifier: Classifier) -> None:
    images, labels = shades(64)
    wanted = torch.tensor([LABELS.index(name) for name in labels])
    before = classifier.class_logits(images)
    state = {name: value.clone() for name, value in classifier.module.state_dict().items()}
    tuned = fine_tune(classifier, images, labels, epochs=20, learning_rate=1e-2)
    assert (tuned.class_logits(images).argmax(1) == wanted).float().mean() > 0.95
    assert (before.argmax(1) == wanted).float().mean() < 0.95
    torch.testing.assert_close(classifier.class_logits(images), before)
    for name, value in tuned.module.state_dict().items():
        if "running" in name or "tracked" in name:
            assert torch.equal(value, state[name])


def test_a_seed_decides(classifier: Classifier) -> None:
    images, labels = shades(40)
    one, two, three = (fine_tune(classifier, images, labels, epochs=1, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.class_logits(images), two.class_logits(images))
    assert not torch.equal(one.class_logits(images), three.class_logits(images))


def test_bad_input(classifier: Classifier) -> None:
    images, labels = shades(4)
    with pytest.raises(InputError, match="label for every picture"):
        fine_tune(classifier, images, labels[:2])
    with pytest.raises(LabelError):
        fine_tune(classifier, images, ["dark", "light", "dark", "zebra"])
