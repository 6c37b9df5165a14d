"""Photographs are flagged as far from what the embedded model has seen, unseen scenes are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import skimage
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from benchmarks.figures import Figure, Table, benchmark_options, publish
from benchmarks.unseen_scenes import FIRST_SEED, FIRST_SEED_HELD_OUT
from saii_widgets.data.scenes import draw
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.familiarity import Familiarity, describe
from saii_widgets.engine.models.two_towers import TwoTowers

# what scikit-image's wheel carries, without its drawings, test patterns and silhouettes
_PHOTOGRAPHS: Final = (
    *("astronaut", "brick", "camera", "cell", "chelsea", "clock_motion", "coffee", "coins", "grass", "gravel"),
    *("hubble_deep_field", "ihc", "microaneurysms", "moon", "motorcycle_left", "motorcycle_right", "page"),
    *("retina", "rocket", "text"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and publish."""
    parser = benchmark_options("familiarity", __doc__)
    parser.add_argument("--model", default="embedded", help="name or folder; default: the weights that ship")
    parser.add_argument("--fit", type=int, default=0, help="fit to so many scenes instead of taking what ships")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    model = load_model(options.model, device=options.device)
    familiarity = model.familiarity
    if options.fit:
        familiarity = Familiarity.fit(model, (draw(seed).image for seed in range(options.fit)))
    if familiarity is None:
        raise SystemExit(f"{options.model} comes without familiarity.safetensors: give --fit 4000.")
    n = 200 if options.quick else 1000
    photographs = _photographs()
    far = _distances(familiarity, model, list(photographs.values()))
    unseen = _distances(familiarity, model, [draw(FIRST_SEED + k).image for k in range(n)])
    held_out = _distances(familiarity, model, [draw(FIRST_SEED_HELD_OUT + k, held_out=True).image for k in range(n)])
    figures = [
        Figure("photographs flagged", 100 * float(np.mean(far > 1)), "%", at_least=95),
        Figure("unseen scenes flagged", 100 * float(np.mean(unseen > 1)), "%", at_most=2),
        Figure("scenes with pairs never seen flagged", 100 * float(np.mean(held_out > 1)), "%"),
    ]
    rows = sorted(zip(photographs, far.tolist(), strict=True), key=lambda row: row[1])
    table = Table("Distance of each photograph, in limits.", ("photograph", "distance"), rows)
    notes = [f"Model `{options.model}`; {len(rows)} photographs, {n} unseen scenes from seed {FIRST_SEED:,}."]
    publish("familiarity", figures, options, tables=[table], notes=notes)


def _photographs() -> dict[str, Image.Image]:
    folder = Path(skimage.__file__).parent / "data"
    files = {path.stem: path for path in folder.iterdir() if path.suffix in (".png", ".jpg")}
    found = {name: Image.open(files[name]).convert("RGB") for name in _PHOTOGRAPHS}
    samples = load_sample_images()
    return found | {name: Image.fromarray(x) for name, x in zip(("china", "flower"), samples.images, strict=True)}


def _distances(familiarity: Familiarity, model: TwoTowers, images: Sequence[Image.Image]) -> np.ndarray:
    return torch.cat([familiarity.distances(part) for part in describe(model, images)]).cpu().numpy()


if __name__ == "__main__":
    main()
