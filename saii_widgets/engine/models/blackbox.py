"""Any callable as a model: a closed service, with a budget of calls, another try when it fails, and a memory."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.masked_inputs import CAPTION_MASKINGS, CaptionMasking, MaskedInputs
from saii_widgets.engine.models.masked_pair import CaptionParts, PictureParts
from saii_widgets.engine.models.painted_picture import IMAGE_MASKINGS, ImageMasking
from saii_widgets.engine.models.score_memory import ScoreMemory
from saii_widgets.engine.pairing import as_captions

Score = Callable[[list[Image.Image], list[str]], Any]
"""n pictures and their n captions -> n scores."""


class BlackBox:
    """A callable `score(images, captions)` that is asked as seldom as possible.

    Scores are remembered by what the picture shows and what the caption says, so a pair is paid for once; after a call
    that raises, or returns NaN or the wrong number of scores, all that came before is kept, and the same question asked
    again goes on from there. The first pair is asked twice: a model that answers differently is refused, unless
    `noise` allows for it.

    Parameters
    ----------
    score : callable
        n pictures (RGB) and their n captions (str) to n scores: higher is a better match.
    name, revision : str
        What results say they come from.
    budget : int, optional
        Pairs that may be asked at most.
    batch : int
        Pairs a call.
    tries : int
        How often a call that raises is tried, with pauses of 1, 2, 4 ... times `pause`.
    pause : float
        Seconds.
    noise : float
        How far two answers to one question may lie apart.
    grid : (int, int)
        Rows and columns of patches that a picture is cut into.
    unit : str
        Of the scores, as results show it: "logit", "probability".
    memory : Path, optional
        File that keeps the scores from one session to the next.

    Raises
    ------
    InputError
        A number that is less than 1.
    ModelError
        Nothing that can be called; on asking: the budget is spent, or the callable raises, returns nonsense, or
        contradicts itself.
    """

    image_maskings = IMAGE_MASKINGS
    caption_maskings = CAPTION_MASKINGS

    def __init__(
        self,
        score: Score,
        *,
        name: str = "",
        revision: str = "",
        budget: int | None = None,
        batch: int = 16,
        tries: int = 3,
        pause: float = 1.0,
        noise: float = 1e-6,
        grid: tuple[int, int] = (7, 7),
        unit: str = "score",
        memory: str | Path | None = None,
    ) -> None:
        if not callable(score):
            raise ModelError("a callable score(images, captions)", type(score).__name__, "Pass a function.")
        for what, value in (("budget", budget), ("batch", batch), ("tries", tries)):
            if value is not None and value < 1:
                raise InputError(f"a {what} of at least 1", str(value), "Leave it out for the default.")
        self._score, self.budget, self.batch = score, budget, batch
        self.tries, self.pause, self.noise = tries, pause, noise
        self.name = name or getattr(score, "__name__", type(score).__name__)
        self.revision, self.patch_grid, self.unit = revision, grid, unit
        self.memory = ScoreMemory(None if memory is None else Path(memory), f"{self.name} {revision}")
        self.n_asked = 0
        """Pairs that the callable was asked for, failed tries included."""
        self.difference: float | None = None
        """Between two answers to the first question; None before anything was asked."""

    @property
    def pairs_left(self) -> int | None:
        """How many pairs the budget still allows; None without one."""
        return None if self.budget is None else max(self.budget - self.n_asked - (self.difference is None), 0)

    @property
    def about(self) -> dict[str, Any]:
        """By how much two answers to one question differed."""
        return {"difference_of_two_answers": self.difference}

    def patch_axis(self, image: Image.Image) -> Axis:  # noqa: ARG002
        """The patches of a picture: an even grid."""
        return Axis.patches(*self.patch_grid)

    def token_spans(self, caption: Caption) -> tuple[tuple[int, int], ...]:
        """Nothing is known of tokens: each word is one."""
        return tuple((word.start, word.end) for word in caption.words)

    def check(self, caption: Caption) -> None:
        """Captions of any length are passed on."""

    def score(
        self,
        images: Sequence[Image.Image],
        captions: Sequence[Caption | str],
        *,
        value: Literal["probability", "logit"] = "logit",  # noqa: ARG002
    ) -> NDArray[np.float64]:
        """Scores (n,) of n pictures with their n captions, as the callable gives them.

        Raises
        ------
        InputError
            Not as many captions as pictures, or none.
        ModelError
            See the class; what was answered before is kept.
        """
        if len(images) != len(captions) or not len(captions):
            raise InputError(
                "as many captions as pictures, a pair each",
                f"{len(images)} pictures and {len(captions)} captions",
                "Repeat a picture for each of its captions.",
            )
        texts = [caption if isinstance(caption, str) else caption.text for caption in captions]
        return self._remembered([image.convert("RGB") for image in images], texts)

    def mask_pair(
        self,
        image: Image.Image,
        caption: Caption | str,
        image_players: PictureParts | None = None,
        caption_players: CaptionParts | None = None,
        *,
        image_masking: ImageMasking = "mean",
        caption_masking: CaptionMasking = "delete",
        value: Literal["probability", "logit"] = "logit",  # noqa: ARG002
    ) -> MaskedInputs:
        """The pair ready to be scored with some of its players only; by default patches and words.

        A service is given pictures and texts, so players are painted over with the picture's mean colour or blurred,
        and words are deleted.
        """
        (read,) = as_captions([caption])
        return MaskedInputs(self, image, read, image_players, caption_players, image_masking, caption_masking)

    def _remembered(self, images: list[Image.Image], texts: list[str]) -> NDArray[np.float64]:
        pictures = {id(image): _digest(image) for image in images}
        keys = [
            hashlib.sha256(f"{pictures[id(i)]} {t}".encode()).hexdigest() for i, t in zip(images, texts, strict=True)
        ]
        missing = list({key: k for k, key in enumerate(keys) if key not in self.memory}.values())
        try:
            for start in range(0, len(missing), self.batch):
                chosen = missing[start : start + self.batch]
                if self.difference is None:
                    self._ask_twice(images[chosen[0]], texts[chosen[0]], keys[chosen[0]])
                    chosen = [k for k in chosen if keys[k] not in self.memory]
                if chosen:
                    scores = self._asked([images[k] for k in chosen], [texts[k] for k in chosen])
                    self.memory.add([keys[k] for k in chosen], scores)
        finally:
            self.memory.save()
        return np.array([self.memory[key] for key in keys])

    def _ask_twice(self, image: Image.Image, text: str, key: str) -> None:
        first, second = (float(self._asked([image], [text])[0]) for _ in range(2))
        self.memory.add([key], [first])
        self.difference = abs(first - second)
        if self.difference > self.noise:
            raise ModelError(
                "the same score for the same picture and caption",
                f"{first:.6g} and {second:.6g} from {self.name}",
                "Switch off sampling or dropout in it, or allow for it with noise=: errors of results then cover it.",
            )

    def _asked(self, images: list[Image.Image], texts: list[str]) -> NDArray[np.float64]:
        for attempt in range(self.tries):
            if self.budget is not None and self.n_asked + len(images) > self.budget:
                raise ModelError(
                    f"a budget for {len(images)} more pairs",
                    f"{self.n_asked} of {self.budget} that were asked",
                    f"Raise .budget and go on: {self._kept()}",
                )
            self.n_asked += len(images)
            try:
                came = self._score(list(images), list(texts))
            except Exception as error:
                if attempt + 1 < self.tries:
                    time.sleep(self.pause * 2**attempt)
                    continue
                raise ModelError(
                    f"scores from {self.name}", f"{type(error).__name__}: {error}", f"Ask again: {self._kept()}"
                ) from error
            return self._checked(came, len(images))
        raise AssertionError("unreachable: the last try returns or raises")

    def _checked(self, came: Any, n: int) -> NDArray[np.float64]:
        if hasattr(came, "detach"):  # a torch tensor
            came = came.detach().cpu().double().numpy()
        try:
            scores = np.asarray(came, np.float64)
        except (TypeError, ValueError):
            scores = np.empty(())
        if scores.shape == (n, 1):
            scores = scores[:, 0]
        if scores.shape != (n,) or not np.isfinite(scores).all():
            bad = f"shape {np.shape(came)}" if scores.shape != (n,) else "NaN or infinity"
            raise ModelError(f"{n} finite scores from {self.name}", bad, f"Mend it and ask again: {self._kept()}")
        return scores

    def _kept(self) -> str:
        return f"{len(self.memory)} scores are kept."


def _digest(image: Image.Image) -> str:
    return hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
