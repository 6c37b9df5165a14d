"""From embeddings to few discrete values: unit length, principal components, k-means (MATH.md 4.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError


def embedding_clusters(
    embeddings: ArrayLike, *, n_clusters: int = 10, n_components: int = 10, seed: int = 0
) -> NDArray[np.intp]:
    """The cluster of each embedding.

    Parameters
    ----------
    embeddings : array
        (n, d) embeddings, each taken at unit length; or (n,) labels of any kind, which are only numbered.
    n_clusters : int
        Fewer where there are fewer different embeddings: each is then a cluster of its own.
    n_components : int
        Principal components that are kept, at most d and n.
    seed : int
        Of the start of k-means, one greedy k-means++.

    Returns
    -------
    int array, (n,)
        0 to the number of clusters - 1; every number occurs.

    Raises
    ------
    InputError
        No rows, an embedding of zeros, or numbers that are not finite.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    given = np.asarray(embeddings)
    if given.ndim not in (1, 2) or given.size == 0:
        raise InputError("embeddings (n, d) or labels (n,)", f"shape {given.shape}", "Give one row a sample.")
    if given.ndim == 1:
        return np.unique(given, return_inverse=True)[1]
    vectors = given.astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise InputError("finite embeddings of some length", "zeros, infinities or NaN", "Leave these rows out.")
    vectors = np.round(vectors / lengths, 6)  # float32 noise must not make two embeddings of one thing
    different, which = np.unique(vectors, axis=0, return_inverse=True)
    if len(different) <= n_clusters:
        return which.reshape(-1)
    kept = PCA(min(n_components, *vectors.shape), random_state=seed).fit_transform(vectors)
    return np.unique(KMeans(n_clusters, random_state=seed).fit_predict(kept), return_inverse=True)[1]
