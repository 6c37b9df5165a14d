"""A picture and a caption of which players are taken away, for a model that reads them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.caption_players import player_at
from saii_widgets.engine.image_players import FINE, majority
from saii_widgets.engine.models.model import CAPTION_MASKINGS, IMAGE_MASKINGS, CaptionMasking, ImageMasking
from saii_widgets.engine.models.word_tokens import cut_out
from saii_widgets.engine.runtime import Progress, in_batches

if TYPE_CHECKING:
    from saii_widgets.engine.models.fusion_model import FusionModel, Value

Keep = NDArray[np.bool_]


class PictureParts(Protocol):
    """Players of a picture: as patches of the model's grid, or as regions of the picture."""

    @property
    def patches(self) -> NDArray[np.bool_] | None:
        """Which patches each player is, (n, patches)."""
        ...

    @property
    def regions(self) -> NDArray[np.bool_] | None:
        """Where each player is in the whole picture, (n, height, width)."""
        ...


class CaptionParts(Protocol):
    """Players of a caption."""

    @property
    def spans(self) -> Sequence[Sequence[tuple[int, int]]]:
        """First character, and one past the last, of what belongs to each player."""
        ...


class MaskedPair:
    """One pair and its players; called with coalitions, gives scores.

    What the first layer is given of a picture is affine in its pixels, so it is computed once for the whole picture and
    once for the empty one, not once a coalition. What belongs to no player always stays.

    Parameters
    ----------
    model : FusionModel
    image : PIL.Image
    caption : Caption
        No longer than the model reads.
    image_players, caption_players : optional
        By default every patch, and every word.
    image_masking : {"mean", "drop", "blur"}
        "mean": pixels at the processor's mean, which is 0 after normalisation. "drop": the patches leave the sequence.
        "blur": the picture out of focus, by one patch.
    caption_masking : {"attention", "delete"}
        "attention": no token may look at the player's tokens. "delete": the player's characters are cut out of the
        text, which is tokenized anew.
    value : {"probability", "logit"}
    """

    def __init__(
        self,
        model: FusionModel,
        image: Image.Image,
        caption: Caption,
        image_players: PictureParts | None,
        caption_players: CaptionParts | None,
        image_masking: ImageMasking,
        caption_masking: CaptionMasking,
        value: Value,
    ) -> None:
        for asked, known, what in (
            (image_masking, IMAGE_MASKINGS, "pictures"),
            (caption_masking, CAPTION_MASKINGS, "captions"),
        ):
            if asked not in known:
                raise InputError(f"a masking of {what}", repr(asked), f"Choose one of {', '.join(known)}.")
        self.model, self.caption = model, caption
        self.value: Value = value
        self.image_masking, self.caption_masking = image_masking, caption_masking
        self.passes = 0
        pixels = model.pixels(image)
        self._full = model.image_tokens(pixels)  # (t, width)
        patches = None if image_players is None else image_players.patches
        regions = None if image_players is None else image_players.regions
        if image_players is None:
            patches = np.eye(len(self._full) - 1, dtype=bool)
        self._owner = self._added = None
        if patches is None and regions is not None and image_masking == "drop":
            grid = _grid_of(pixels, self._full)
            patches = majority(_resized(regions, (grid[0] * FINE, grid[1] * FINE)).float().numpy(), grid)
        gone = self._gone(image, pixels)
        if patches is not None:
            self._check_patches(patches)
            self.n_image = len(patches)
            owner = np.where(patches.any(0), patches.argmax(0), -1)
            self._owner = torch.from_numpy(np.concatenate([[-1], owner])).to(model.device)
            self._empty = model.image_tokens(gone)
        else:
            assert regions is not None
            self.n_image = len(regions)
            laid = _resized(regions, (pixels.shape[2], pixels.shape[3]))[:, None].to(pixels)  # (n, 1, h, w)
            empty = torch.where(laid.sum(0, keepdim=True) > 0, gone, pixels)
            self._empty = model.image_tokens(empty)
            added = [model.image_tokens(empty + region * (pixels - empty)) for region in laid]
            self._added = torch.stack(added) - self._empty  # (n, t, width)
        self._spans = (
            [((word.start, word.end),) for word in caption.words]
            if caption_players is None
            else list(caption_players.spans)
        )
        self.n_words = len(self._spans)
        ids, spans = model.token_ids(caption.text), model.token_spans(caption)
        self._ids = torch.tensor(ids)
        self._word_owner = np.array([player_at(self._spans, span) for span in spans])
        self._whole = model.outputs(self._full[None], self._ids[None], torch.ones(1, len(ids), dtype=torch.long))

    def __call__(self, keep_image: Keep, keep_words: Keep, *, progress: Progress | None = None) -> NDArray[np.float64]:
        """Scores (K,) of coalitions (K, n) of the picture's players with (K, m) of the caption's, row by row."""
        keep_image, keep_words = np.asarray(keep_image, bool), np.asarray(keep_words, bool)
        wanted = (len(keep_image), self.n_image), (len(keep_image), self.n_words)
        if (keep_image.shape, keep_words.shape) != wanted:
            raise InputError(
                f"coalitions (K, {self.n_image}) and (K, {self.n_words})",
                f"shapes {keep_image.shape} and {keep_words.shape}",
                "A row each, a column a player.",
            )
        stays = self._stays(keep_image)
        sizes = stays.sum(1) if self.image_masking == "drop" else np.zeros(len(keep_image), int)
        found, done = np.zeros(len(keep_image)), 0
        for size in np.unique(sizes):  # sequences of one length at a time
            rows = np.flatnonzero(sizes == size)

            def work(batch: range, rows: NDArray[np.intp] = rows) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
                chosen = rows[batch.start : batch.stop]
                ids, mask = self._texts(keep_words[chosen])
                out = self.model.outputs(self._tokens(keep_image[chosen], stays[chosen]), ids, mask)
                return chosen, self.model.read(out, self._whole, self.value)

            cost = self.model.pass_bytes(len(self._full))
            for chosen, scores in in_batches(
                len(rows), work, device=self.model.device, bytes_each=cost, label="coalitions"
            ):
                found[chosen] = scores
                done += len(chosen)
                self.passes += len(chosen)
                if progress is not None:
                    progress(done, len(keep_image), "coalitions")
        return found

    def _stays(self, keep: Keep) -> Keep:
        """Which tokens stay, (K, t); all of them where regions are mixed."""
        if self._owner is None:
            return np.ones((len(keep), len(self._full)), bool)
        owner = self._owner.cpu().numpy()
        return keep[:, owner.clip(0)] | (owner < 0)

    def _tokens(self, keep: Keep, stays: Keep) -> Tensor:
        if self._added is not None:
            kept = torch.from_numpy(keep).to(self._added)
            return self._empty + torch.einsum("kn,ntw->ktw", kept, self._added)
        here = torch.from_numpy(stays).to(self._full.device)
        if self.image_masking == "drop":
            return self._full[here.nonzero()[:, 1].view(len(keep), -1)]
        return torch.where(here[..., None], self._full, self._empty)

    def _texts(self, keep: Keep) -> tuple[Tensor, Tensor]:
        if self.caption_masking == "attention":
            stays = keep[:, self._word_owner.clip(0)] | (self._word_owner < 0)
            return self._ids.expand(len(keep), -1), torch.from_numpy(stays).long()
        cut = [[span for k in np.flatnonzero(~row) for span in self._spans[k]] for row in keep]
        return self.model.pad([self.model.token_ids(cut_out(self.caption.text, spans)) for spans in cut])

    def _gone(self, image: Image.Image, pixels: Tensor) -> Tensor:
        if self.image_masking != "blur":
            return torch.zeros_like(pixels)
        rows, columns = _grid_of(pixels, self._full)
        radius = max(image.width / columns, image.height / rows)
        return self.model.pixels(image.convert("RGB").filter(ImageFilter.GaussianBlur(radius)))

    def _check_patches(self, patches: NDArray[np.bool_]) -> None:
        n = len(self._full) - 1
        if patches.shape[1:] != (n,):
            raise InputError(
                f"players of {n} patches", f"shape {patches.shape}", "Make them from the model's own patch_axis."
            )


def _grid_of(pixels: Tensor, tokens: Tensor) -> tuple[int, int]:
    high, wide = pixels.shape[2:]
    rows = round(((len(tokens) - 1) * high / wide) ** 0.5)
    return rows, (len(tokens) - 1) // rows


def _resized(regions: NDArray[np.bool_], size: tuple[int, int]) -> Tensor:
    """Regions (n, high, wide) at another size (n, h, w), each pixel one region's."""
    h, w = size
    rows = ((np.arange(h) + 0.5) / h * regions.shape[1]).astype(int)
    columns = ((np.arange(w) + 0.5) / w * regions.shape[2]).astype(int)
    return torch.from_numpy(regions[:, rows[:, None], columns])
