"""On which words and which parts of the pictures do two models disagree?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.compare.answer import Explainer
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.measures.task_performance import Estimate, paired_interval, spearman
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.patch_overlap import laid_on
from saii_widgets.engine.runtime import Progress

PARTS: Final = ("patches", "words")
Floats = NDArray[np.float64]


def compare_models(
    model_a: DualEncoder,
    model_b: DualEncoder,
    scenes: Study | Sequence[Scene],
    *,
    explainer: Callable[[Any], Explainer] = Relevance,
    seed: int = 0,
    progress: Progress | None = None,
) -> Explanation:
    """Explain the same pairs by two models and show where they part.

    Values of a pair are shares of what they sum to, so that the size of a model's relevance does not count. Model b's
    maps are laid on model a's patches.

    Parameters
    ----------
    model_a, model_b : DualEncoder
    scenes : Study or sequence of Scene
        With captions; N of them.
    explainer : callable
        Takes a model and returns an explainer of patches that also says something of words.
    seed : int
        Of the bootstrap.
    progress : Progress, optional
        Called with (done, total, "pairs"); may raise `Cancelled`.

    Returns
    -------
    Explanation
        float32, axes (image, patch), unit "share": model a's share less model b's. Companions: "words" (image, word),
        the same of the words of each picture's own caption, and 0 of the others; "a" and "b", each model's shares;
        "agreement" (part), Spearman's correlation of the two models' values, mean over pairs, with "low" and "high"
        beside it; "pairs" (image, part), of each pair; "most disputed words" (word), the mean absolute difference of
        each word, largest first, with standard errors over captions that hold it.

    Raises
    ------
    InputError
        No scene with a caption, or an explainer that says nothing of words.
    CaptionError
        A caption is longer than a model reads.

    Source
    ------
    Spearman's rank correlation with a bootstrap over pairs (MATH.md 5; `tests/compare/test_compare_models.py`).
    """
    started = time.perf_counter()
    given = list(scenes.scenes.values()) if isinstance(scenes, Study) else list(scenes)
    pairs = [scene for scene in given if scene.caption is not None]
    if not pairs:
        raise InputError("scenes with captions", f"{len(given)} scenes without", "Add captions.")
    explainers = [explainer(model) for model in (model_a, model_b)]
    found: list[list[tuple[Floats, Floats]]] = []
    patches: Axis | None = None
    for k, scene in enumerate(pairs, 1):
        results = [one([scene.image], [scene.caption]) for one in explainers]
        patches = results[0].axis("patch")
        found.append([_shares(result, patches) for result in results])
        if progress is not None:
            progress(k, len(pairs), "pairs")
    assert patches is not None
    return _compared(pairs, found, patches, (model_a, model_b), explainers, time.perf_counter() - started, seed)


def _shares(result: Explanation, patches: Axis) -> tuple[Floats, Floats]:
    """Of one pair: shares of patches and of words."""
    if "words" not in result.companions or result.kinds != ("image", "caption", "patch"):
        raise InputError("an explainer of patches that also explains words", repr(result), "Take Relevance.")
    maps = laid_on(result.values[0, 0], result.axis("patch"), patches)
    return _normalised(maps), _normalised(result.companions["words"].values[0].astype(np.float64))


def _normalised(values: Floats) -> Floats:
    total = float(np.abs(values).sum())
    return values / total if total > 0 else values


def _compared(
    pairs: Sequence[Scene],
    found: Sequence[Sequence[tuple[Floats, Floats]]],
    patches: Axis,
    models: tuple[DualEncoder, DualEncoder],
    explainers: Sequence[Any],
    seconds: float,
    seed: int,
) -> Explanation:
    captions = tuple(scene.caption for scene in pairs if scene.caption is not None)
    images, words = Axis.images([scene.name or f"image {k}" for k, scene in enumerate(pairs, 1)]), Axis.words(captions)
    first = np.cumsum([0, *(len(caption.words) for caption in captions)])
    maps = np.array([[one[side][0] for one in found] for side in range(2)])  # (2, n, patches)
    said = np.zeros((2, len(pairs), len(words)))
    for k, one in enumerate(found):
        for side in range(2):
            said[side, k, first[k] : first[k + 1]] = one[side][1]
    ranks = np.array([[spearman(a, b) for a, b in zip(*one, strict=True)] for one in found])  # (n, parts)
    origin = Origin.now(
        model=" and ".join(model.name for model in models),
        revision=" and ".join(model.revision for model in models),
        method=f"compare_models ({type(explainers[0]).__name__})",
        seed=seed,
        encoder_passes=4 * len(pairs),
        seconds=seconds,
    )
    of_pairs: dict[str, Any] = {
        "origin": origin, "images": tuple(scene.image for scene in pairs), "captions": captions, "unit": "share",
    }  # fmt: skip
    each = {
        name: Explanation(
            maps[side],
            axes=(images, patches),
            title=f"Shares of patches, {models[side].name}",
            companions={"words": Explanation(said[side], axes=(images, words), title="Shares of words", **of_pairs)},
            **of_pairs,
        )
        for side, name in enumerate("ab")
    }
    apart = " less ".join(model.name for model in models)
    return Explanation(
        maps[0] - maps[1],
        axes=(images, patches),
        title=f"Shares of patches, {apart}",
        companions={
            "words": Explanation(
                said[0] - said[1], axes=(images, words), title=f"Shares of words, {apart}", **of_pairs
            ),
            **each,
            "agreement": _agreement(ranks, origin, seed),
            "pairs": Explanation(
                ranks, axes=(images, Axis("part", PARTS)), unit="correlation", title="Agreement of each pair",
                origin=origin,
            ),
            "most disputed words": _disputed(found, captions, origin),
        },
        **of_pairs,
    )  # fmt: skip


def _agreement(ranks: Floats, origin: Origin, seed: int) -> Explanation:
    means: list[Estimate] = [paired_interval(column, seed=seed) for column in ranks.T]
    common: dict[str, Any] = {"axes": (Axis("part", PARTS),), "unit": "correlation", "origin": origin}
    ends = {
        end: Explanation(np.array([getattr(one, end) for one in means]), title=f"{end} end of the interval", **common)
        for end in ("low", "high")
    }
    title = "Rank correlation of the two models, mean over pairs"
    return Explanation(np.array([one.value for one in means]), title=title, companions=ends, **common)


def _disputed(found: Sequence[Sequence[tuple[Floats, Floats]]], captions: Sequence[Any], origin: Origin) -> Explanation:
    """Over the different words, largest mean difference first."""
    apart: dict[str, list[float]] = {}
    for one, caption in zip(found, captions, strict=True):
        for word, difference in zip(caption.words, np.abs(one[0][1] - one[1][1]), strict=True):
            apart.setdefault(word.text.lower(), []).append(float(difference))
    means = {word: float(np.mean(values)) for word, values in apart.items()}
    order = sorted(means, key=lambda word: (-means[word], word))
    errors = [float(np.std(apart[w], ddof=1) / len(apart[w]) ** 0.5) if len(apart[w]) > 1 else 0.0 for w in order]
    return Explanation(
        np.array([means[word] for word in order]), axes=(Axis("word", tuple(order)),), unit="share",
        errors=np.array(errors), origin=origin,
        title="Words on which the models differ most: mean absolute difference of their shares",
    )  # fmt: skip
