"""Players and maskings of both sides, as a caller names them, and the pictures and captions made ready with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers, CaptionPlayersAsked, caption_players
from saii_widgets.engine.coalition_side import Source
from saii_widgets.engine.image_players import ImagePlayers, ImagePlayersAsked, image_players, merged_patches
from saii_widgets.engine.models.masked_caption import CAPTION_MASKINGS
from saii_widgets.engine.models.masked_image import IMAGE_MASKINGS
from saii_widgets.engine.models.model import CaptionMasking, DualEncoder, ImageMasking
from saii_widgets.engine.shared_patches import shared_patches

Players = ImagePlayersAsked | CaptionPlayersAsked | tuple[ImagePlayersAsked, CaptionPlayersAsked]
_CAPTION_PLAYERS = ("words", "tokens", "phrases")


@dataclass(frozen=True)
class PairPlayers:
    """How both sides are cut into players, and how these are taken away.

    Parameters
    ----------
    image, caption
        As :func:`image_players` and :func:`caption_players` take them.
    image_masking, caption_masking : str
    """

    image: ImagePlayersAsked = "patches"
    caption: CaptionPlayersAsked = "words"
    image_masking: ImageMasking = "mean"
    caption_masking: CaptionMasking = "attention"

    @classmethod
    def named(cls, players: Players | None, masking: str | tuple[str, str] | None) -> PairPlayers:
        """From what a caller gives: one name for the side that it belongs to, or (image, caption).

        Raises
        ------
        InputError
            A masking that does not exist, or none of the two sides' names.
        """
        asked: dict[str, Any] = {}
        if isinstance(players, tuple) and len(players) == 2:
            asked["image"], asked["caption"] = players
        elif isinstance(players, str) and players in _CAPTION_PLAYERS:
            asked["caption"] = players
        elif players is not None:
            asked["image"] = players
        names = [masking] if isinstance(masking, str) else list(masking or ())
        for name in names:
            side = "image" if name in IMAGE_MASKINGS else "caption" if name in CAPTION_MASKINGS else None
            if side is None or f"{side}_masking" in asked:
                raise InputError(
                    "a masking of the picture, of the caption, or one of each",
                    repr(masking),
                    f"Pictures: {', '.join(IMAGE_MASKINGS)}; captions: {', '.join(CAPTION_MASKINGS)}.",
                )
            asked[f"{side}_masking"] = name
        return cls(**asked)

    @property
    def masking(self) -> str:
        """In words, as results carry it."""
        return f"picture: {self.image_masking}, caption: {self.caption_masking}"

    def describe(self) -> list[str]:
        """Players of the picture and of the caption, in words."""
        image = self.image if isinstance(self.image, str) else "given masks"
        caption = self.caption if isinstance(self.caption, str) else "given groups of words"
        return [image, caption]

    def images(
        self, model: DualEncoder, images: Sequence[Image.Image], named: str
    ) -> tuple[list[Source], Axis, list[Image.Image]]:
        """Pictures ready to be masked, the axis of their players, and the pictures that it lies on.

        Raises
        ------
        InputError
            Players that differ from picture to picture.
        """
        players = [image_players(model, image, self.image) for image in images]
        if len(images) == 1:
            axis, shown = players[0].axis, list(images)
        elif players[0].patches is None:
            raise InputError(
                "one picture at a time for players that follow what it shows",
                f"{len(images)} pictures",
                "Take 'patches' or 'blocks 2', which are the same for all, or call it for each picture.",
            )
        else:
            patches, shown = shared_patches(model, images)
            axis = merged_patches(patches, self.image)
        sources = [
            Source(_image_key(named, image, one, self.image_masking), len(one), _masker(model, image, one, self))
            for image, one in zip(images, players, strict=True)
        ]
        return sources, axis, shown

    def captions(
        self, model: DualEncoder, captions: Sequence[Caption], named: str
    ) -> tuple[list[Source], list[CaptionPlayers]]:
        """Captions ready to be masked, and their players.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        for caption in captions:
            model.check(caption)
        players = [caption_players(model, caption, self.caption) for caption in captions]
        sources = [
            Source(
                _key(named, caption.text, repr(one.spans), self.caption_masking),
                len(one),
                lambda caption=caption, one=one: model.mask_caption(caption, one, self.caption_masking),
            )
            for caption, one in zip(captions, players, strict=True)
        ]
        return sources, players


def _masker(model: DualEncoder, image: Image.Image, players: ImagePlayers, asked: PairPlayers) -> Any:
    return lambda: model.mask_image(image, players, asked.image_masking)


def _image_key(named: str, image: Image.Image, players: ImagePlayers, masking: str) -> str:
    members = players.patches if players.patches is not None else players.regions
    assert members is not None
    shape = f"{image.mode} {image.size} {members.shape}"
    return _key(named, shape, image.tobytes(), np.packbits(members).tobytes(), masking)


def _key(*parts: str | bytes) -> str:
    """One line for all that embeddings depend on."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()
