"""What a caller gives as pictures and captions, read once for all games of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from saii_widgets.core.as_picture import as_picture
from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.pairing import as_captions

Images = Scene | Image.Image | Sequence[Scene | Image.Image]
Captions = Caption | str | Sequence[Caption | str] | None


@dataclass(frozen=True)
class PairArguments:
    """N pictures and M captions.

    Attributes
    ----------
    pictures : list of PIL.Image
    captions : list of Caption
    images : Axis
        Names of the pictures.
    is_pair : bool
        One picture and one caption were given, not lists of them.
    """

    pictures: list[Image.Image]
    captions: list[Caption]
    images: Axis
    is_pair: bool

    @classmethod
    def of(cls, images: Images, captions: Captions) -> PairArguments:
        """As `Interactions` takes them.

        Raises
        ------
        CaptionError
            No captions are given, and a scene has none.
        InputError
            No picture, or no caption.
        """
        is_pair = isinstance(images, Scene | Image.Image) and (isinstance(captions, Caption | str) or captions is None)
        scenes = [images] if isinstance(images, Scene | Image.Image) else list(images)
        pictures = [as_picture(scene) for scene in scenes]
        read = as_captions(_captions(scenes, captions))
        if not pictures or not read:
            raise InputError(
                "at least one picture and one caption",
                f"{len(pictures)} pictures and {len(read)} captions",
                "Give one of each, or a list of each.",
            )
        names = [(s.name if isinstance(s, Scene) else "") or f"image {n}" for n, s in enumerate(scenes, 1)]
        return cls(pictures, read, Axis.images(names), is_pair)


def _captions(scenes: Sequence[Scene | Image.Image], captions: Captions) -> Sequence[Caption | str]:
    if isinstance(captions, Caption | str):
        return [captions]
    if captions is not None:
        return captions
    found = [scene.caption for scene in scenes if isinstance(scene, Scene) and scene.caption is not None]
    if len(found) < len(scenes):
        raise CaptionError("a caption for every picture", f"{len(found)} for {len(scenes)}", "Pass the captions.")
    return found
