"""What a trained model gets before it ships: its sense of what is familiar, and checksums of its files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image

from saii_widgets.data.scenes import draw
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.checkpoint import write_checksums
from saii_widgets.engine.models.familiarity import Familiarity

FIRST_SEED: Final = 2_000_000  # apart from the scenes of training, of benchmarks and of studies
SIZES: Final = (144, 240, 320)  # pictures come in all sizes, and the model makes them smaller


def familiar_pictures(n_pictures: int) -> Iterator[Image.Image]:
    """Drawn scenes as users would have them: of several sizes, half of them once a JPEG file."""
    for i in range(n_pictures):
        image = draw(FIRST_SEED + i, SIZES[i % len(SIZES)]).image
        rng = Random(i)
        if rng.random() < 0.5:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=rng.randint(60, 95))
            image = Image.open(buffer).convert("RGB")
        yield image


def finish(folder: Path, n_pictures: int = 4_000) -> None:
    """Add `familiarity.safetensors` and `checksums.json` to a model's folder."""
    model = load_model(folder, device="cpu")
    Familiarity.fit(model, familiar_pictures(n_pictures)).save(folder)
    write_checksums(folder)
