"""The middle of every picture: photographers put things there, so a map that knows nothing can still score."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PIL import Image

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.map_call import MapCall, refuse_uncut
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder


class CentreBaseline:
    """A Gaussian around the middle of the picture; it says nothing of words.

    Parameters
    ----------
    model : DualEncoder or CoalitionScorer
        Says how pictures are cut; a dual encoder gives the logits that are returned beside.
    spread : float
        Standard deviation, as a share of the picture's width and of its height.

    Raises
    ------
    InputError
        A spread that is not above 0.
    ModelError
        A model that does not cut pictures into patches.

    Source
    ------
    The centre bias of Judd, Ehinger, Durand and Torralba 2009; 1 in the middle and exp(-1/2) a spread away
    (`tests/engine/explainers/test_rivals.py`).
    """

    def __init__(self, model: DualEncoder | CoalitionScorer, *, spread: float = 0.25) -> None:
        refuse_uncut(model)
        if not spread > 0:
            raise InputError("a spread above 0", repr(spread), "Take a quarter of the picture, .25.")
        self.model, self.spread = model, spread

    def __call__(self, images: Sequence[Image.Image | Scene], captions: Sequence[Caption | str]) -> Explanation:
        """Draw.

        Parameters
        ----------
        images : sequence of PIL.Image or Scene
            N pictures.
        captions : sequence of Caption or str
            M captions.

        Returns
        -------
        Explanation
            float32, axes (image, caption, patch), 1 in the middle. Companions of a dual encoder: "logits",
            "probabilities".

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        started = time.perf_counter()
        call = MapCall.of(self.model, images, captions)
        boxes = np.asarray(call.patches.boxes, np.float64)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        bump = np.exp(-((middles - 0.5) ** 2).sum(1) / (2 * self.spread**2))
        return call.baseline(
            np.broadcast_to(bump, (len(call.pictures), len(call.captions), len(bump))),
            None,
            about="Nearness to the middle",
            method="CentreBaseline",
            seconds=time.perf_counter() - started,
            settings={"spread": self.spread},
        )
