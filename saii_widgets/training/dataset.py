"""Drawn scenes as arrays on disk, ready for training: pictures, truth of facts, and where things are."""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.data.scenes import PLACES, draw
from saii_widgets.data.scenes.facts import COLOURS, FACTS, SERVICES, TYPES

MAX_VEHICLES: Final = 4
KINDS: Final[tuple[tuple[str | None, str], ...]] = tuple((c, t) for t in TYPES for c in COLOURS) + tuple(
    (None, t) for t in SERVICES + TYPES
)
_ARRAYS: Final = ("images", "truth", "coverage", "vehicles")


@dataclass(frozen=True)
class SceneArrays:
    """Scenes of one split, memory-mapped.

    Parameters
    ----------
    images : uint8 array, (n, size, size, 3)
    truth : uint8 array, (n, len(FACTS))
        0 false, 1 true, 2 unknown.
    coverage : uint8 array, (n, len(PLACES) + MAX_VEHICLES, grid, grid)
        Share of each patch that a thing covers, 255 = all of it.
    vehicles : int8 array, (n, MAX_VEHICLES)
        Index into KINDS; -1 where there is none.
    """

    images: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    coverage: NDArray[np.uint8]
    vehicles: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.images)

    def kinds(self, i: int) -> list[tuple[str | None, str]]:
        """(colour, type) of every vehicle of scene i."""
        return [KINDS[k] for k in self.vehicles[i] if k >= 0]


def _shares(masks: NDArray[np.bool_], grid: int) -> NDArray[np.uint8]:
    side = masks.shape[-1] // grid
    blocks = masks.reshape(len(masks), grid, side, grid, side)  # (k, g, side, g, side)
    return (blocks.mean((2, 4)) * 255).astype(np.uint8)


def _through_jpeg(image: Image.Image, rng: Random) -> Image.Image:
    """Half of the pictures have been a JPEG file once, as a user's pictures have."""
    if rng.random() < 0.5:
        return image
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=rng.randint(50, 95))
    return Image.open(buffer)


def _draw_range(task: tuple[str, int, int, int, int, int, float]) -> int:
    folder, start, stop, seed, size, grid, unnamed_paint = task
    arrays = {name: np.load(Path(folder) / f"{name}.npy", mmap_mode="r+") for name in _ARRAYS}
    for i in range(start, stop):
        scene = draw(seed + i, size, unnamed_paint=unnamed_paint)
        arrays["images"][i] = np.asarray(_through_jpeg(scene.image, Random(-1 - seed - i)))
        arrays["truth"][i] = scene.truth
        arrays["coverage"][i, : len(PLACES)] = _shares(scene.masks, grid)
        arrays["vehicles"][i] = -1
        for k, kind in enumerate(scene.vehicles[:MAX_VEHICLES]):
            arrays["vehicles"][i, k] = KINDS.index(kind)
            arrays["coverage"][i, len(PLACES) + k] = _shares(scene.vehicle_masks[k : k + 1], grid)[0]
    return stop - start


def draw_scenes(
    folder: Path,
    n_scenes: int,
    seed: int,
    *,
    size: int = 144,
    grid: int = 12,
    unnamed_paint: float = 0.0,
    n_workers: int = 2,
) -> SceneArrays:
    """Draw scenes `seed`, `seed + 1`, ... into `folder`; the result does not depend on the number of workers."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {
        "images": (n_scenes, size, size, 3),
        "truth": (n_scenes, len(FACTS)),
        "coverage": (n_scenes, len(PLACES) + MAX_VEHICLES, grid, grid),
        "vehicles": (n_scenes, MAX_VEHICLES),
    }
    for name, shape in shapes.items():
        dtype = np.int8 if name == "vehicles" else np.uint8
        open_memmap(folder / f"{name}.npy", "w+", dtype=dtype, shape=shape).flush()
    step = 500
    tasks = [
        (str(folder), a, min(a + step, n_scenes), seed, size, grid, unnamed_paint) for a in range(0, n_scenes, step)
    ]
    with ProcessPoolExecutor(n_workers) as pool:
        for _ in pool.map(_draw_range, tasks):
            pass
    return open_scenes(folder)


def open_scenes(folder: Path) -> SceneArrays:
    """Open what :func:`draw_scenes` wrote, without reading it into memory."""
    return SceneArrays(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS))
