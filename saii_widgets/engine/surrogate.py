"""A cheap stand-in for the model on one pair: what was fitted, asked for any coalition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from saii_widgets.core.errors import InputError
from saii_widgets.engine.coalitions import Keep
from saii_widgets.engine.games import PictureGames, Prediction


@dataclass(frozen=True)
class Surrogate:
    """Predicts the logit of a picture and a caption of which only some players are kept.

    Parameters
    ----------
    game : PictureGames
        Of one caption.
    n_image, n_words : int
        Players of either side.
    prediction : {"expansion", "product"}
    order : {1, 2}
    """

    game: PictureGames
    n_image: int
    n_words: int
    prediction: Prediction
    order: int

    def predict(self, keep_image: ArrayLike, keep_words: ArrayLike) -> NDArray[np.float64]:
        """Logits of coalitions, row by row; of a mixture of nodes (Shapley) by the node nearest to the share kept.

        Parameters
        ----------
        keep_image, keep_words : bool array, (K, n) and (K, m)

        Returns
        -------
        float array, (K,)

        Raises
        ------
        InputError
            Other shapes.
        """
        image, words = self._checked(keep_image, self.n_image), self._checked(keep_words, self.n_words)
        if len(image) != len(words):
            raise InputError(
                "as many coalitions of the picture as of the caption", f"{len(image)} and {len(words)}", "Repeat rows."
            )
        share = np.concatenate([image, words], 1).mean(1)
        node = np.abs(share[:, None] - np.array(self.game.index.nodes)).argmin(1)
        found = np.empty(len(image))
        for q in np.unique(node):
            rows = node == q
            found[rows] = self.game.predict(
                image[rows], words[rows], caption=0, node=int(q), prediction=self.prediction, order=self.order
            )
        return found

    @staticmethod
    def _checked(keep: ArrayLike, n: int) -> Keep:
        array = np.asarray(keep, bool)
        if array.ndim != 2 or array.shape[1] != n:
            raise InputError(f"coalitions (K, {n})", f"shape {array.shape}", "A row is a coalition.")
        return array
