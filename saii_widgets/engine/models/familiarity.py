"""Pictures that are far from what a model has seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from saii_widgets.engine.models.trace import Tower


@dataclass(frozen=True)
class Familiarity:
    @classmethod
    def load(cls, folder: Path, device: torch.device) -> Familiarity | None:
        return None

    def warnings(self, pixels: Tensor, tower: Tower) -> list[str]:
        return [""] * len(pixels)
