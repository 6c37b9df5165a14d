"""What four measures say of the same data: information, InterSHAP, EMAP and SHAPE side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.engine.explainers.inter_shap import InterShap
from saii_widgets.engine.measures.emap import emap
from saii_widgets.engine.measures.information import InformationDecomposition
from saii_widgets.engine.measures.ipfp import ATOMS
from saii_widgets.engine.measures.shape import shape

_MOST_PAIRS: Final = 150  # of each side: EMAP wants the output of every pair
_MOST_SAMPLES: Final = 300
MEASURES: Final = (
    *(f"PID, {atom} (bits)" for atom in ATOMS),
    "InterSHAP, interaction (share)",
    "EMAP, what a sum misses (share)",
    "SHAPE, cooperation (accuracy)",
)


@dataclass(frozen=True, eq=False)
class ModalitySample:
    """Data of two modalities, and a model of them.

    Parameters
    ----------
    predict : callable
        A list of pictures' and texts' embeddings, (n, d) each, to probabilities (n, classes).
    image, text : array, (n, d)
    outcome : int array, (n,)
        The class of each, from 0.
    """

    predict: Callable[[list[Any]], NDArray[np.floating]]
    image: NDArray[np.floating]
    text: NDArray[np.floating]
    outcome: NDArray[np.integer]


def compare_modalities(samples: Mapping[str, ModalitySample], *, n_clusters: int = 4, seed: int = 0) -> Explanation:
    """One table of what each measure says on each data set.

    Parameters
    ----------
    samples : mapping of str to ModalitySample
        By name.
    n_clusters : int
        Of the information decomposition, which looks at the data and not at the model.
    seed : int

    Returns
    -------
    Explanation
        float32, axes (data set, measure), each measure in the unit that its label names. The companion "information" is
        over (data set, atom) with the null and the intervals, as `ModalityBars` shows it.

    Raises
    ------
    InputError
        Fewer than eight samples, or arrays of different lengths.
    """
    if not samples:
        raise InputError("at least one data set", "none", "Give {name: ModalitySample(...)}.")
    started = time.perf_counter()
    decompose = InformationDecomposition(n_clusters=n_clusters, seed=seed)
    parts, rows = [], []
    for name, sample in samples.items():
        n = len(sample.outcome)
        if not n == len(sample.image) == len(sample.text) or n < 8:
            came = f"{len(sample.image)}, {len(sample.text)} and {n} of {name!r}"
            raise InputError("eight or more samples, as many of each", came, "Give one row a sample.")
        parts.append(decompose.of_embeddings(sample.image, sample.text, sample.outcome))
        rows.append([*parts[-1].values.tolist(), *_of_the_model(sample, seed)])
    names = tuple(samples)
    origin = Origin.now(
        method="PID, InterSHAP, EMAP and SHAPE side by side",
        settings={"clusters": n_clusters},
        seed=seed,
        seconds=time.perf_counter() - started,
    )
    return Explanation(
        np.array(rows),
        (Axis("data set", names), Axis("measure", MEASURES)),
        "as named",
        "What each measure says",
        companions={"information": _stacked(parts, names)},
        origin=origin,
    )


def _of_the_model(sample: ModalitySample, seed: int) -> list[float]:
    """InterSHAP's share, EMAP's gap and SHAPE's cooperation."""
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(sample.outcome))[:_MOST_SAMPLES])
    image, text, outcome = sample.image[chosen], sample.text[chosen], sample.outcome[chosen]
    score = InterShap(sample.predict, n_background=20, seed=seed)(image, text).companions["shares"]["interaction"]
    n = min(len(chosen), _MOST_PAIRS)
    every = [np.repeat(image[:n], n, axis=0), np.tile(text[:n], (n, 1))]
    chances = np.clip(np.asarray(sample.predict(every), np.float64), 1e-3, 1 - 1e-3)
    logits = np.log(chances).reshape(n, n, -1)
    gap = emap(logits - logits.mean(2, keepdims=True)).gap_r2

    def accuracy(inputs: Mapping[str, Any]) -> float:
        said = np.asarray(sample.predict([inputs["image"], inputs["text"]])).argmax(1)
        return float((said == outcome).mean())

    cooperation = shape(accuracy, {"image": image, "text": text}).cooperation
    return [float(score) / 100, gap, cooperation]  # pyright: ignore[reportArgumentType]


def _stacked(parts: Sequence[Explanation], names: tuple[str, ...]) -> Explanation:
    axes = (Axis("data set", names), Axis("atom", ATOMS))
    ends = {
        name: Explanation(np.stack([part.companions[name].values for part in parts]), axes, "bit")
        for name in parts[0].companions
    }
    return Explanation(np.stack([part.values for part in parts]), axes, "bit", "Information", companions=ends)
