"""Principal components of a corpus: truncated SVD of its TF-IDF matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class Components:
    """The first k components.

    Parameters
    ----------
    terms : tuple of str
        The words, in the order of the columns.
    vectors : float64 array, (k, n_terms)
        Right singular vectors, rows of unit length.
    singular_values : float64 array, (k,)
        From the largest down.
    share : float64 array, (k,)
        Share of the matrix's squared length that each component holds.
    """

    terms: tuple[str, ...]
    vectors: NDArray[np.float64]
    singular_values: NDArray[np.float64]
    share: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.singular_values)

    @property
    def loadings(self) -> NDArray[np.float64]:
        """Weight of each word in each component, scaled by its singular value: (k, n_terms)."""
        return self.vectors * self.singular_values[:, None]

    @property
    def strength(self) -> NDArray[np.float64]:
        """Length of each word in the space of the components, as a share of the longest: (n_terms,), 0 to 1."""
        length = np.sqrt((self.loadings**2).sum(0))
        return length / max(length.max(), np.finfo(np.float64).tiny)

    def top(self, component: int, n: int = 10) -> tuple[str, ...]:
        """The n words that weigh most in a component, by absolute value."""
        order = np.argsort(-np.abs(self.vectors[component]), kind="stable")[:n]
        return tuple(self.terms[k] for k in order)

    def to_frame(self, n: int = 10) -> pd.DataFrame:
        """One row a component: singular value, share, and its n words."""
        import pandas as pd

        rows = [
            {"component": k, "singular value": value, "share": share, "words": ", ".join(self.top(k, n))}
            for k, (value, share) in enumerate(zip(self.singular_values, self.share, strict=True))
        ]
        return pd.DataFrame(rows)


def find_components(matrix: csr_matrix, terms: tuple[str, ...], k: int, seed: int = 0) -> Components:
    """Truncated SVD of a TF-IDF matrix.

    Parameters
    ----------
    matrix : sparse float array, (n_texts, n_terms)
    terms : tuple of str
    k : int
        Number of components, at most the smaller side of the matrix.
    seed : int
        Of the randomised range finder; the same seed gives the same result.

    Source
    ------
    N. Halko, P.-G. Martinsson, J. A. Tropp, Finding Structure with Randomness, SIAM Review 53(2), 2011, as in
    scikit-learn's ``randomized_svd``.
    """
    from sklearn.utils.extmath import randomized_svd

    n_texts, n_terms = matrix.get_shape()
    _, values, vectors = randomized_svd(matrix, min(k, n_texts, n_terms), random_state=seed)
    total = max(float(matrix.multiply(matrix).sum()), np.finfo(np.float64).tiny)
    return Components(terms, vectors, values, values**2 / total)
