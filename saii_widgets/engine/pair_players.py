"""Players and maskings of both sides, as a caller names them, and the pictures and captions made ready with them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import CaptionPlayers, CaptionPlayersAsked, Span, caption_players
from saii_widgets.engine.coalition_side import Source
from saii_widgets.engine.image_players import ImagePlayers, ImagePlayersAsked, Patched, image_players, merged_patches
from saii_widgets.engine.models.model import (
    CAPTION_MASKINGS,
    IMAGE_MASKINGS,
    CaptionMasking,
    DualEncoder,
    ImageMasking,
)
from saii_widgets.engine.shared_patches import shared_patches


class CaptionModel(Protocol):
    """What is asked of a model about captions here."""

    def token_spans(self, caption: Caption) -> tuple[Span, ...]: ...

    def check(self, caption: Caption) -> None: ...


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
    def named(
        cls,
        players: Players | None,
        masking: str | tuple[str, str] | None,
        *,
        image_maskings: Sequence[str] = IMAGE_MASKINGS,
        caption_maskings: Sequence[str] = CAPTION_MASKINGS,
    ) -> PairPlayers:
        """From what a caller gives: one name for the side that it belongs to, or (image, caption).

        Parameters
        ----------
        players, masking
            As `Interactions` takes them.
        image_maskings, caption_maskings : sequence of str
            What the model can be asked with; the first of each is the default.

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
            side = "image" if name in image_maskings else "caption" if name in caption_maskings else None
            if side is None or f"{side}_masking" in asked:
                raise InputError(
                    "a masking of the picture, of the caption, or one of each, that this model can be asked with",
                    repr(masking),
                    f"Pictures: {', '.join(image_maskings)}; captions: {', '.join(caption_maskings)}.",
                )
            asked[f"{side}_masking"] = name
        return cls(**{"image_masking": image_maskings[0], "caption_masking": caption_maskings[0], **asked})

    @property
    def masking(self) -> str:
        """In words, as results carry it."""
        return f"picture: {self.image_masking}, caption: {self.caption_masking}"

    def describe(self) -> list[str]:
        """Players of the picture and of the caption, in words."""
        image = self.image if isinstance(self.image, str) else "given masks"
        caption = self.caption if isinstance(self.caption, str) else "given groups of words"
        return [image, caption]

    def image_parts(
        self, model: Patched, images: Sequence[Image.Image]
    ) -> tuple[list[ImagePlayers], Axis, list[Image.Image]]:
        """Players of each picture, the axis of them all, and the pictures that it lies on.

        Raises
        ------
        InputError
            Players that differ from picture to picture.
        """
        players = [image_players(model, image, self.image) for image in images]
        if len(images) == 1:
            return players, players[0].axis, list(images)
        if players[0].patches is None:
            raise InputError(
                "one picture at a time for players that follow what it shows",
                f"{len(images)} pictures",
                "Take 'patches' or 'blocks 2', which are the same for all, or call it for each picture.",
            )
        patches, shown = shared_patches(model, images)
        return players, merged_patches(patches, self.image), shown

    def caption_parts(self, model: CaptionModel, captions: Sequence[Caption]) -> list[CaptionPlayers]:
        """Players of each caption.

        Raises
        ------
        CaptionError
            A caption is longer than the model reads.
        """
        for caption in captions:
            model.check(caption)
        return [caption_players(model, caption, self.caption) for caption in captions]

    def images(
        self, model: DualEncoder, images: Sequence[Image.Image], named: str
    ) -> tuple[list[Source], Axis, list[Image.Image]]:
        """Pictures ready to be masked, the axis of their players, and the pictures that it lies on."""
        players, axis, shown = self.image_parts(model, images)
        sources = [
            Source(self.image_key(named, image, one), len(one), _masker(model, image, one, self))
            for image, one in zip(images, players, strict=True)
        ]
        return sources, axis, shown

    def captions(
        self, model: DualEncoder, captions: Sequence[Caption], named: str
    ) -> tuple[list[Source], list[CaptionPlayers]]:
        """Captions ready to be masked, and their players."""
        players = self.caption_parts(model, captions)
        sources = [
            Source(
                self.caption_key(named, caption, one),
                len(one),
                lambda caption=caption, one=one: model.mask_caption(caption, one, self.caption_masking),
            )
            for caption, one in zip(captions, players, strict=True)
        ]
        return sources, players

    def image_key(self, named: str, image: Image.Image, players: ImagePlayers) -> str:
        """One line for all that depends on a picture, its players and their masking; `named` says by which model."""
        members = players.patches if players.patches is not None else players.regions
        assert members is not None
        shape = f"{image.mode} {image.size} {members.shape}"
        return _key(named, shape, image.tobytes(), np.packbits(members).tobytes(), self.image_masking)

    def caption_key(self, named: str, caption: Caption, players: CaptionPlayers) -> str:
        """The same of a caption."""
        return _key(named, caption.text, repr(players.spans), self.caption_masking)


def _masker(model: DualEncoder, image: Image.Image, players: ImagePlayers, asked: PairPlayers) -> Any:
    return lambda: model.mask_image(image, players, asked.image_masking)


def _key(*parts: str | bytes) -> str:
    """One line for all that embeddings depend on."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()
