"""One visual concept of a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, eq=False)
class Concept:
    """A cluster of segments that look alike to the classifier.

    Parameters
    ----------
    label : str
    share : float
        Share of the fitted pictures in which it was found.
    importance : mapping of class to float
        Mean drop of the predicted class's logit when the segment is greyed, over the pictures of each class that have
        it; classes that never have it are left out.
    examples : tuple of PIL.Image
        Up to six crops, the most typical first, each from another picture.
    """

    label: str
    share: float
    importance: Mapping[str, float]
    examples: tuple[Image.Image, ...]

    def __repr__(self) -> str:
        most = max(self.importance, key=lambda name: self.importance[name], default="")
        about = f", most for {most!r} ({self.importance[most]:+.2f} logit)" if most else ""
        return f"Concept({self.label!r}, in {self.share:.0%} of the pictures{about})"
