"""The vocabulary of visual concepts as clusters of segment features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

FARTHEST: Final = 95  # percentile of a cluster's own distances, beyond which a segment matches nothing
_MOST_CLUSTERED: Final = 20_000  # segments; more make the clusters no better, and fitting slow
_STARTS: Final = 3


@dataclass(frozen=True, eq=False)
class Codebook:
    """Clusters of segments, and how near a segment must be to belong to one.

    Parameters
    ----------
    mean, scale : float32 array, (d,)
        Of the raw features of the segments that were clustered.
    blocks : tuple of int
        Features of each layer; they sum to d.
    centres : float32 array, (k, m)
        Segments are matched by the first layers, of m features together; the others say what the classifier makes of
        a segment, and the same thing may mean more or less to it.
    limits : float32 array, (k,)
        Largest distance at which a segment belongs to the cluster.
    n_concepts : int
        The first so many clusters are concepts; the others take in what matters less, such as the ground.
    """

    mean: Array
    scale: Array
    blocks: tuple[int, ...]
    centres: Array
    limits: Array
    n_concepts: int

    @classmethod
    def fit(
        cls, raw: Array, blocks: Sequence[int], n_clusters: int, seed: int, n_matched: int | None = None
    ) -> Codebook:
        """Cluster segments by k-means; every cluster is a concept at first.

        Parameters
        ----------
        raw : float32 array, (n, d)
        blocks : sequence of int
        n_clusters, seed : int
        n_matched : int, optional
            By how many of the layers; by default by all.
        """
        from sklearn.cluster import KMeans

        scale = np.maximum(raw.std(0), 1e-6 * max(float(raw.std()), 1e-6))
        none = np.zeros((0, sum(blocks[:n_matched])), np.float32)
        book = cls(raw.mean(0), scale, tuple(blocks), none, np.zeros(0, np.float32), 0)
        features = book.features(raw)[:, : book.n_looks]
        order = np.random.default_rng(seed).permutation(len(features))
        drawn = features[np.sort(order[:_MOST_CLUSTERED])]
        means = KMeans(n_clusters, n_init=_STARTS, random_state=seed)  # pyright: ignore[reportArgumentType]
        centres = means.fit(drawn).cluster_centers_.astype(np.float32)
        book = replace(book, centres=centres, n_concepts=n_clusters)
        nearest, distance = book.nearest(features)
        each = [distance[nearest == k] for k in range(n_clusters)]
        limits = [np.percentile(near, FARTHEST) if len(near) else 0 for near in each]
        return replace(book, limits=np.array(limits, np.float32))

    @property
    def n_looks(self) -> int:
        """How many features segments are matched by."""
        return self.centres.shape[1]

    def features(self, raw: Array) -> Array:
        """Standardised features (n, d).

        Those of each layer that segments are matched by are of equal length, all together of length 1. Those of
        another layer keep their length, which says how much the classifier makes of a segment.
        """
        z = (raw - self.mean) / self.scale
        ends = np.cumsum(self.blocks)
        parts = np.split(z, ends[:-1], axis=1)
        n_matched = int(np.searchsorted(ends, self.n_looks)) + 1
        looks = [part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-6) for part in parts[:n_matched]]
        deeper = [part / np.sqrt(part.shape[1]) for part in parts[n_matched:]]
        return np.concatenate([*(part / np.sqrt(n_matched) for part in looks), *deeper], 1).astype(np.float32)

    def nearest(self, features: Array) -> tuple[NDArray[np.intp], Array]:
        """The nearest cluster of each segment, and the distance to its centre."""
        looks = features[:, : self.n_looks]
        squares = (looks**2).sum(1)[:, None] + (self.centres**2).sum(1) - 2 * looks @ self.centres.T  # (n, k)
        found = squares.argmin(1)
        return found, np.sqrt(np.maximum(squares[np.arange(len(found)), found], 0)).astype(np.float32)

    def match(self, features: Array) -> NDArray[np.intp]:
        """The segment that stands for each concept: the nearest of those that belong to it, else -1."""
        chosen = np.full(len(self.centres), -1)
        if len(features):
            clusters, distance = self.nearest(features)
            for segment in np.argsort(-distance, kind="stable"):  # the nearest is written last
                if distance[segment] <= self.limits[clusters[segment]]:
                    chosen[clusters[segment]] = segment
        return chosen[: self.n_concepts]

    def ordered(self, order: Sequence[int] | NDArray[np.intp], n_concepts: int) -> Codebook:
        """The same clusters in another order, the first of which are concepts."""
        places = np.asarray(order, np.intp)
        return replace(self, centres=self.centres[places], limits=self.limits[places], n_concepts=n_concepts)

    def arrays(self) -> dict[str, NDArray]:
        """What :meth:`from_arrays` takes."""
        plain = {name: getattr(self, name) for name in ("mean", "scale", "centres", "limits")}
        return plain | {"blocks": np.array(self.blocks, np.int64), "n_concepts": np.array([self.n_concepts], np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray]) -> Codebook:
        """The reverse of :meth:`arrays`.

        Raises
        ------
        ValueError
            Arrays that do not fit together.
        """
        mean, scale, centres, limits = (arrays[name] for name in ("mean", "scale", "centres", "limits"))
        blocks = tuple(int(n) for n in arrays["blocks"])
        d, looks = (sum(blocks),), {(len(limits), int(m)) for m in np.cumsum(blocks)}
        if mean.shape != d or scale.shape != d or centres.shape not in looks or limits.ndim != 1:
            raise ValueError("a codebook whose arrays do not fit together")
        n_concepts = int(arrays["n_concepts"][0])
        if not 0 < n_concepts <= len(limits):
            raise ValueError(f"{n_concepts} concepts in {len(limits)} clusters")
        return cls(mean, scale, blocks, centres, limits, n_concepts)
