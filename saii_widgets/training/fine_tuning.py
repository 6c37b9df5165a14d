"""Train a classifier on, with a few more pictures."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from typing import Final

import torch
from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.places import place
from saii_widgets.engine.models.classifier import Classifier

_WITH_STATISTICS: Final = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


def fine_tune(
    classifier: Classifier,
    images: Sequence[Image.Image],
    labels: Sequence[str],
    *,
    epochs: int = 3,
    learning_rate: float = 5e-5,
    batch: int = 32,
    seed: int = 0,
) -> Classifier:
    """A copy of a classifier, trained on for a few epochs.

    Batch normalisation keeps its statistics: they are those of many more pictures than these.

    Parameters
    ----------
    classifier : Classifier
        Stays as it is.
    images : sequence of PIL.Image
        Give pictures of all classes, or the others are forgotten.
    labels : sequence of str
        One a picture, of the classifier's.
    epochs : int
    learning_rate : float
        Of AdamW; it falls to nothing by a cosine.
    batch : int
    seed : int
        Of the order; the same seed gives the same weights.

    Returns
    -------
    Classifier
        In evaluation mode.

    Raises
    ------
    InputError
        No picture, or another number of labels.
    LabelError
        A class that the classifier does not have.
    """
    if not images or len(images) != len(labels):
        raise InputError("a label for every picture", f"{len(images)} and {len(labels)}", "Give both.")
    axis = Axis("class", classifier.labels)
    wanted = torch.tensor([place(axis, name) for name in labels], device=classifier.device)
    module = deepcopy(classifier.module)
    _train(module, classifier, list(images), wanted, epochs, learning_rate, batch, seed)
    tuned = copy(classifier)
    tuned.module = module.eval()
    tuned.name = f"{classifier.name}, trained on"
    return tuned


def _train(
    module: nn.Module,
    classifier: Classifier,
    images: list[Image.Image],
    wanted: Tensor,
    epochs: int,
    learning_rate: float,
    batch: int,
    seed: int,
) -> None:
    parameters = [p.requires_grad_() for p in module.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=learning_rate)
    n_steps = epochs * -(-len(images) // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    dice = torch.Generator().manual_seed(seed)
    module.train()
    for part in module.modules():
        if isinstance(part, _WITH_STATISTICS):
            part.eval()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        for _ in range(epochs):
            for rows in torch.randperm(len(images), generator=dice).split(batch):
                pixels = classifier.pixels([images[n] for n in rows.tolist()])
                output = module(pixels)
                logits = getattr(output, "logits", output)
                loss = nn.functional.cross_entropy(logits.float(), wanted[rows])
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                schedule.step()
