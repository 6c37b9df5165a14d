"""The names of pictures in results that only number them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.study import Study
from saii_widgets.core.thumbnail import thumbnail


def named(study: Study, e: Explanation) -> Explanation:
    """The explanation with the study's names on its image axis, companions included.

    An explainer is given pictures without names and counts them; its pictures are found among the study's by what they
    show. A picture that the study does not have keeps its number.
    """
    names = {_content(thumbnail(scene.image)): name for name, scene in study.scenes.items()}
    return _renamed(e, names)


def _renamed(e: Explanation, names: Mapping[bytes, str]) -> Explanation:
    if "image" not in e.kinds or not e.images:
        return e
    known = e.axis("image").labels
    labels = [names.get(_content(image), label) for image, label in zip(e.images, known, strict=True)]
    return replace(
        e,
        axes=tuple(Axis.images(labels) if axis.kind == "image" else axis for axis in e.axes),
        companions={key: _renamed(other, names) for key, other in e.companions.items()},
    )


def _content(image: Image.Image) -> bytes:
    return repr(image.size).encode() + image.tobytes()
