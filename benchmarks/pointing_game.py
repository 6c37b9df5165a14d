"""Does a relevance map point at the thing that the caption names (MATH.md 5)?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.unseen_scenes import PLACED_FACTS, UnseenScene
from saii_widgets.data.scenes.captions import canonical
from saii_widgets.data.scenes.facts import FACTS, Fact
from saii_widgets.engine.measures.pointing import on_thing, pointing

FEWEST: Final = 8  # pictures of a thing, or it is left out

#: Maps of pictures for one caption: (images, caption) -> float (n, rows, columns).
Mapper = Callable[[Sequence[Image.Image], str], NDArray[np.float32]]


@dataclass(frozen=True)
class Pointing:
    """How often a map points at one named thing.

    Parameters
    ----------
    thing : str
        The caption.
    n : int
        Pictures.
    area : float
        Mean share of the picture that the thing covers.
    chance : float
        Hit rate of a random patch.
    centre : float
        Hit rate of a map that points at the centre.
    hits : dict of float
        Hit rate of each kind of map.
    """

    thing: str
    n: int
    area: float
    chance: float
    centre: float
    hits: dict[str, float]


def play(scenes: Sequence[UnseenScene], mappers: dict[str, Mapper], n_pictures: int) -> list[Pointing]:
    """Play the pointing game with up to `n_pictures` pictures a thing.

    Besides :data:`~benchmarks.unseen_scenes.PLACED_FACTS` each by itself, a last row asks for one vehicle by colour and
    type in pictures that show several.
    """
    rounds: list[Pointing] = []
    for fact in PLACED_FACTS:
        shown = [(scene, fact) for scene in scenes if fact in scene.shares][:n_pictures]
        if len(shown) >= FEWEST:
            rounds.append(_round(canonical(fact), shown, mappers))
    several = [(scene, fact) for scene in scenes for fact in _one_of_several(scene)][:n_pictures]
    if len(several) >= FEWEST:
        rounds.append(_round("one vehicle of several", several, mappers))
    return rounds


def mean_of(rounds: Sequence[Pointing]) -> Pointing:
    """The mean over things, each counting the same."""
    return Pointing(
        "mean",
        sum(r.n for r in rounds),
        float(np.mean([r.area for r in rounds])),
        float(np.mean([r.chance for r in rounds])),
        float(np.mean([r.centre for r in rounds])),
        {name: float(np.mean([r.hits[name] for r in rounds])) for name in rounds[0].hits},
    )


def _one_of_several(scene: UnseenScene) -> list[Fact]:
    pairs = [fact for fact in FACTS if fact.colour and fact.type and fact in scene.shares]
    return pairs[:1] if len(set(scene.vehicles)) > 1 else []


def _round(thing: str, shown: Sequence[tuple[UnseenScene, Fact]], mappers: dict[str, Mapper]) -> Pointing:
    shares = np.stack([scene.shares[fact] for scene, fact in shown])  # (n, rows, columns)
    targets = on_thing(shares)
    rows, columns = shares.shape[1:]
    middle = targets[:, (rows - 1) // 2 : rows // 2 + 1, (columns - 1) // 2 : columns // 2 + 1]
    hits = {name: pointing(_maps(shown, mapper), shares).hit_rate.value for name, mapper in mappers.items()}
    return Pointing(thing, len(shown), float(shares.mean()), float(targets.mean()), float(middle.mean()), hits)


def _maps(shown: Sequence[tuple[UnseenScene, Fact]], mapper: Mapper) -> NDArray[np.float32]:
    """A map each, (n, rows, columns), for the caption of its own thing."""
    captions = [canonical(fact) for _, fact in shown]
    found: dict[int, NDArray[np.float32]] = {}
    for caption in sorted(set(captions)):
        asked = [k for k, other in enumerate(captions) if other == caption]
        found |= zip(asked, mapper([shown[k][0].image for k in asked], caption), strict=True)
    return np.stack([found[k] for k in range(len(shown))])
