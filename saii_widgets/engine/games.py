"""Coalition games between a picture and a caption, factorised for dual encoders (MATH.md 3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from saii_widgets.engine.coalitions import Keep, gauss_legendre
from saii_widgets.engine.expansion import Array, Expansion

Prediction = Literal["expansion", "product"]


@dataclass(frozen=True)
class Index:
    """An interaction index as a mixture of Banzhaf indices: at probabilities `nodes`, with `weights` that sum to 1.

    Source
    ------
    Owen 1972; Grabisch and Roubens 1999: the Shapley interaction index is the integral of the Banzhaf index over p.
    Against brute force to 1e-6: `test_interactions.py::test_equals_brute_force`.
    """

    nodes: tuple[float, ...]
    weights: tuple[float, ...]

    @classmethod
    def banzhaf(cls, p: float) -> Index:
        """Every player kept with probability p."""
        return cls((float(p),), (1.0,))

    @classmethod
    def shapley(cls, nodes: int) -> Index:
        """By Gauss-Legendre; exact from (players - 1) / 2 nodes on."""
        x, w = gauss_legendre(nodes)
        return cls(tuple(x.tolist()), tuple(w.tolist()))


class Part(NamedTuple):
    """Values and their standard errors."""

    values: Array
    errors: Array


def _more_noise(v: Expansion, u: Expansion, right: Array) -> Array:
    """What the caption's noise adds to squared standard errors (1 + m, 1 + n).

    Each side's errors are taken along the other side's noisy betas, so noise times noise is counted twice there: once
    is taken off again.
    """
    added = u.errors(right.T) ** 2
    if not v.exact and not u.exact:
        (sizes, shape), (more_sizes, more_shape) = v.noise(), u.noise()
        twice = np.outer(more_sizes, sizes) * (shape * more_shape).sum()
        added[1:, 1:] = np.maximum(added[1:, 1:] - twice, 0)
    return added


@dataclass(frozen=True)
class PictureGames:
    """The games of one picture with M captions: `f(S, T) = scale <v(S), u(T)> + bias` of each.

    Parameters
    ----------
    image : sequence of Expansion
        One a node of the index.
    captions : sequence of sequence of Expansion
        One a node, for each caption: nothing of one side depends on the other.
    index : Index
    scale, bias : float
    """

    image: Sequence[Expansion]
    captions: Sequence[Sequence[Expansion]]
    index: Index
    scale: float
    bias: float

    def table(self) -> Part:
        """Cross interactions with the main effects around them, a block (1 + m, 1 + n) a caption, one under the other.

        Row 0 of a block has the main effects of the picture's players, column 0 those of the caption's, and cell (0, 0)
        the mean of the game without the bias.
        """
        values, squares = 0.0, 0.0
        for v, us, w in self._nodes():
            right = np.vstack([v.mean, v.singles])  # (1 + n, d)
            down = np.vstack([block for u in us for block in (u.mean, u.singles)])  # (sum of 1 + m, d)
            values = values + w * down @ right.T
            noise = v.errors(down.T).T ** 2
            if not all(u.exact for u in us):
                noise = noise + np.vstack([_more_noise(v, u, right) for u in us])
            squares = squares + w**2 * noise
        return Part(np.asarray(values), np.sqrt(squares))

    def image_pairs(self) -> Part:
        """Interactions within the picture, (n, n, M)."""
        values, squares = 0.0, 0.0
        for v, us, w in self._nodes():
            along = w * np.stack([u.mean for u in us], 1)  # (d, M)
            values, squares = values + v.pairs(along), squares + v.pair_errors(along) ** 2
        return Part(np.asarray(values), np.sqrt(squares))

    def caption_pairs(self, caption: int) -> Part:
        """Interactions within a caption, (m, m)."""
        values, squares = 0.0, 0.0
        for v, us, w in self._nodes():
            along = w * v.mean[:, None]
            values = values + us[caption].pairs(along)[..., 0]
            squares = squares + us[caption].pair_errors(along)[..., 0] ** 2
        return Part(np.asarray(values), np.sqrt(squares))

    def _nodes(self) -> Iterator[tuple[Expansion, list[Expansion], float]]:
        """Picture, captions, and weight times scale of each node."""
        for q, weight in enumerate(self.index.weights):
            yield self.image[q], [nodes[q] for nodes in self.captions], weight * self.scale

    def predict(
        self, keep_image: Keep, keep_words: Keep, *, caption: int, node: int, prediction: Prediction, order: int
    ) -> NDArray[np.float64]:
        """Logits of coalitions (K, n) and (K, m), row by row.

        Parameters
        ----------
        keep_image, keep_words : bool array
        caption, node : int
            Which caption, and around which of the index's probabilities.
        prediction : {"expansion", "product"}
            "expansion": mean, main effects, cross interactions and, for order 2, pairs of either side. "product": the
            two fitted sides multiplied, `scale <v^(S), u^(T)>`, which has all orders across them.
        order : {1, 2}
        """
        v, u = self.image[node], self.captions[caption][node]
        found = (_known(v, keep_image, prediction) * _known(u, keep_words, prediction)).sum(1)
        if prediction == "expansion" and order == 2:
            found += v.quadratic(keep_image, u.mean) + u.quadratic(keep_words, v.mean)
        return self.scale * found + self.bias

    def predict_all(
        self, keep_image: Keep, keep_words: Sequence[Keep], *, node: int, prediction: Prediction, order: int
    ) -> Iterator[NDArray[np.float64]]:
        """Logits (K, L) of all combinations of coalitions (K, n) and (L, m), caption after caption."""
        v = self.image[node]
        left = _known(v, keep_image, prediction)
        for nodes, keep in zip(self.captions, keep_words, strict=True):
            u = nodes[node]
            found = left @ _known(u, keep, prediction).T
            if prediction == "expansion" and order == 2:
                found += v.quadratic(keep_image, u.mean)[:, None] + u.quadratic(keep, v.mean)
            yield self.scale * found + self.bias


def _known(side: Expansion, keep: Keep, prediction: Prediction) -> Array:
    return side.predict(keep) if prediction == "product" else side.linear(keep)
