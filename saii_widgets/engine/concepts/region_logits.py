"""The decision on a region of a segmentation, as class logits."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from saii_widgets.core.errors import InputError


class RegionLogits(nn.Module):
    """A segmentation model as a classifier of one region: its maps of logits averaged over the region.

    Given to ``Classifier.from_module``, all that explains a classifier explains why the model takes the region for what
    it does.

    Parameters
    ----------
    module : torch.nn.Module
        Pixels to maps of logits (n, C, h, w), or to an output of transformers whose `logits` are such.
    region : bool array, (height, width)
        Over what the module sees; enlarged or reduced to the size of the maps.

    Raises
    ------
    InputError
        An empty region, or one of another form.
    """

    region: Tensor

    def __init__(self, module: nn.Module, region: NDArray[np.bool_]) -> None:
        super().__init__()
        mask = np.asarray(region, bool)
        if mask.ndim != 2 or not mask.any():
            raise InputError(
                "a mask (height, width) that is not empty", f"shape {mask.shape}", "Mark the region with True."
            )
        self.module = module
        self.register_buffer("region", torch.from_numpy(mask.copy()).float()[None, None])

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits (n, C): each class's map averaged over the region."""
        output = self.module(pixels)
        maps = getattr(output, "logits", output)  # (n, C, h, w)
        share = functional.adaptive_avg_pool2d(self.region, maps.shape[2:]).to(maps.dtype)
        return (maps * share).sum((2, 3)) / share.sum()
