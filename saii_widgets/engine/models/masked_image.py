"""A picture of which players are taken away: what the first layer reads is computed once, not once a coalition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.image_players import FINE, ImagePlayers, majority
from saii_widgets.engine.models.model import ImageMasking
from saii_widgets.engine.pairing import unit
from saii_widgets.engine.runtime import Progress, in_batches

if TYPE_CHECKING:
    from saii_widgets.engine.models.two_towers import TwoTowers


class MaskedImage:
    """One picture and its players.

    The patch embedding is affine in the pixels, so the tokens of a coalition are those of the empty picture plus what
    each player that stays adds to them; where players are whole patches, each token is taken from one of the two.

    Parameters
    ----------
    model : TwoTowers
    image : PIL.Image
    players : ImagePlayers
    masking : {"mean", "drop", "blur"}
        "mean": pixels at the mean of the processor, which is 0 after normalisation. "drop": the tokens leave the
        sequence; a patch that a border runs through goes with the player that has most of it. "blur": the picture out
        of focus, by one patch.

    Raises
    ------
    ModelError
        "drop" with a model that has no class token: nothing would be left of an empty picture.
    """

    def __init__(self, model: TwoTowers, image: Image.Image, players: ImagePlayers, masking: ImageMasking) -> None:
        if masking == "drop" and not model.first_patch:
            raise ModelError(
                "a model with a class token for masking='drop'",
                f"{model.name}, which pools patches: an empty picture would have none",
                "Take masking='mean' or 'blur'.",
            )
        self._model, self._masking = model, masking
        self.n_players = len(players)
        inputs = model.prepare_images([image])
        grid = model.patch_axis(image).grid
        assert grid is not None
        self._full = self._tokens(inputs)[0]  # (t, width)
        self._owner: Tensor | None = None
        if players.patches is not None or masking == "drop":
            members = players.patches
            if members is None:
                assert players.regions is not None
                laid = model.resized(image, players.regions, (grid[0] * FINE, grid[1] * FINE))
                members = majority(laid.float().cpu().numpy(), grid)
            owner = np.where(members.any(0), members.argmax(0), -1)
            self._owner = torch.from_numpy(np.concatenate([np.full(model.first_patch, -1), owner])).to(model.device)
        if masking == "drop":
            return
        pixels = inputs["pixel_values"]
        gone = torch.zeros_like(pixels) if masking == "mean" else _blurred(model, image)
        if self._owner is not None:
            self._empty = self._tokens({**inputs, "pixel_values": gone})[0]
            return
        assert players.regions is not None
        regions = model.lay_regions(image, players.regions)  # (n, ...)
        # what belongs to no player always stays
        empty = torch.where(regions.sum(0, keepdim=True) > 0, gone, pixels)
        self._empty = self._tokens({**inputs, "pixel_values": empty})[0]
        difference = pixels - empty
        added = [self._tokens({**inputs, "pixel_values": empty + region * difference})[0] for region in regions]
        self._added = torch.stack(added) - self._empty  # (n, t, width)

    def _tokens(self, inputs: dict[str, Tensor]) -> Tensor:
        tokens = self._model.image_tower.tokens
        assert tokens is not None
        with torch.no_grad():
            return tokens(inputs)

    def encode(self, keep: NDArray[np.bool_], progress: Progress | None = None) -> Tensor:
        """Unit embeddings (K, d) of coalitions (K, n), float32 or better, on the model's device."""
        model = self._model
        kept = torch.from_numpy(np.ascontiguousarray(keep)).to(model.device)
        groups = [torch.arange(len(kept), device=model.device)]
        stays = None
        if self._masking == "drop":
            stays = self._stays(kept)  # (K, t)
            sizes = stays.sum(1)
            groups = [(sizes == size).nonzero()[:, 0] for size in sizes.unique().tolist()]
        share = model.trace_bytes(model.n_image_layers - 1, side="image")[0]
        found, done = [], 0
        for group in groups:

            def work(batch: range, group: Tensor = group) -> Tensor:
                rows = group[batch.start : batch.stop]
                if stays is None:
                    return self._embed(self._mixed(kept[rows]))
                places = stays[rows].nonzero()[:, 1].view(len(rows), -1)  # (k, tokens that stay)
                return self._embed(self._full[places])

            for part in in_batches(len(group), work, device=model.device, bytes_each=share, label="masked pictures"):
                found.append(part)
                done += len(part)
                if progress is not None:
                    progress(done, len(kept), "masked pictures")
        embeddings = torch.cat(found)
        return embeddings[torch.cat(groups).argsort()]

    def _stays(self, kept: Tensor) -> Tensor:
        assert self._owner is not None
        return kept[:, self._owner.clamp_min(0)] | (self._owner < 0)

    def _mixed(self, kept: Tensor) -> Tensor:
        """Tokens (k, t, width) of coalitions (k, n)."""
        if self._owner is not None:
            return torch.where(self._stays(kept)[..., None], self._full, self._empty)
        return self._empty + torch.einsum("kn,ntw->ktw", kept.to(self._added), self._added)

    def _embed(self, tokens: Tensor) -> Tensor:
        return unit(self._model.image_tower.embed_tokens(tokens, 0 if self._model.first_patch else None))


def _blurred(model: TwoTowers, image: Image.Image) -> Tensor:
    left, top, right, bottom = np.asarray(model.patch_axis(image).boxes)[0] * np.tile(image.size, 2)
    radius = float(max(right - left, bottom - top))
    return model.prepare_images([image.convert("RGB").filter(ImageFilter.GaussianBlur(radius))])["pixel_values"]
