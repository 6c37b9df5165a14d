"""Which words and which parts of a picture matter only together for the matching score."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, Literal

from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine.games import Prediction
from saii_widgets.engine.interaction_call import Captions, Images, InteractionCall, InteractionSettings
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.pair_players import PairPlayers, Players
from saii_widgets.engine.runtime import Progress
from saii_widgets.engine.surrogate import Surrogate


class Interactions:
    """Interactions between words and parts of a picture, for N pictures and M captions, in N + M fits.

    The logit of a dual encoder is an inner product, so its interaction indices are inner products of what each side
    does alone: masked pictures and masked captions are encoded once, apart, and all pairs follow.

    Parameters
    ----------
    model : DualEncoder
    index : {"banzhaf", "shapley"}
        "banzhaf": the effect when every other player is there with probability `p`. "shapley": averaged over p.
    p : float
        In (0, 1); near 1 asks about the whole picture and caption, near 0 about single players. Of "banzhaf".
    order : {1, 2}
        2: also pairs of words and pairs of parts, as companions; these are shrunk by ridge.
    players : str, masks, groups, or (image, caption)
        "patches", "blocks 2", "slic 50" or masks; "words", "tokens", "phrases" or groups of places of words.
    masking : str or (image, caption)
        How players are taken away. Pictures: "mean", "drop", "blur"; captions: "attention", "delete".
    budget : int or "auto"
        Masked pictures that are encoded for each picture (and masked captions for each with more than 12 players).
        "auto": until the standard errors are a tenth of the values' spread, their standard deviation.
    seed : int
    prediction : {"expansion", "product"}
        What R2 is taken of and a surrogate predicts with: the interactions added up, or the two fitted sides
        multiplied.
    nodes : int, optional
        Of "shapley": at how many p it is taken.
    study : Study, optional
        Embeddings of coalitions are kept in its `arrays` and found again by content: new captions for old pictures cost
        only the captions. Without a study this explainer keeps them while it lives.
    progress : Progress, optional
        Called with (done, total, "coalitions"); may raise `Cancelled`. What was encoded before is kept.

    Raises
    ------
    InputError
        A setting that does not exist, or a p outside of (0, 1).
    ModelError
        No dual encoder.

    Source
    ------
    Baniecki et al. 2025, arXiv:2508.05430 (FIxLIP: weighted Banzhaf interactions) and the Shapley interaction index of
    Grabisch and Roubens 1999, both factorised (MATH.md 3.2, 3.3). Against brute force over all coalitions, to 1e-6:
    `test_interactions.py::test_equals_brute_force`; calibration of errors: `test_interactions_errors.py`.
    """

    def __init__(
        self,
        model: DualEncoder,
        *,
        index: Literal["banzhaf", "shapley"] = "banzhaf",
        p: float = 0.5,
        order: Literal[1, 2] = 1,
        players: Players | None = None,
        masking: str | tuple[str, str] | None = None,
        budget: int | Literal["auto"] = "auto",
        seed: int = 0,
        prediction: Prediction = "expansion",
        nodes: int | None = None,
        study: Study | None = None,
        progress: Progress | None = None,
    ) -> None:
        if not isinstance(model, DualEncoder):
            raise ModelError(
                "a dual encoder (CLIP, SigLIP or SigLIP 2)", type(model).__name__, "Load one with load_model()."
            )
        _refuse("an index", index, ("banzhaf", "shapley"))
        _refuse("an order", order, (1, 2))
        _refuse("a prediction", prediction, ("expansion", "product"))
        if not 0 < p < 1:
            raise InputError("a probability p between 0 and 1", repr(p), "Take .5, or .3 and .7 beside it.")
        if budget != "auto" and (not isinstance(budget, int) or isinstance(budget, bool) or budget < 1):
            raise InputError("a budget", repr(budget), "Give a number of coalitions, or 'auto'.")
        if nodes is not None and nodes < 1:
            raise InputError("at least 1 node", repr(nodes), "Leave it out.")
        self.model, self.progress = model, progress
        self.settings = InteractionSettings(
            index, float(p), order, PairPlayers.named(players, masking), budget, seed, prediction, nodes
        )
        self._kept: MutableMapping[str, Any] = study.arrays if study is not None else {}

    def __call__(self, images: Images, captions: Captions = None) -> Explanation:
        """Explain.

        Parameters
        ----------
        images : Scene, PIL.Image, or a sequence of them
            N pictures; scenes bring their captions and names.
        captions : Caption, str, or a sequence of them, optional
            M captions. Default: those of the scenes.

        Returns
        -------
        Explanation
            float32 with standard errors, unit "logit". One picture and one caption: axes (word, patch), with the main
            effects as companions "word" and "patch", and for order 2 the pairs "words" and "patches". Several: axes
            (image, word, patch) with the words of all captions on one axis, and the companion "r2" (image, caption).
            `origin.settings` says R2, budget and what the errors leave out.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads, or a scene has none.
        InputError
            A budget too small (the least is said), or more players than the memory holds (players that fit are said).
        Cancelled
            From `progress`.
        """
        call = self._call(images, captions)
        return call.explanation(call.last())

    def refine(self, images: Images, captions: Captions = None) -> Iterator[Explanation]:
        """The same, coarse at first: yields a result at the least budget, then better ones at doubled budgets.

        Only the last one has R2, which needs coalitions of its own.
        """
        call = self._call(images, captions)
        for one in call.refined():
            yield call.explanation(one)

    def surrogate(self, image: Scene | Image.Image, caption: Caption | str | None = None) -> Surrogate:
        """What was fitted to one pair, as something that predicts the logit of any coalition at once."""
        return self._call(image, caption).surrogate()

    def _call(self, images: Images, captions: Captions) -> InteractionCall:
        return InteractionCall(self.model, self.settings, images, captions, kept=self._kept, progress=self.progress)


def _refuse(what: str, came: Any, choices: tuple[Any, ...]) -> None:
    if came not in choices:
        raise InputError(what, repr(came), f"Take {' or '.join(map(repr, choices))}.")
