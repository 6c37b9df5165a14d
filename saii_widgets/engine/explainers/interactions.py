"""Which words and which parts of a picture matter only together for the matching score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Literal

from PIL import Image

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.engine.fusion_call import FusionCall
from saii_widgets.engine.games import Prediction
from saii_widgets.engine.interaction_call import InteractionCall
from saii_widgets.engine.modality_call import ModalityCall
from saii_widgets.engine.modality_players import ModalityPlayers
from saii_widgets.engine.models.as_list_model import Predict, as_list_model, name_of
from saii_widgets.engine.models.as_pair_model import as_pair_model
from saii_widgets.engine.models.blackbox import Score
from saii_widgets.engine.models.masked_inputs import CAPTION_MASKINGS
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder
from saii_widgets.engine.models.painted_picture import IMAGE_MASKINGS
from saii_widgets.engine.pair_arguments import Captions, Images
from saii_widgets.engine.pair_call import InteractionSettings
from saii_widgets.engine.pair_players import PairPlayers, Players
from saii_widgets.engine.runtime import Progress
from saii_widgets.engine.surrogate import Surrogate


class Interactions:
    """Interactions between words and parts of a picture, for N pictures and M captions.

    The logit of a dual encoder is an inner product, so its interaction indices are inner products of what each side
    does alone: masked pictures and masked captions are encoded once, apart, and all N x M pairs follow from N + M fits.
    A matcher or a service gives one number a pair and nothing else: there every pair is a game of its own, in which one
    set of coalitions serves all words and all parts. With `modalities` the players come from any number of pictures,
    texts and rows of features, and the same set of coalitions serves them all.

    Parameters
    ----------
    model : DualEncoder, CoalitionScorer or callable
        From `load_model` (CLIP, SigLIP) or `load_matcher` (ViLT, BLIP), or a `BlackBox`. A callable
        `score(images, captions)` is taken as `BlackBox(score)`. With `modalities` a callable on one list, as
        `InterShap` takes it: n samples of each modality to scores (n,) or probabilities (n, classes), of which the
        value is that of the class which the whole sample is given.
    index : {"banzhaf", "shapley"}
        "banzhaf": the effect when every other player is there with probability `p`. "shapley": averaged over p.
    p : float
        In (0, 1); near 1 asks about the whole picture and caption, near 0 about single players. Of "banzhaf".
    order : {1, 2}
        2: also pairs of words and pairs of parts, as companions; these are shrunk by ridge.
    players : str, masks, groups, or (image, caption)
        "patches", "blocks 2", "slic 50" or masks; "words", "tokens", "phrases" or groups of places of words.
    masking : str or (image, caption)
        How players are taken away. Pictures: "mean", "drop", "blur"; captions: "attention", "delete". A callable is
        shown pictures and texts: "mean" or "blur", and "delete".
    budget : int or "auto"
        Masked pictures that are encoded for each picture (and masked captions for each with more than 12 players); of
        a model of pairs, calls for each pair. "auto": until the standard errors are a tenth of the values' spread,
        their standard deviation.
    seed : int
    modalities : sequence of str, optional
        Names, in the order in which the callable takes them. Their `players` are names as above or a mapping by
        modality: of a picture also (rows, columns) of patches, 7 x 7 by default, and of features groups of them.
    background : mapping of str to rows, optional
        Of `modalities` that are rows of features: what stands in for a feature that is taken away, one row or several
        over which scores are averaged; each costs a call for every coalition.
    prediction : {"expansion", "product"}
        What R2 is taken of and a surrogate predicts with: the interactions added up, or the two fitted sides
        multiplied, which only a dual encoder has.
    nodes : int, optional
        Of "shapley" and a dual encoder: at how many p it is taken.
    study : Study, optional
        Embeddings of coalitions are kept in its `arrays` and found again by content: new captions for old pictures cost
        only the captions. Of a model of pairs, scores of coalitions. Without a study this explainer keeps them while it
        lives.
    progress : Progress, optional
        Called with (done, total, "coalitions"); may raise `Cancelled`. What was encoded before is kept.

    Raises
    ------
    InputError
        A setting that does not exist or that such a model does not have, or a p outside of (0, 1).
    ModelError
        Nothing that scores pairs.

    Source
    ------
    Baniecki et al. 2025, arXiv:2508.05430 (FIxLIP: weighted Banzhaf interactions) and the Shapley interaction index of
    Grabisch and Roubens 1999, for dual encoders factorised (MATH.md 3.2, 3.3), for other models by 3.4. Against brute
    force over all coalitions, to 1e-6: `test_interactions.py::test_equals_brute_force`,
    `test_interactions_of_pairs.py::test_equals_brute_force`; calibration of errors: `test_interactions_errors.py`,
    `test_fusion_game.py`; three modalities: `test_interactions_of_modalities.py`.
    """

    def __init__(
        self,
        model: DualEncoder | CoalitionScorer | Score | Predict,
        *,
        index: Literal["banzhaf", "shapley"] = "banzhaf",
        p: float = 0.5,
        order: Literal[1, 2] = 1,
        players: Players | Mapping[str, Any] | None = None,
        masking: str | tuple[str, str] | None = None,
        budget: int | Literal["auto"] = "auto",
        seed: int = 0,
        modalities: Sequence[str] | None = None,
        background: Mapping[str, Any] | None = None,
        prediction: Prediction = "expansion",
        nodes: int | None = None,
        study: Study | None = None,
        progress: Progress | None = None,
    ) -> None:
        _refuse("an index", index, ("banzhaf", "shapley"))
        _refuse("an order", order, (1, 2))
        _refuse("a prediction", prediction, ("expansion", "product"))
        if not 0 < p < 1:
            raise InputError("a probability p between 0 and 1", repr(p), "Take .5, or .3 and .7 beside it.")
        if budget != "auto" and (not isinstance(budget, int) or isinstance(budget, bool) or budget < 1):
            raise InputError("a budget", repr(budget), "Give a number of coalitions, or 'auto'.")
        if nodes is not None and nodes < 1:
            raise InputError("at least 1 node", repr(nodes), "Leave it out.")
        self.progress = progress
        self._modalities: ModalityPlayers | None = None
        maskings: dict[str, Any] = {}
        if modalities is not None:
            self.model: Any = as_list_model(model)
            _refuse_for_pairs(name_of(model), prediction, nodes)
            maskings = {"image_maskings": IMAGE_MASKINGS, "caption_maskings": CAPTION_MASKINGS}
            by_name, players = (players, None) if isinstance(players, Mapping) else ({}, players)
            shared = PairPlayers.named(players, masking, **maskings)
            self._modalities = ModalityPlayers(tuple(modalities), shared, by_name, background or {})
        else:
            self.model = as_pair_model(model)
            if background is not None:
                raise InputError("modalities= with a background", "a background alone", "Name the modalities.")
            if isinstance(self.model, CoalitionScorer):
                _refuse_for_pairs(self.model.name, prediction, nodes)
                maskings = {name: getattr(self.model, name) for name in ("image_maskings", "caption_maskings")}
            shared = PairPlayers.named(players, masking, **maskings)
        self.settings = InteractionSettings(index, float(p), order, shared, budget, seed, prediction, nodes)
        self._kept: MutableMapping[str, Any] = study.arrays if study is not None else {}

    def __call__(self, images: Images | Any, captions: Captions | Any = None, *more: Any) -> Explanation:
        """Explain.

        Parameters
        ----------
        images : Scene, PIL.Image, or a sequence of them
            N pictures; scenes bring their captions and names.
        captions : Caption, str, or a sequence of them, optional
            M captions. Default: those of the scenes.
        *more
            With `modalities`, the first, the second and all further ones of one sample: pictures or scenes, texts, and
            rows of features as mappings or arrays (of more dimensions, the first are the features).

        Returns
        -------
        Explanation
            float32 with standard errors, unit "logit" (of a callable its own). One picture and one caption: axes
            (word, patch), with the main effects as companions "word" and "patch", and for order 2 the pairs "words" and
            "patches". Several: axes (image, word, patch) with the words of all captions on one axis, and the companion
            "r2" (image, caption). Of `modalities`: over the first text and the first picture, or what comes first in
            their place; main effects of others are companions by name ("weather"), further pairs "text × weather", and
            for order 2 "weather × weather".
            `origin.settings` says R2, budget and what the errors leave out.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads, or a scene has none.
        InputError
            A budget too small (the least is said), more players than the memory holds (players that fit are said), or
            not an input for each modality, features without a background.
        ModelError
            The model contradicts itself, returns NaN, or a callable fails or its budget is spent: what was paid for is
            kept, and the same call made again goes on from there.
        Cancelled
            From `progress`.
        """
        return self._call(images, captions, *more).result()

    def refine(self, images: Images | Any, captions: Captions | Any = None, *more: Any) -> Iterator[Explanation]:
        """The same, coarse at first: yields a result at the least budget, then better ones at doubled budgets.

        Only the last one has R2, which needs coalitions of its own.
        """
        yield from self._call(images, captions, *more).results()

    def surrogate(self, image: Scene | Image.Image, caption: Caption | str | None = None) -> Surrogate:
        """What was fitted to one pair of a dual encoder, as something that predicts the logit of any coalition."""
        if not isinstance(self.model, DualEncoder):
            raise ModelError("a dual encoder for a surrogate", name_of(self.model), "Load one with load_model().")
        call = self._call(image, caption)
        assert isinstance(call, InteractionCall)
        return call.surrogate()

    def _call(self, images: Any, captions: Any, *more: Any) -> InteractionCall | FusionCall | ModalityCall:
        rest: dict[str, Any] = {"kept": self._kept, "progress": self.progress}
        if self._modalities is not None:
            given = (images, captions, *more)
            return ModalityCall(self.model, self.settings, self._modalities, given, **rest)
        if more:
            raise InputError("pictures and captions", f"{2 + len(more)} inputs", "Name them all: modalities=(...).")
        if isinstance(self.model, CoalitionScorer):
            return FusionCall(self.model, self.settings, images, captions, **rest)
        return InteractionCall(self.model, self.settings, images, captions, **rest)


def _refuse_for_pairs(model: str, prediction: str, nodes: int | None) -> None:
    """Settings that only the factorised game of a dual encoder has."""
    if prediction == "product":
        raise InputError(
            f"prediction='expansion' for {model}",
            "'product'",
            "It is asked for whole pairs, so there are no two sides to multiply; leave prediction out.",
        )
    if nodes is not None:
        raise InputError(
            f"no nodes for {model}",
            repr(nodes),
            "Its Shapley interactions are estimated at all sizes of coalitions at once; leave nodes out.",
        )


def _refuse(what: str, came: Any, choices: tuple[Any, ...]) -> None:
    if came not in choices:
        raise InputError(what, repr(came), f"Take {' or '.join(map(repr, choices))}.")
