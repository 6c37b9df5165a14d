"""One explanation beside the pair and the model that it speaks of: what every measure of trust is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import caption_players
from saii_widgets.engine.coalitions import Keep
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.models.as_pair_model import as_pair_model
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder
from saii_widgets.engine.pair_game import PairGame
from saii_widgets.engine.pair_players import PairPlayers
from saii_widgets.engine.reading import Reading, sides_of
from saii_widgets.engine.rebuilt import Make, maskings_of, rebuilt
from saii_widgets.engine.runtime import Progress

Array = NDArray[np.float64]


class Game(Protocol):
    """The model's score of one pair for coalitions."""

    factorised: bool
    passes: int
    progress: Progress | None

    def __call__(self, keep: Keep, /) -> Array:
        """Scores (K,) of coalitions (K, n + m)."""
        ...


@dataclass(frozen=True, eq=False)
class ExplainedPair:
    """An explanation of one pair, read as a function of coalitions, beside the model's own game.

    Made by :meth:`of`. All measures of trust take one: ``faithfulness(ExplainedPair.of(explanation, model, scene))``.

    Attributes
    ----------
    explanation : Explanation
        Over (word, patch), (patch) or (word).
    reading : Reading
    game : Game
    p : float or None
        With which the game keeps a player; None where it is drawn anew for each coalition (Shapley).
    unit : str
        Of the model's score.
    model, image, caption
        Of the pair; a game that is planted has none.
    make : callable (model) -> explainer, optional
        Makes the explanation anew; the explainer takes lists of pictures and captions.
    scene : Scene, optional
        With its masks, where the pair came as one.
    """

    explanation: Explanation
    reading: Reading
    game: Game
    p: float | None = 0.5
    unit: str = "logit"
    model: Any = None
    image: Image.Image | None = None
    caption: Caption | None = None
    make: Make | None = None
    scene: Scene | None = None

    @classmethod
    def of(
        cls,
        explanation: Explanation,
        model: Any,
        scene: Scene | Image.Image,
        *,
        make: Make | None = None,
    ) -> ExplainedPair:
        """Put an explanation beside its model and picture.

        Parameters
        ----------
        explanation : Explanation
            Of one pair; of several, the pair is found by the scene's name and caption.
        model : DualEncoder, CoalitionScorer or callable
            As explainers take it.
        scene : Scene or PIL.Image
            The picture as it was explained. The caption is the explanation's, or else the scene's.
        make : callable (model) -> explainer, optional
            Makes the explanation anew; an explainer is called with lists of pictures and of captions. By default it is
            found from the explanation's origin, for those of `Relevance` and `Interactions`.

        Raises
        ------
        InputError
            More than one pair of which none is the scene's, another model's explanation, or players that can't be
            cut again from what the explanation says of them.
        ModelError
            Nothing that scores pairs.
        """
        asked_model = as_pair_model(model)
        image = scene.image if isinstance(scene, Scene) else scene
        one = of_the_pair(explanation, scene)
        caption = _caption(one, scene)
        _refuse_another_model(one, asked_model)
        players = _players(one, asked_model)
        pictured = image_players(asked_model, image, players.image)
        worded = caption_players(asked_model, caption, players.caption)
        unit = getattr(asked_model, "unit", "logit")
        p = _probability(one)
        centre = 0.5 if p is None else p
        return cls(
            one,
            Reading.of(one, len(pictured), len(worded), unit=unit, centre=centre),
            PairGame(asked_model, image, caption, pictured, worded, players),
            p,
            unit,
            asked_model,
            image,
            caption,
            rebuilt(one) if make is None else make,
            scene if isinstance(scene, Scene) else None,
        )

    def scores(self, keep: Keep) -> Array:
        """The model's scores (K,) of coalitions (K, players) of those that the explanation speaks of; others stay."""
        return self.game(self.whole(keep))

    def whole(self, keep: Keep) -> Keep:
        """Coalitions of all players, (K, n + m), from those of the ones that the explanation speaks of."""
        full = np.ones((len(keep), len(self.reading.main)), bool)
        full[:, self.reading.players] = keep
        return full

    def again(self, image: Image.Image, caption: Caption, model: Any = None) -> Explanation:
        """The explanation of another pair, or by another model, made in the same way.

        Raises
        ------
        InputError
            How to make it is not known.
        """
        if self.make is None:
            raise InputError(
                "a way to compute the explanation anew",
                f"an explanation by {_method(self.explanation)}",
                "Pass make=, which takes a model and returns the explainer.",
            )
        found = of_the_pair(self.make(self.model if model is None else model)([image], [caption]), image)
        cost = found.origin.encoder_passes if found.origin is not None else None
        self.game.passes += 2 if cost is None else cost
        if self.game.progress is not None:
            self.game.progress(0, 1, "explanations")
        return found


def of_the_pair(explanation: Explanation, scene: Scene | Image.Image) -> Explanation:
    """The part of an explanation that is of a scene's picture and caption.

    Raises
    ------
    InputError
        Several pairs, and none or more than one of them is the scene's.
    """
    found = explanation
    sides_of(found)
    name = scene.name if isinstance(scene, Scene) else ""
    text = scene.caption.text if isinstance(scene, Scene) and scene.caption is not None else ""
    for kind, label in (("image", name), ("caption", text)):
        grouped = any(axis.grouped_by == kind and len(set(axis.groups or ())) > 1 for axis in found.axes)
        if kind not in found.kinds and not grouped:
            continue
        labels = found.axis(kind).labels if kind in found.kinds else tuple(c.text for c in found.captions)
        places = [k for k, one in enumerate(labels) if len(labels) == 1 or one == label]
        if len(places) != 1:
            raise InputError(
                "an explanation of one pair",
                f"{len(labels)} {kind}s, of which {len(places)} are the scene's",
                f"Choose one: result.select({kind}=0).",
            )
        narrowed = found.select(**{kind: places[0]})
        assert isinstance(narrowed, Explanation)
        found = narrowed
    return found


def _caption(explanation: Explanation, scene: Scene | Image.Image) -> Caption:
    if len(explanation.captions) == 1:
        return explanation.captions[0]
    if isinstance(scene, Scene) and scene.caption is not None:
        return scene.caption
    raise InputError(
        "the caption that was explained", "none", "Pass a Scene with its caption, or an explanation that carries it."
    )


def _refuse_another_model(explanation: Explanation, model: DualEncoder | CoalitionScorer) -> None:
    origin = explanation.origin
    if origin is None or not origin.model:
        return
    named = (origin.model, origin.revision)
    if named != (model.name, model.revision):
        raise InputError(
            f"an explanation of {model.name} {model.revision}".rstrip(),
            f"one of {origin.model} {origin.revision}".rstrip(),
            "Pass the model that was explained.",
        )


def _method(explanation: Explanation) -> str:
    return (explanation.origin.method if explanation.origin is not None else "") or "an unnamed method"


def _players(explanation: Explanation, model: DualEncoder | CoalitionScorer) -> PairPlayers:
    """Players and maskings that the explanation says it used, or the model's first ones."""
    origin = explanation.origin
    settings = {} if origin is None else origin.settings
    image, words = settings.get("players", ("patches", "words"))
    if words == "given groups of words":
        raise InputError(
            "words, tokens or phrases as players of the caption", words, "Explain with players='words' to measure it."
        )
    axis = next((axis for axis in explanation.axes if axis.kind == "patch"), None)
    asked: Any = image
    if axis is not None and axis.masks is not None:
        asked = dict(zip(axis.labels, axis.masks, strict=True))
        if len(asked) < len(axis):
            asked = axis.masks
    maskings: dict[str, Any] = {}
    if isinstance(model, CoalitionScorer):
        maskings = {name: getattr(model, name) for name in ("image_maskings", "caption_maskings")}
    named = PairPlayers.named(None, maskings_of(explanation), **maskings)
    return replace(named, image=asked, caption=words)


def _probability(explanation: Explanation) -> float | None:
    settings = {} if explanation.origin is None else explanation.origin.settings
    if settings.get("index") == "shapley":
        return None
    return float(settings.get("p") or 0.5)
