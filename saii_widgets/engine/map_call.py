"""Pictures and captions as explainers of maps take them, and the one form in which maps come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.model import CoalitionScorer, DualEncoder
from saii_widgets.engine.pairing import as_captions, pairing
from saii_widgets.engine.shared_patches import shared_patches


def refuse_uncut(model: Any) -> None:
    """Raise `ModelError` where it is not known how a model cuts pictures into patches."""
    if not isinstance(model, DualEncoder | CoalitionScorer):
        raise ModelError("a model that cuts pictures into patches", type(model).__name__, "Load one with load_model().")


@dataclass(frozen=True)
class MapCall:
    """What one call asks about.

    Parameters
    ----------
    model : DualEncoder or CoalitionScorer
    pictures : list of PIL.Image
        N of them.
    names : list of str
        What they are called.
    captions : list of Caption
        M of them, none too long for the model.
    patches : Axis
        Shared by all pictures.
    shown : list of PIL.Image
        The pictures that the patches lie on.
    """

    model: DualEncoder | CoalitionScorer
    pictures: list[Image.Image]
    names: list[str]
    captions: list[Caption]
    patches: Axis
    shown: list[Image.Image]

    @classmethod
    def of(
        cls,
        model: DualEncoder | CoalitionScorer,
        images: Sequence[Image.Image | Scene],
        captions: Sequence[Caption | str],
    ) -> MapCall:
        """Check the arguments of a call.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        InputError
            No picture or no caption.
        ModelError
            Pictures that the model cuts into different grids.
        """
        pictures = [as_picture(image) for image in images]
        names = [(image.name if isinstance(image, Scene) else "") or f"image {n}" for n, image in enumerate(images, 1)]
        read = as_captions(captions)
        if not pictures or not read:
            raise InputError(
                "at least one picture and one caption",
                f"{len(pictures)} pictures and {len(read)} captions",
                "Give a list of each.",
            )
        for caption in read:
            model.check(caption)
        return cls(model, pictures, names, read, *shared_patches(model, pictures))

    @property
    def first_words(self) -> NDArray[np.intp]:
        """(M + 1,): where each caption's words begin on the axis of all words, and where they end."""
        return np.cumsum([0, *(len(caption.words) for caption in self.captions)])

    def baseline(
        self,
        maps: NDArray[Any],
        words: NDArray[Any] | None,
        *,
        about: str,
        method: str,
        seconds: float,
        settings: Mapping[str, Any] | None = None,
        seed: int | None = None,
    ) -> Explanation:
        """Maps (N, M, patches) that were made without the model, with a dual encoder's logits beside them."""
        logits = None
        if isinstance(self.model, DualEncoder):  # a model of pairs would have to be asked for each
            logits = torch.tensor(self.model.logits(self.pictures, self.captions).values)
        origin = Origin.now(
            model=self.model.name,
            revision=self.model.revision,
            method=method,
            settings=settings,
            seed=seed,
            encoder_passes=0 if logits is None else sum(logits.shape),
            seconds=seconds,
        )
        return self.explanation(maps, words, logits, origin, about=about)

    def explanation(
        self,
        maps: NDArray[Any],
        words: NDArray[Any] | None,
        logits: Tensor | None,
        origin: Origin,
        *,
        about: str = "Relevance",
        unit: str = "relevance",
        contrast: tuple[int, int] | None = None,
    ) -> Explanation:
        """Maps with what was computed beside them.

        Parameters
        ----------
        maps : array, (N, M, patches), or (N, patches) of a contrast
        words : array, (N, W), or None
            Of the words of all captions, one caption after the other; None where a method says nothing of words.
        logits : Tensor, (N, M), or None
        origin : Origin
        about : str
            What titles call the values.
        unit : str
        contrast : (int, int), optional
            The two captions that a contrast is about.
        """
        pictures, captions = Axis.images(self.names), Axis.captions(self.captions)
        companions: dict[str, Explanation] = {}
        if logits is not None and isinstance(self.model, DualEncoder):
            beside = pairing(self.model, logits, self.shown, self.captions, origin.encoder_passes or 0, self.names)
            companions = {"logits": beside, "probabilities": beside.companions["probabilities"]}
        asked, said = self.captions, ""
        if contrast is not None:
            asked = [self.captions[k] for k in contrast]
            said = f": why {asked[0].text!r} and not {asked[1].text!r}"
            first = self.first_words
            if words is not None:
                words = np.concatenate([words[:, first[k] : first[k + 1]] for k in contrast], 1)
        common: dict[str, Any] = {
            "origin": origin, "images": tuple(self.shown), "captions": tuple(asked), "unit": unit,
        }  # fmt: skip
        if words is not None:
            title = f"{about} of words{said}"
            of_words = Explanation(words, axes=(pictures, Axis.words(asked)), title=title, **common)
            companions = {"words": of_words, **companions}
        return Explanation(
            maps,
            axes=(pictures, self.patches) if contrast is not None else (pictures, captions, self.patches),
            title=f"{about} of patches{said}",
            companions=companions,
            **common,
        )
