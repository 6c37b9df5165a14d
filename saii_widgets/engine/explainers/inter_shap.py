"""How much of a prediction comes from modalities together, and how much from each alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.engine.modality_game import Inputs, ModalityGame, interaction_weights, length_of
from saii_widgets.engine.modality_shares import PhiMoments
from saii_widgets.engine.models.as_list_model import Predict, as_list_model, name_of
from saii_widgets.engine.models.blackbox import BlackBox
from saii_widgets.engine.models.model import DualEncoder, PairScorer
from saii_widgets.engine.pair_table import PairTable, Value
from saii_widgets.engine.pairing import as_captions
from saii_widgets.engine.runtime import Progress

_CHUNK = 2**22  # numbers kept at once
_TRIVIAL: Final = (
    "the background's own pairs score about as high as the samples, so that taking everything away gives another match:"
    " the share of interaction then goes to 50 % whatever the model does. Pass mismatched pairs:"
    " background=(images, [*captions[1:], captions[0]])"
)


class InterShap:
    """Interaction of modalities: two or more, of any model that takes a list of them, or of pictures and captions.

    A modality that a coalition lacks is replaced by that of background samples, jointly for all that are lacking. The
    value of a coalition is the probability of the class that the whole sample is given, or the score of the pair.

    Parameters
    ----------
    model : callable, DualEncoder or PairScorer
        A callable takes a list with an array (or list) of n samples for each modality, and returns scores (n,) or
        probabilities (n, classes). One that scores pictures and captions comes as `BlackBox(score)`.
    modalities : sequence of str, optional
        Names; by default "image" and "text", or numbers.
    value : {"probability", "logit"}
        Of an image-text model; a `BlackBox` gives scores of its own. A CLIP's probability is that of the caption among
        all captions of the call.
    n_background : int
        Background samples for each sample; all of them where there are no more, and then nothing is random.
    seed : int
        Which sample meets which ones.
    batch : int
        Samples a call of the model.
    progress : Progress, optional
        Called as samples are done; may raise `Cancelled`.

    Raises
    ------
    InputError
        One modality, modalities of different lengths, or a single sample without a background.
    ModelError
        The model returns NaN or another number of rows.

    Source
    ------
    Wenderoth, Hemker, Simidjievski, Jamnik, AAAI 2025 (MATH.md 4.1). Exact values of 3.6 to 1e-9
    (`tests/engine/explainers/test_inter_shap.py::test_known_values`), brute force over all orders of modalities; their
    synthetic table in `benchmarks/inter_shap.py`. Deviations: background samples are dealt out evenly, and each is
    evaluated by itself once; a single sample works.
    """

    def __init__(
        self,
        model: Predict | DualEncoder | PairScorer,
        *,
        modalities: Sequence[str] | None = None,
        value: Value = "probability",
        n_background: int = 100,
        seed: int = 0,
        batch: int = 4096,
        progress: Progress | None = None,
    ) -> None:
        self._of_pairs = isinstance(model, DualEncoder | PairScorer)
        if value not in ("probability", "logit"):
            raise InputError("a value, 'probability' or 'logit'", repr(value), "A callable's own scores need neither.")
        if n_background < 1:
            raise InputError("at least one background sample", str(n_background), "100 is the default.")
        self.model: Any = model if self._of_pairs else as_list_model(model)
        self.value: Value = value
        self.n_background, self.seed, self.batch = n_background, seed, batch
        self.modalities = None if modalities is None else tuple(modalities)
        self.progress = progress

    def __call__(
        self, *inputs: Any, background: Sequence[Any] | None = None, names: Sequence[str] | None = None
    ) -> Explanation:
        """Explain.

        Parameters
        ----------
        *inputs : array or list
            N samples of each modality; of an image-text model N pictures (or scenes) and their N captions.
        background : sequence, optional
            An array or list for each modality; by default the samples themselves. Needed for a single sample. Where the
            score says how well modalities match, give samples that do not: otherwise the share of interaction is 50 %
            whatever the model does, and the title and `origin.settings["notes"]` say so.
        names : sequence of str, optional
            Of the samples.

        Returns
        -------
        Explanation
            float32, axes (modality, modality): `|mean of phi|` over the samples, with standard errors over samples and
            background. Companions: "shares" (part), in %: each modality alone and "interaction", the InterSHAP score;
            "local" (sample, modality, modality), signed, which sum to total minus baseline; "local shares" (sample), in
            %; "parts" (sample, part), the same with pairs of modalities as features, and "shapley" (sample, modality):
            their `.to_shap()` feeds shap's waterfall and force plots.
        """
        started = time.perf_counter()
        n = length_of(inputs if not self._of_pairs else inputs[:1], "samples")
        if n == 1 and background is None:
            raise InputError(
                "a background for a single sample", "none", "Pass background= with some samples of each modality."
            )
        table = None
        if self._of_pairs:
            table, inputs, background, shown = self._pairs(inputs, background)
            names = names or shown
        other: Inputs = inputs if background is None else background
        length_of(other, "background samples")
        game = ModalityGame(
            table or self.model, inputs, other, n_draws=self.n_background, seed=self.seed, batch=self.batch
        )
        moments = self._moments(game)
        labels = self._labels(game.n_modalities)
        samples = Axis("sample", tuple(names) if names else tuple(f"sample {k + 1}" for k in range(n)))
        unit = self.value if self._of_pairs else "probability" if game.n_classes > 1 else "score"
        if isinstance(self.model, BlackBox):
            unit = self.model.unit
        settings = {
            "value": "class of the full sample" if not self._of_pairs and game.n_classes > 1 else unit,
            "n_background": game.draws.shape[1],
            "n_samples": game.n_samples,
            "evaluations": game.n_evaluations,
            "background": "the samples" if background is None else "given",
            "notes": [_TRIVIAL] if game.n_classes == 1 and moments.is_trivial else [],
        }
        if idle := np.flatnonzero(np.abs(moments.by_sample).sum((1, 2)) < 1e-12).tolist():
            settings["no_effect"] = idle
        origin = Origin.now(
            model=name_of(self.model),
            revision=str(getattr(self.model, "revision", "")),
            method="InterSHAP (Wenderoth et al. 2025)",
            settings=settings,
            masking="joint background samples",
            seed=self.seed if game.draws.shape[1] < game.n_background else None,
            encoder_passes=table.passes if table is not None else None,
            seconds=time.perf_counter() - started,
        )
        return _explanation(moments, game, labels, samples, unit, origin)

    def _pairs(self, inputs: Sequence[Any], background: Sequence[Any] | None) -> tuple[PairTable, Any, Any, list[str]]:
        images, captions = _images_and_captions(inputs)
        names = [image.name if isinstance(image, Scene) else "" for image in images]
        names = [name or caption.text for name, caption in zip(names, captions, strict=True)]
        n = len(images)
        places: Any = None
        if background is not None:
            more_images, more_captions = _images_and_captions(background)
            places = [np.arange(n, n + len(more_images)), np.arange(n, n + len(more_captions))]
            images, captions = [*images, *more_images], [*captions, *more_captions]
        pictures = [as_picture(image) for image in images]
        table = PairTable(self.model, pictures, captions, self.value)
        return table, [np.arange(n), np.arange(n)], places, names

    def _labels(self, n: int) -> tuple[str, ...]:
        default = ("image", "text") if self._of_pairs else tuple(f"modality {k + 1}" for k in range(n))
        labels = self.modalities or default
        if len(labels) != n:
            raise InputError(f"names of {n} modalities", ", ".join(labels), "Name each modality once.")
        return labels

    def _moments(self, game: ModalityGame) -> PhiMoments:
        m = game.n_modalities
        weights = interaction_weights(m).reshape(m * m, -1)
        moments = PhiMoments(game.n_samples, game.n_background, m)
        step = max(1, _CHUNK // (game.draws.shape[1] * 2**m))
        for first in range(0, game.n_samples, step):
            last = min(game.n_samples, first + step)
            phi = game.values(first, last) @ weights.T  # (k, B, M M)
            moments.add(first, phi.reshape(*phi.shape[:2], m, m), game.draws[first:last])
            if self.progress is not None:
                self.progress(last, game.n_samples, "samples")
        return moments


def _images_and_captions(inputs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    if len(inputs) == 1 and all(isinstance(scene, Scene) and scene.caption for scene in inputs[0]):
        return list(inputs[0]), [scene.caption for scene in inputs[0]]
    if len(inputs) != 2 or len(inputs[0]) != len(inputs[1]) or not len(inputs[0]):
        lengths = " and ".join(str(len(part)) for part in inputs)
        raise InputError("pictures and as many captions, a pair each", lengths or "nothing", "Give two lists.")
    return list(inputs[0]), as_captions(inputs[1])


def _explanation(
    moments: PhiMoments, game: ModalityGame, labels: tuple[str, ...], samples: Axis, unit: str, origin: Origin
) -> Explanation:
    m = len(labels)
    axis = Axis("modality", labels)
    shares, share_errors = moments.shares_of_data_set()
    baseline = game.total - moments.by_sample.sum((1, 2))  # (n,)
    many = game.draws.shape[1] > 1
    first, second = (np.array(side) for side in zip(*combinations(range(m), 2), strict=True))
    pairs = tuple(f"{labels[i]} × {labels[j]}" for i, j in zip(first, second, strict=True))
    whole: dict[str, Any] = {"unit": unit, "origin": origin, "baseline": baseline, "total": game.total}
    places = range(m)
    parts = np.concatenate(
        [moments.by_sample[:, places, places], 2 * moments.by_sample[:, first, second]], 1
    )  # (n, M + pairs)
    part_errors = np.concatenate([moments.spread[:, places, places], 2 * moments.spread[:, first, second]], 1)
    companions = {
        "shares": Explanation(
            _single(100 * shares),
            (Axis("part", (*labels, "interaction")),),
            unit="%",
            title=f"InterSHAP {100 * shares[-1]:.1f} %",
            errors=None if share_errors is None else _single(100 * share_errors),
            origin=origin,
        ),
        "local": Explanation(
            _single(moments.by_sample),
            (samples, axis, axis),
            title="Interaction of modalities in each sample",
            errors=_single(moments.spread) if many else None,
            **whole,
        ),
        "local shares": Explanation(
            _single(100 * moments.shares_of_samples()),
            (samples,),
            unit="%",
            title="Share of interaction in each sample",
            origin=origin,
        ),
        "parts": Explanation(
            _single(parts),
            (samples, Axis("part", (*labels, *pairs))),
            title="Modalities alone and together",
            errors=_single(part_errors) if many else None,
            **whole,
        ),
        "shapley": Explanation(
            _single(moments.by_sample.sum(2)), (samples, axis), title="Shapley values of modalities", **whole
        ),
    }
    errors = moments.mean_errors
    noted = ", see its note on the background" if _TRIVIAL in origin.settings["notes"] else ""
    return Explanation(
        _single(np.abs(moments.mean)),
        (axis, axis),
        unit=unit,
        title=f"Interaction of modalities (InterSHAP {100 * shares[-1]:.1f} %{noted})",
        errors=None if errors is None else _single(errors),
        origin=origin,
        companions=companions,
    )


def _single(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)
