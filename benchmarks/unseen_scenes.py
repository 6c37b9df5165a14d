"""Drawn scenes that no training run has seen, with what the benchmarks ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.data.scenes import PLACES, draw
from saii_widgets.data.scenes.facts import CONTEXT, FACTS, SERVICES, SKIES, TRUE, TYPES, Fact, Truth
from saii_widgets.engine.measures.pointing import patch_shares

#: Training draws seeds under 1,000,000.
FIRST_SEED: Final = 10_000_000
FIRST_SEED_HELD_OUT: Final = 20_000_000

#: Everything by itself that a map can point at: skies, the wet road, things, types of vehicles.
PLACED_FACTS: Final = (
    *(Fact(context=name) for name in CONTEXT if name in SKIES or name in PLACES),
    *(Fact(type=kind) for kind in (*TYPES, *SERVICES)),
)


@dataclass(frozen=True)
class UnseenScene:
    """A scene with its masks boiled down to shares of patches.

    Parameters
    ----------
    image : PIL.Image.Image
    truth : uint8 array, (len(FACTS),)
    vehicles : tuple of (colour or None, type)
    shares : dict of float array, (rows, columns)
        How much of each patch a thing covers, for the facts that are true and have a place.
    """

    image: Image.Image
    truth: Truth
    vehicles: tuple[tuple[str | None, str], ...]
    shares: dict[Fact, NDArray[np.float64]]


def unseen_scenes(
    n_scenes: int, grid: tuple[int, int], size: int = 144, *, held_out: bool = False
) -> list[UnseenScene]:
    """Draw the first `n_scenes` unseen scenes.

    Parameters
    ----------
    n_scenes : int
    grid : (rows, columns)
        Patches of the model; they divide `size`.
    size : int
        Pixels.
    held_out : bool
        Whether all coloured vehicles are pairs that training never shows.
    """
    first = FIRST_SEED_HELD_OUT if held_out else FIRST_SEED
    patches = Axis.patches(*grid)
    scenes: list[UnseenScene] = []
    for seed in range(first, first + n_scenes):
        scene = draw(seed, size, held_out)
        shares: dict[Fact, NDArray[np.float64]] = {}
        for fact, verdict in zip(FACTS, scene.truth, strict=True):
            mask = scene.mask_of(fact) if verdict == TRUE else None
            if mask is not None:
                shares[fact] = patch_shares(mask, patches)
        scenes.append(UnseenScene(scene.image, scene.truth, scene.vehicles, shares))
    return scenes
