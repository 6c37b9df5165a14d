"""Drawn scenes as explainers take them: a picture, a true caption, and a mask for each thing by its phrase."""

from __future__ import annotations

from typing import Final

from saii_widgets.core.scene import Scene

from .captions import canonical
from .drawn_scene import draw
from .facts import FACTS, TRUE

FIRST_SEED: Final = 40_000_000  # training, benchmarks and evaluation draw others


def scenes_with_masks(n_scenes: int, *, first_seed: int = FIRST_SEED, size: int = 144) -> list[Scene]:
    """Draw scenes of which it is known where everything is.

    Parameters
    ----------
    n_scenes : int
    first_seed : int
        The scenes are those of this seed and the ones after it.
    size : int
        Width and height, pixels.

    Returns
    -------
    list of Scene
        Each with the masks of all things that are plainly visible and have a place, by the phrase that names them:
        "a red bus", "a metal fence".

    Raises
    ------
    InputError
        A seed or a size that is no such number.
    """
    scenes = []
    for seed in range(first_seed, first_seed + n_scenes):
        drawn = draw(seed, size)
        masks = {}
        for fact, verdict in zip(FACTS, drawn.truth, strict=True):
            mask = drawn.mask_of(fact) if verdict == TRUE else None
            if mask is not None and mask.any():
                masks[canonical(fact)] = mask
        scenes.append(Scene.open(drawn.image, drawn.caption(seed), name=f"drawn {seed}", masks=masks))
    return scenes
