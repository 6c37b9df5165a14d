"""Names for concepts from an image-text model that looks at cut-outs of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.engine.models.model import DualEncoder

_MARGIN: Final = 0.25  # of a segment's box, on every side
_SMALLEST: Final = 8  # pixels


class CropSpace:
    """A dual encoder (CLIP, SigLIP) as the joint space of concepts and names, whatever the classifier is.

    Parameters
    ----------
    model : DualEncoder
        From `load_model`.
    names : sequence of str
        What concepts may be called.
    template : str
        The caption that a name is read in; "{}" stands for the name.

    Raises
    ------
    InputError
        No names, or a template without "{}".
    """

    def __init__(self, model: DualEncoder, names: Sequence[str], template: str = "a picture of a {}") -> None:
        if isinstance(names, str) or not names or not all(name.strip() for name in names):
            raise InputError(
                "names that concepts may have, such as names=['wheel', 'ladder']", repr(names), "List some."
            )
        if "{}" not in template:
            raise InputError("a template with {} for the name", repr(template), "Write 'a picture of a {}'.")
        self.model, self.names, self.template = model, tuple(names), template

    @property
    def about(self) -> str:
        """What results say names come from."""
        return f"{self.model.name} {self.model.revision}".strip()

    def of_concepts(self, explanation: Explanation, concepts: NDArray[np.intp]) -> Tensor:
        """Unit embeddings (n, d) of the concepts' cut-outs.

        Raises
        ------
        InputError
            An explanation without its picture.
        """
        boxes = explanation.axis("concept").boxes
        if not explanation.images or boxes is None:
            raise InputError("an explanation with its picture", "none", "Explain again: pictures are kept by default.")
        return self.model.embed_images([cut_out(explanation.images[0], boxes[k]) for k in concepts])

    def text_features(self, names: Sequence[str]) -> Tensor:
        """Unit embeddings (m, d) of names."""
        return self.model.embed_captions([self.template.format(name) for name in names])


def cut_out(image: Image.Image, box: NDArray[np.float32]) -> Image.Image:
    """The part of a picture about a box (shares of it), with a margin, at least 8 pixels wide and high."""
    size = np.array([*image.size, *image.size], float)
    left, top, right, bottom = box * size
    x, y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (max((1 + 2 * _MARGIN) * span, _SMALLEST) / 2 for span in (right - left, bottom - top))
    edges = np.rint([x - half_x, y - half_y, x + half_x, y + half_y]).astype(int)
    lowest, highest = np.zeros(4, int), size.astype(int)
    return image.convert("RGB").crop(tuple(np.clip(edges, lowest, highest).tolist()))
