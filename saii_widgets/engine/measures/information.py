"""How pictures and texts share the information on an outcome: redundant, unique, synergistic (MATH.md 4.2)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.measures.embedding_clusters import embedding_clusters
from saii_widgets.engine.measures.ipfp import ATOMS, MOST_STEPS, information_atoms
from saii_widgets.engine.measures.joint_sample import JointSample

if TYPE_CHECKING:
    from saii_widgets.engine.models.model import DualEncoder

Floats = NDArray[np.float64]

_METHOD: Final = "partial information decomposition by IPFP (Amit et al. 2025)"
_REPLICATE_TOLERANCE: Final = 1e-6  # a replicate needs its atoms to some .002 bits, in a tenth of the time
_ROWS_PER_CELL: Final = 10
_LARGEST_BIAS: Final = 0.05  # bits
_SCORE_BINS: Final = 4


class InformationDecomposition:
    """Bits on an outcome that both modalities hold, that one alone holds, and that only the two together hold.

    Parameters
    ----------
    model : DualEncoder, optional
        Needed only to call this with pictures and captions.
    n_clusters, n_components : int
        Embeddings become unit length, then principal components, then clusters. Labels are taken as they are.
    n_permutations, n_bootstrap : int
        Samples for the null and for the intervals; 0 leaves the companions out.
    subtract_null : bool
        Take the null's mean off all numbers; the origin then says so, and numbers may be a little under 0.
    seed : int

    Returns
    -------
    Explanation
        float32, axes (atom) or (layer, atom), unit "bit"; errors are the bootstrap's standard deviations. Companions:
        "low" and "high" (95 % bootstrap interval, moved by the bootstrap's own bias), "null" (mean where the outcomes
        are permuted). Too few rows (under 10 K1 K2 Ky, or so few that chance adds over .05 bits) are said in the title
        and the origin. Cells repeat pictures and captions, so they weigh less than as many independent rows.

    Raises
    ------
    InputError
        Samples that do not fit together.

    Source
    ------
    Amit et al. 2025, MATH.md 4.2; known answers and null in `tests/engine/measures/`. Deviations: the clusters are not
    found anew in bootstrap samples; the null and the intervals stop at a tolerance of 1e-6.
    """

    def __init__(
        self,
        model: DualEncoder | None = None,
        *,
        n_clusters: int = 10,
        n_components: int = 10,
        n_permutations: int = 20,
        n_bootstrap: int = 50,
        subtract_null: bool = False,
        seed: int = 0,
    ) -> None:
        if min(n_clusters, n_components) < 1 or min(n_permutations, n_bootstrap) < 0:
            raise InputError("1 or more clusters and components, 0 or more samples", "less", "Raise the numbers.")
        if subtract_null and not n_permutations:
            raise InputError("n_permutations of 1 or more", "0", "Without permutations there is no null to subtract.")
        self.model, self.n_clusters, self.n_components = model, n_clusters, n_components
        self.n_permutations, self.n_bootstrap = n_permutations, n_bootstrap
        self.subtract_null, self.seed = subtract_null, seed

    def __call__(
        self,
        images: Sequence[Image.Image | Scene],
        captions: Sequence[Caption | str],
        *,
        outcome: ArrayLike | None = None,
    ) -> Explanation:
        """Decompose what a model's embeddings of pictures and captions say on an outcome.

        Parameters
        ----------
        images, captions : sequences of N and M
        outcome : array, optional
            (n,) labels: picture k and caption k are one sample with this outcome (N = M = n).
            (N, M) labels: every picture meets every caption; say, whether they match.
            Default: the model's own logits of all N x M cells, in four bins of equal size. What is unique to pictures
            is then that some score high with every caption; matching proper is synergistic.

        Raises
        ------
        InputError
            No model, or outcomes that do not fit.
        """
        if self.model is None:
            raise InputError("a model", "none", "Pass one: InformationDecomposition(model), or call of_embeddings().")
        started = time.perf_counter()
        pictures = [as_picture(image) for image in images]
        v, u = (_numpy(e) for e in (self.model.embed_images(pictures), self.model.embed_captions(captions)))
        chosen: dict[str, Any] = {"outcome": "given"}
        if outcome is None:
            logits = v @ u.T * self.model.scale + self.model.bias
            edges = np.quantile(logits, np.arange(1, _SCORE_BINS) / _SCORE_BINS)
            outcome = np.searchsorted(edges, logits, side="right")
            chosen = {"outcome": f"the model's logits in {_SCORE_BINS} bins of equal size"}
        labels = np.asarray(outcome)
        codes = np.unique(labels, return_inverse=True)[1].reshape(labels.shape)
        sample = JointSample(self._clusters(v), self._clusters(u), codes)
        return self._explain([("", sample)], chosen, started, passes=len(pictures) + len(captions))

    def of_embeddings(self, image: ArrayLike, text: ArrayLike, outcome: ArrayLike) -> Explanation:
        """The same from n rows: embeddings (n, d), or labels (n,), each of pictures, texts and outcomes."""
        started = time.perf_counter()
        return self._explain([("", self._sample(image, text, outcome))], {}, started)

    def of_layers(self, layers: Mapping[str, tuple[ArrayLike, ArrayLike]], outcome: ArrayLike) -> Explanation:
        """One decomposition a layer: names, and each layer's embeddings of the n pictures and the n texts."""
        started = time.perf_counter()
        if not layers:
            raise InputError("at least one layer", "none", "Give {name: (image embeddings, text embeddings)}.")
        samples = [(name, self._sample(image, text, outcome)) for name, (image, text) in layers.items()]
        return self._explain(samples, {}, started, layers=tuple(layers))

    def of_table(self, table: ArrayLike) -> Explanation:
        """The decomposition of a known joint distribution P[x1, x2, y]: exact, so without null and intervals."""
        started = time.perf_counter()
        given = np.asarray(table)
        if given.ndim != 3:
            raise InputError("one joint table P[x1, x2, y]", f"shape {given.shape}", "Give three dimensions.")
        atoms = information_atoms(given)
        origin = Origin.now(
            method=_METHOD,
            settings={"table": given.shape, "most_solver_steps": MOST_STEPS},
            seconds=time.perf_counter() - started,
        )
        return Explanation(
            atoms.astype(np.float32), (Axis("atom", ATOMS),), unit="bit", title="Information", origin=origin
        )

    def _clusters(self, values: ArrayLike) -> NDArray[np.intp]:
        return embedding_clusters(values, n_clusters=self.n_clusters, n_components=self.n_components, seed=self.seed)

    def _sample(self, image: ArrayLike, text: ArrayLike, outcome: ArrayLike) -> JointSample:
        return JointSample(*(self._clusters(values) for values in (image, text, outcome)))

    def _explain(
        self,
        samples: Sequence[tuple[str, JointSample]],
        chosen: Mapping[str, Any],
        started: float,
        *,
        layers: tuple[str, ...] | None = None,
        passes: int | None = None,
    ) -> Explanation:
        parts = [self._one(sample) for _, sample in samples]
        numbers = {name: np.stack([part[name] for part in parts]).astype(np.float32) for name in parts[0]}
        axes: tuple[Axis, ...] = (Axis("layer", layers or ("",)), Axis("atom", ATOMS))
        if layers is None:
            axes, numbers = axes[1:], {name: rows[0] for name, rows in numbers.items()}
        rows = min(sample.outcome.size for _, sample in samples)
        advised = max(_advised_rows(*sample.shape) for _, sample in samples)
        settings: dict[str, Any] = {
            **chosen,
            "clusters": [list(sample.shape) for _, sample in samples],
            "components": self.n_components,
            "most_solver_steps": MOST_STEPS,
            "permutations": self.n_permutations,
            "bootstrap": self.n_bootstrap,
            "null_subtracted": self.subtract_null,
            "rows": rows,
            "advised_rows": advised,
            "enough_rows": rows >= advised,
        }
        model = self.model if passes is not None else None
        common: dict[str, Any] = {
            "axes": axes,
            "unit": "bit",
            "origin": Origin.now(
                model=model.name if model else "",
                revision=model.revision if model else "",
                method=_METHOD,
                settings=settings,
                seed=self.seed,
                encoder_passes=passes,
                seconds=time.perf_counter() - started,
            ),
        }
        few = "" if rows >= advised else f"; few rows, {rows:,} of {advised:,} advised"
        subtracted = " above the null" if self.subtract_null else ""
        titles = {"low": "Information, lower end", "high": "Information, upper end", "null": "Information by chance"}
        return Explanation(
            numbers["value"],
            errors=numbers.get("error"),
            title=f"Information{subtracted}{few}",
            companions={
                name: Explanation(numbers[name], title=title, **common)
                for name, title in titles.items()
                if name in numbers
            },
            **common,
        )

    def _one(self, sample: JointSample) -> dict[str, Floats]:
        """Value, and where asked low, high, error and null, each (4,) in bits."""
        rng = np.random.default_rng(self.seed)
        value = information_atoms(sample.table())
        found = {"value": value}
        if self.n_bootstrap:
            tables = np.stack(list(sample.resampled(self.n_bootstrap, rng)))
            drawn = information_atoms(tables, tolerance=_REPLICATE_TOLERANCE)
            low, high = np.quantile(drawn, (0.025, 0.975), axis=0) - drawn.mean(0) + value
            found |= {"low": np.maximum(low, 0), "high": high, "error": drawn.std(0)}
        if self.n_permutations:
            tables = np.stack(list(sample.permuted(self.n_permutations, rng)))
            found["null"] = information_atoms(tables, tolerance=_REPLICATE_TOLERANCE).mean(0)
        if self.subtract_null:
            for name in ("value", "low", "high"):
                if name in found:
                    found[name] = found[name] - found["null"]
        return found


def _advised_rows(k1: int, k2: int, ky: int) -> int:
    """10 K1 K2 Ky, or more where I(X1 X2; Y) would have a bias, (K1 K2 - 1)(Ky - 1) / (2 n ln 2), of over .05 bits."""
    unbiased = (k1 * k2 - 1) * (ky - 1) / (2 * np.log(2) * _LARGEST_BIAS)
    return max(_ROWS_PER_CELL * k1 * k2 * ky, int(np.ceil(unbiased)))


def _numpy(embeddings: Any) -> Floats:
    return embeddings.detach().double().cpu().numpy()
