"""What explainers ask of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, Protocol, get_args, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers
from saii_widgets.engine.image_players import ImagePlayers
from saii_widgets.engine.models.trace import Trace
from saii_widgets.engine.runtime import Progress

ImageMasking = Literal["mean", "drop", "blur"]
CaptionMasking = Literal["attention", "delete"]
IMAGE_MASKINGS: Final[tuple[ImageMasking, ...]] = get_args(ImageMasking)
CAPTION_MASKINGS: Final[tuple[CaptionMasking, ...]] = get_args(CaptionMasking)


class Masked(Protocol):
    """A picture or a caption that can be embedded with some of its players only."""

    n_players: int

    def encode(self, keep: NDArray[np.bool_], progress: Progress | None = None) -> Tensor:
        """Unit embeddings (K, d) of coalitions (K, n), float32 or better."""
        ...


@runtime_checkable
class DualEncoder(Protocol):
    """A model that embeds pictures and captions apart: `logit = scale * <v, u> + bias` of their unit embeddings."""

    name: str
    revision: str
    device: torch.device
    dtype: torch.dtype
    n_image_layers: int
    n_text_layers: int

    @property
    def scale(self) -> float:
        """What the cosine is multiplied with."""
        ...

    @property
    def bias(self) -> float:
        """What is added to the scaled cosine."""
        ...

    @property
    def probability(self) -> Literal["softmax", "sigmoid"]:
        """Softmax over captions (CLIP) or sigmoid of each cell (SigLIP): what the model learnt with."""
        ...

    @property
    def patch_grid(self) -> tuple[int, int]:
        """Rows and columns of patches (the largest, where a model fits the grid to the picture)."""
        ...

    def embed_images(self, images: Sequence[Image.Image]) -> Tensor:
        """Unit embeddings (N, d), float32."""
        ...

    def embed_captions(self, captions: Sequence[Caption | str]) -> Tensor:
        """Unit embeddings (M, d), float32."""
        ...

    def logits(self, images: Sequence[Image.Image], captions: Sequence[Caption | str]) -> Explanation:
        """Logits over (image, caption), with the companion "probabilities" (MATH.md 1)."""
        ...

    def patch_axis(self, image: Image.Image) -> Axis:
        """The patches of a picture, with their boxes as shares of it."""
        ...

    def token_words(self, caption: Caption) -> tuple[int, ...]:
        """For each token that the text tower reads, the index of its word in `caption.words`, or -1."""
        ...

    def check(self, caption: Caption) -> None:
        """Raise `CaptionError`, which names the words that fall off, where a caption is too long."""
        ...

    def token_spans(self, caption: Caption) -> tuple[tuple[int, int], ...]:
        """For each token that the text tower reads, its characters; an empty span for special tokens."""
        ...

    def mask_image(self, image: Image.Image, players: ImagePlayers, masking: ImageMasking) -> Masked:
        """The picture ready to be embedded with some of its players only (MATH.md 3)."""
        ...

    def mask_caption(self, caption: Caption, players: CaptionPlayers, masking: CaptionMasking) -> Masked:
        """The caption ready to be embedded with some of its players only (MATH.md 3)."""
        ...

    def unknown_words(self, caption: Caption) -> tuple[str, ...]:
        """Words of which the tokenizer knows no part."""
        ...

    def warnings(self, images: Sequence[Image.Image]) -> list[str]:
        """For each picture what speaks against trusting the model on it, or an empty string."""
        ...

    def trace_images(self, images: Sequence[Image.Image], start: int) -> Trace:
        """One forward pass, with the attention of layer `start` and up; its first tokens may be no patches."""
        ...

    def trace_captions(self, captions: Sequence[Caption], start: int) -> Trace:
        """One forward pass, with the attention of layer `start` and up."""
        ...

    @property
    def first_patch(self) -> int:
        """Index of the first patch among the image tower's tokens."""
        ...

    def trace_bytes(self, start: int, *, side: Literal["image", "text"]) -> tuple[int, int]:
        """Expected memory of one input's trace, and of one cell on its way back through it."""
        ...


@runtime_checkable
class PairScorer(Protocol):
    """A model that is asked for one number a pair: a fusion model, or a service behind a callable."""

    name: str
    revision: str

    def score(
        self,
        images: Sequence[Image.Image],
        captions: Sequence[Caption | str],
        *,
        value: Literal["probability", "logit"] = "logit",
    ) -> NDArray[np.float64]:
        """Scores (n,) of n pictures with their n captions."""
        ...


class CoalitionScores(Protocol):
    """A pair of which players can be taken away."""

    def __call__(self, keep_image: NDArray[np.bool_], keep_words: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Scores (K,) of coalitions (K, n) of the picture's players with (K, m) of the caption's, row by row."""
        ...


@runtime_checkable
class CoalitionScorer(PairScorer, Protocol):
    """A model of pairs that can be asked for one with some players taken away (MATH.md 3.4).

    Attributes
    ----------
    unit : str
        Of its scores.
    batch : int
        Coalitions that are asked at once, and lost together where asking fails.
    """

    unit: str
    batch: int

    @property
    def image_maskings(self) -> Sequence[ImageMasking]:
        """How players of pictures can be taken away; the first is the default."""
        ...

    @property
    def caption_maskings(self) -> Sequence[CaptionMasking]:
        """The same of captions."""
        ...

    @property
    def pairs_left(self) -> int | None:
        """How many pairs it may still be asked for; None where nothing bounds them."""
        ...

    @property
    def about(self) -> dict[str, Any]:
        """What results should say of the model beside its name."""
        ...

    def patch_axis(self, image: Image.Image) -> Axis:
        """The patches of a picture, with their boxes as shares of it."""
        ...

    def token_spans(self, caption: Caption) -> tuple[tuple[int, int], ...]:
        """For each token of the caption, its characters."""
        ...

    def check(self, caption: Caption) -> None:
        """Raise `CaptionError` where a caption is too long."""
        ...

    def mask_pair(
        self,
        image: Image.Image,
        caption: Caption,
        image_players: Any = None,
        caption_players: Any = None,
        *,
        image_masking: Any = ...,
        caption_masking: Any = ...,
        value: Literal["probability", "logit"] = "logit",
    ) -> CoalitionScores:
        """The pair ready to be scored with some of its players only."""
        ...
