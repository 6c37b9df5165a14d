"""Does an explanation change when the model knows nothing, or when the caption is another one?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.measurement import Measurement
from saii_widgets.core.text import Caption
from saii_widgets.engine.explained_pair import ExplainedPair
from saii_widgets.engine.measures.agreement import agreement
from saii_widgets.engine.small_changes import exchangeable

_SAME: Final = 0.8  # correlation from which on an explanation is said not to change
_PARTLY: Final = 0.3  # and from which on part of it is said to stay
_STREAM: Final = 29


def sanity_checks(pair: ExplainedPair, *, seed: int = 0, n: int = 2) -> list[Measurement]:
    """Agreement of the explanation with that of a model of random weights, and with those of other captions.

    Parameters
    ----------
    pair : ExplainedPair
        The call form that all measures share: ``measure(pair, *, seed=0, ...) -> list of Measurement``.
    seed : int
    n : int
        Models of random weights, and other captions, whose mean is taken.

    Returns
    -------
    list of Measurement
        "agreement with random weights" and "agreement with other captions": Pearson's correlation. Near 0 is right;
        an explanation that does not change is reported as such. A value of None, with the reason, where a model has no
        weights that can be reached, or the caption no word that can be exchanged.

    Raises
    ------
    InputError
        How to compute the explanation anew is not known.

    Source
    ------
    Adebayo et al. 2018, arXiv:1810.03292. Deviations: weights are drawn anew all at once, each tensor from a normal
    distribution of its own mean and spread; where they train a model on shuffled labels, the caption, which is the
    label of a matching model, is exchanged instead. Tests: `tests/engine/measures/test_sanity_checks.py`.
    """
    if pair.image is None or pair.caption is None:
        raise InputError("a picture and a caption", "a game alone", "Explain a pair.")
    before = pair.again(pair.image, pair.caption).values
    return [_weights(pair, before, seed, n), _captions(pair, before, seed, n)]


def with_random_weights(model: Any, seed: int = 0) -> Any:
    """A model of the same form that has learnt nothing; the given one is left as it is.

    Raises
    ------
    InputError
        A model whose weights can't be reached, such as a service.
    """
    network = getattr(model, "model", None)
    if not isinstance(network, torch.nn.Module) or not hasattr(model, "image_processor"):
        raise InputError("a model with weights", getattr(model, "name", type(model).__name__), "A service has none.")
    drawn = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in drawn.parameters():
            if weight.numel() > 1:
                spread, mean = weight.double().std().item(), weight.double().mean().item()
                weight.copy_(torch.randn(weight.shape, generator=generator) * spread + mean)
    more = {"answer": model.answer} if getattr(model, "answer", None) else {}
    name = f"{model.name} with random weights"
    return type(model)(drawn, model.image_processor, model.tokenizer, name=name, revision=f"seed {seed}", **more)


def other_captions(caption: Caption, n: int, rng: np.random.Generator) -> list[Caption]:
    """The caption with every word that the vocabulary knows exchanged for another of its kind.

    Raises
    ------
    InputError
        It knows none of the words.
    """
    places = exchangeable(caption)
    if not places:
        raise InputError("a caption with a word that can be exchanged", repr(caption.text), "Name a vehicle.")
    found = []
    for _ in range(n):
        changed = caption
        for k, others in places.items():
            changed = changed.swapped(k, others[rng.integers(len(others))])
        found.append(changed)
    return found


def _weights(pair: ExplainedPair, before: np.ndarray, seed: int, n: int) -> Measurement:
    def found() -> list[float]:
        assert pair.image is not None
        assert pair.caption is not None
        others = [with_random_weights(pair.model, seed + k) for k in range(n)]
        return [agreement(before, pair.again(pair.image, pair.caption, other).values) for other in others]

    return _checked(
        "agreement with random weights",
        found,
        changes="With random weights it becomes another one, as it should.",
        partly="Part of it stays when the model has learnt nothing: that part shows the picture, not the model.",
        stays="It does not change when the model has learnt nothing: it does not explain the model.",
    )


def _captions(pair: ExplainedPair, before: np.ndarray, seed: int, n: int) -> Measurement:
    def found() -> list[float]:
        assert pair.image is not None
        assert pair.caption is not None
        others = other_captions(pair.caption, n, np.random.default_rng((seed, _STREAM)))
        return [agreement(before, pair.again(pair.image, other).values) for other in others]

    return _checked(
        "agreement with other captions",
        found,
        changes="With another caption it becomes another one, as it should.",
        partly="Part of it stays with any caption: that part shows the picture, not the words.",
        stays="It hardly changes with the caption: it shows what stands out in the picture, not what the words mean.",
    )


def _checked(name: str, draw: Callable[[], list[float]], *, changes: str, partly: str, stays: str) -> Measurement:
    """Mean agreement of some draws, and what it says."""
    try:
        found = draw()
    except InputError as problem:
        return Measurement("sanity checks", name, None, "correlation", f"It can't be checked: {problem}")
    mean = float(np.mean(found))
    says = stays if mean >= _SAME else partly if mean >= _PARTLY else changes
    ends, between = (min(found), max(found)), f"smallest and largest of {len(found)}"
    return Measurement("sanity checks", name, mean, "correlation", says, *ends, chance=0.0, between=between)
