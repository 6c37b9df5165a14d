"""Small changes of a picture and of a caption, which a reader would hardly call another input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL import Image

from saii_widgets.core.text import Caption
from saii_widgets.core.vocabulary import Vocabulary
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.pairing import logits_of

_NOISE: Final = 2 / 255  # standard deviation, share of the full range
_BRIGHTER: Final = 1.03


@dataclass(frozen=True, eq=False)
class SmallChange:
    """A changed picture or caption, or both.

    Attributes
    ----------
    name : str
        What was done.
    image : PIL.Image
    caption : Caption
    size : float
        Root of the mean square change of the pixels, as a share of their range, and the share of words that were
        swapped, as one length: the root of the sum of squares.
    """

    name: str
    image: Image.Image
    caption: Caption
    size: float


def small_changes(
    model: Any, image: Image.Image, caption: Caption, *, seed: int = 0, joint: bool = True
) -> list[SmallChange]:
    """Noise, a shift by one pixel, a little brightness, a word swapped for a near one; and pairs of both.

    Parameters
    ----------
    model : DualEncoder or PairScorer
        Says which word is near: the one whose caption is embedded, or scored, most alike.
    image, caption
    seed : int
        Of the noise.
    joint : bool
        Changes of both sides at once too.

    Returns
    -------
    list of SmallChange
        Words are swapped where the vocabulary knows others of their kind: vehicles, colours, surroundings.
    """
    pictures = [(name, change(image, np.random.default_rng((seed, k)))) for k, (name, change) in enumerate(_PICTURES)]
    swaps = near_captions(model, image, caption)
    found = [SmallChange(name, changed, caption, _size(image, changed)) for name, changed in pictures]
    share = 1 / len(caption.words)
    found += [SmallChange(name, image, swapped, share) for name, swapped in swaps]
    if joint:
        found += [
            SmallChange(f"{what} and {name}", changed, swapped, float(np.hypot(_size(image, changed), share)))
            for (what, changed), (name, swapped) in zip(pictures, swaps, strict=False)
        ]
    return found


def near_captions(model: Any, image: Image.Image, caption: Caption) -> list[tuple[str, Caption]]:
    """For each word of which the vocabulary knows the kind, the caption with the nearest other word of that kind."""
    found = []
    for k, others in exchangeable(caption).items():
        swapped = [caption.swapped(k, other) for other in others]
        nearest = int(np.argmin(_distances(model, image, caption, swapped)))
        found.append((f"“{caption.words[k].text}” as “{others[nearest]}”", swapped[nearest]))
    return found


def exchangeable(caption: Caption) -> dict[int, tuple[str, ...]]:
    """By place, the words of which the vocabulary knows others of their kind, and these others."""
    vocabulary = Vocabulary.traffic()
    things = tuple(phrase.removeprefix("an ").removeprefix("a ") for phrase in vocabulary.context)
    kinds = (vocabulary.types, vocabulary.colours, things)
    return {
        k: tuple(other for other in kind if other != word.text)
        for k, word in enumerate(caption.words)
        for kind in kinds
        if word.text in kind
    }


def whole_score(model: Any, image: Image.Image, caption: Caption) -> float:
    """The model's score of a pair with nothing taken away."""
    if isinstance(model, DualEncoder):
        return float(logits_of(model, model.embed_images([image]), model.embed_captions([caption])))
    return float(model.score([image], [caption])[0])


def _distances(model: Any, image: Image.Image, caption: Caption, others: Sequence[Caption]) -> np.ndarray:
    if isinstance(model, DualEncoder):
        u = model.embed_captions([caption, *others]).double().cpu().numpy()
        return 1 - u[1:] @ u[0]
    scores = model.score([image] * (1 + len(others)), [caption, *others])
    return np.abs(scores[1:] - scores[0])


def _noisy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return _image(np.asarray(image, np.float64) / 255 + rng.normal(0, _NOISE, (image.height, image.width, 3)))


def _shifted(image: Image.Image, _: np.random.Generator) -> Image.Image:
    pixels = np.asarray(image)
    return Image.fromarray(np.concatenate([pixels[:, :1], pixels[:, :-1]], axis=1))


def _brighter(image: Image.Image, _: np.random.Generator) -> Image.Image:
    return _image(np.asarray(image, np.float64) / 255 * _BRIGHTER)


def _image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray((255 * pixels.clip(0, 1)).round().astype(np.uint8))


def _size(before: Image.Image, after: Image.Image) -> float:
    a, b = (np.asarray(one, np.float64) / 255 for one in (before, after))
    return float(np.sqrt(((a - b) ** 2).mean()))


_PICTURES: Final[Sequence[tuple[str, Callable[[Image.Image, np.random.Generator], Image.Image]]]] = (
    ("noise", _noisy),
    ("a shift by one pixel", _shifted),
    ("3 % brighter", _brighter),
)
