"""Small changes of a picture and a caption that lead their embeddings apart in a surrogate model (MATH.md 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption
from saii_widgets.engine.bounded_picture import bounded_picture, levels_of
from saii_widgets.engine.models.two_towers import TwoTowers
from saii_widgets.engine.near_words import near_words
from saii_widgets.engine.pixel_embedding import PixelEmbedding

SCALES: Final = (1.0, 0.75, 1.25, 0.5, 1.5)

NearWords = Mapping[str, Sequence[str]]
"""Words that a word may be exchanged for, by word in lower case."""


@dataclass(frozen=True)
class Bounds:
    """What may be changed, and how fast.

    Parameters
    ----------
    epsilon, step : float
        Largest change of a colour, and the change of one step, as shares of the range from black to white.
    n_steps : int
        Steps a round.
    push : float
        Lambda: the weight of the mismatched one.
    scales : sequence of float
        The picture is looked at in these sizes, one a step in turn.
    near : mapping of str to sequence of str, optional
        Words that a word may be exchanged for; by default those with near input embeddings in the surrogate.
    """

    epsilon: float = 2 / 255
    step: float = 0.5 / 255
    n_steps: int = 10
    push: float = 1.0
    scales: Sequence[float] = SCALES
    near: NearWords | None = None

    def __post_init__(self) -> None:
        levels_of(self.epsilon)
        if not (0 < self.step <= self.epsilon and self.n_steps >= 1 and self.scales and min(self.scales) > 0):
            raise InputError(
                "a step up to epsilon, 1 or more of them, and scales above 0",
                f"step {self.step:g}, n_steps {self.n_steps}, scales {tuple(self.scales)}",
                "The defaults are those of SGA.",
            )
        if not np.isfinite(self.push) or self.push < 0:
            raise InputError("a weight of 0 or more for the mismatched one", f"{self.push}", "1 is the default.")


class SurrogateSteps:
    """Steps on one picture and one caption.

    Parameters
    ----------
    surrogate : TwoTowers
    image : PIL.Image
    caption : Caption
    bounds : Bounds

    Source
    ------
    SGA (Lu et al. 2023) with MATH.md 5: the picture minimises cos(v', t+) - lambda cos(v', t-), by signs of gradients;
    the caption does the same with the roles swapped, over swaps of one word. Deviation: one scale a step, not all.
    """

    def __init__(self, surrogate: TwoTowers, image: Image.Image, caption: Caption, bounds: Bounds) -> None:
        self.surrogate, self.bounds = surrogate, bounds
        self.original, self.caption = image.convert("RGB"), caption
        self._embed = PixelEmbedding(surrogate)
        pixels = torch.from_numpy(np.array(self.original)).to(surrogate.device, surrogate.dtype)
        self._clean = pixels.permute(2, 0, 1)[None] / 255  # (1, 3, h, w)
        self._now = self._clean.clone()
        self.captions = [caption, *_swaps(surrogate, caption, bounds.near)]
        self._texts = surrogate.embed_captions(self.captions)  # (k, d)
        self._chosen = 0
        self.n_steps = 0

    @property
    def changed_caption(self) -> Caption:
        """The caption as it is by now: at most one word differs."""
        return self.captions[self._chosen]

    def restart(self, rng: np.random.Generator) -> None:
        """Begin anew: the caption as it came, the picture anywhere within epsilon of what it was."""
        noise = torch.from_numpy(rng.uniform(-self.bounds.epsilon, self.bounds.epsilon, self._clean.shape))
        self._now = (self._clean + noise.to(self._clean)).clamp(0, 1)
        self._chosen = 0

    def move_both(self, other: tuple[Tensor, Tensor] | None = None) -> None:
        """One round: caption, picture and caption again, away from each other, and towards another pair's embeddings.

        Parameters
        ----------
        other : (Tensor, Tensor), (d,) each, optional
            Of the other pair's picture and caption.
        """
        v, u = (None, None) if other is None else other
        self.move_caption(v)
        self.move_picture(u)
        self.move_caption(v)

    def move_picture(self, negative: Tensor | None = None) -> None:
        """One round of steps away from the caption, and towards the embedding (d,) of another one."""
        away = torch.stack([self._texts[0], self._texts[self._chosen]]).mean(0)
        aim = away if negative is None else away - self.bounds.push * negative
        low, high = (self._clean - self.bounds.epsilon).clamp_min(0), (self._clean + self.bounds.epsilon).clamp_max(1)
        for _ in range(self.bounds.n_steps):
            pixels = self._now.detach().requires_grad_(True)
            scale = self.bounds.scales[self.n_steps % len(self.bounds.scales)]
            (gradient,) = torch.autograd.grad((self._embed(_scaled(pixels, scale)) @ aim).sum(), pixels)
            stepped = pixels.detach() - self.bounds.step * gradient.sign()
            self._now = torch.minimum(torch.maximum(stepped, low), high)
            self.n_steps += 1

    def move_caption(self, negative: Tensor | None = None) -> None:
        """Exchange the word that leads farthest from the picture as it is, and towards another's embedding (d,)."""
        with torch.no_grad():
            aim = self._embed(self._now)[0].detach()
            aim = aim if negative is None else aim - self.bounds.push * negative
            self._chosen = int((self._texts @ aim).argmin())

    def picture(self) -> Image.Image:
        """The picture as it is by now, in 8 bits, within epsilon of the original, also as the surrogate resizes it."""
        pixels: NDArray[np.float64] = (255 * self._now[0].double().cpu()).permute(1, 2, 0).numpy()
        processor: Any = self.surrogate.image_processor
        size = self._embed.size_of(*pixels.shape[:2])
        return bounded_picture(self.original, pixels, self.bounds.epsilon, size=size, resample=processor.resample)


def _scaled(pixels: Tensor, scale: float) -> Tensor:
    if scale == 1:
        return pixels
    size = [max(1, round(scale * edge)) for edge in pixels.shape[2:]]
    return nn.functional.interpolate(pixels, size, mode="bilinear", antialias=True, align_corners=False)


def _swaps(surrogate: TwoTowers, caption: Caption, near: NearWords | None) -> list[Caption]:
    """The caption with one word exchanged, in all ways that are allowed and that the surrogate can read."""
    naming = [k for k, word in enumerate(caption.words) if word.role is not Role.FUNCTION]
    if near is None:
        found = near_words(surrogate, caption)
        allowed = {k: found.get(k, []) for k in naming}
    else:
        allowed = {k: list(near.get(caption.words[k].text.casefold(), ())) for k in naming}
    changed = [caption.swapped(k, word) for k, words in allowed.items() for word in words]
    return [one for one in changed if len(surrogate.token_ids(one.text)) <= surrogate.max_tokens]
