"""What an explainer says of one pair, in the form in which all of them are compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.role import Role
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.patch_overlap import laid_on

Explainer = Callable[[Any, Any], Explanation]
"""Takes a list of pictures or scenes and a list of captions."""


@dataclass(frozen=True)
class Question:
    """One pair that all explainers are asked about.

    Parameters
    ----------
    scene : Scene
        Its picture; with its masks where it has them.
    caption : Caption
        What is asked: the name of a thing that a mask shows, or the scene's caption.
    patches : Axis
        The model's.
    players : Axis
        Parts of the picture that are taken away together, the same for all explainers.
    asked : str
        What these players are called: "patches", "blocks 2".
    shares : array, (patches,), optional
        How much of each patch the named thing covers.
    masking : str, optional
        How both sides' players are taken away, as results say it; None for the model's first ones.
    """

    scene: Scene
    caption: Caption
    patches: Axis
    players: Axis
    asked: str
    shares: NDArray[np.float64] | None = None
    masking: str | None = None

    @property
    def pair(self) -> Scene:
        """The scene with the caption that is asked for."""
        return replace(self.scene, caption=self.caption)


@dataclass(frozen=True)
class Answer:
    """What came.

    Parameters
    ----------
    parts : array, (words, patches)
        On the model's patches: a row each word that names something, of interactions; of a map the one row.
    explanation : Explanation
        Over the players, (patch): what each adds to the score of the whole caption, or the map.
    found : Explanation
        As the explainer gave it.
    seconds : float
    """

    parts: NDArray[np.float64]
    explanation: Explanation
    found: Explanation
    seconds: float

    @property
    def map(self) -> NDArray[np.float64]:
        """The one map (patches,) that the parts add up to."""
        return self.parts.sum(0)


def ask(explainer: Explainer, question: Question) -> Answer:
    """Ask an explainer for one pair.

    Raises
    ------
    InputError
        It returns no map of patches and no interactions of words and patches.
    """
    started = time.perf_counter()
    found = explainer([question.scene.image], [question.caption])
    seconds = time.perf_counter() - started
    kinds = found.kinds
    if kinds == ("image", "caption", "patch"):
        values = found.values[0].astype(np.float64)  # (1, patches)
        over_players = laid_on(values, found.axis("patch"), question.players)
    elif kinds == ("image", "word", "patch"):
        crossed = found.values[0].astype(np.float64)
        values = crossed[_naming(found.axis("word"))]
        effects = (_main_effects(found) + _rest_of_words(found.origin) * crossed.sum(0))[None]
        over_players = _added_up(effects, found.axis("patch"), question.players)
    else:
        raise InputError(
            "a result over (image, caption, patch) or (image, word, patch)",
            f"one over ({', '.join(kinds)})",
            "Compare explainers of patches.",
        )
    given = found.axis("patch")
    said = found.origin or Origin()
    origin = replace(said, settings={**said.settings, "players": [question.asked, "words"]}, masking=question.masking)
    explanation = Explanation(
        over_players[0],
        axes=(question.players,),
        unit=found.unit,
        title=found.title,
        origin=origin,
        images=(question.scene.image,),
        captions=(question.caption,),
    )
    return Answer(laid_on(values, given, question.patches), explanation, found, seconds)


def _added_up(effects: NDArray[np.float64], given: Axis, wanted: Axis) -> NDArray[np.float64]:
    """Effects are in the unit of the score: those of smaller parts add up to that of the part they make."""
    return laid_on(effects / _areas(given), given, wanted) * _areas(wanted)


def _areas(parts: Axis) -> NDArray[np.float64]:
    boxes = np.asarray(parts.boxes, np.float64)
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)


def _naming(words: Axis) -> list[int]:
    """Places of words that name something; of all where none does."""
    roles = words.roles or ()
    return [k for k, role in enumerate(roles) if role is not Role.FUNCTION] or list(range(len(words)))


def _main_effects(found: Explanation) -> NDArray[np.float64]:
    """Of the parts of the picture, (patches,): main effects stand beside interactions, over (image, caption, patch)."""
    return found.companions["patch"].values.reshape(-1).astype(np.float64)


def _rest_of_words(origin: Origin | None) -> float:
    """How much of each word is missing on average when the main effects are taken: 1 - p (MATH.md 3.6)."""
    p = None if origin is None else origin.settings.get("p")
    return 1 - p if isinstance(p, float) else 0.5
