"""Train the embedded CLIP from a seed and write it as `CLIPModel.from_pretrained` and `CLIPProcessor` read it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file
from torch.multiprocessing.spawn import spawn
from transformers import CLIPImageProcessor, CLIPModel, CLIPProcessor

from saii_widgets.training.dataset import draw_scenes, open_scenes
from saii_widgets.training.picture_tower import Objective, train_picture_tower
from saii_widgets.training.recipe import Recipe
from saii_widgets.training.text_tower import fact_codes, train_text_tower
from saii_widgets.training.tokenizer import build_tokenizer
from saii_widgets.training.towers import MEAN, STD, Towers, new_model


def export(model: CLIPModel, recipe: Recipe, folder: Path) -> None:
    """Write weights (half precision, read back as float32), configuration, tokenizer and image processor."""
    processor = CLIPImageProcessor(
        size={"shortest_edge": recipe.size},
        crop_size={"height": recipe.size, "width": recipe.size},
        image_mean=MEAN,
        image_std=STD,
        do_convert_rgb=True,
    )
    CLIPProcessor(processor, build_tokenizer()).save_pretrained(folder)
    model.config.architectures = ["CLIPModel"]
    model.save_pretrained(folder)
    weights = folder / "model.safetensors"
    half = {name: w.half() if w.is_floating_point() and w.dim() > 0 else w for name, w in load_file(weights).items()}
    save_file(half, weights, metadata={"format": "pt"})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(rank: int, n_processes: int, port: int, recipe: Recipe, scenes_folder: Path, out: Path) -> None:
    torch.set_num_threads(1)
    if n_processes > 1:
        address = f"tcp://127.0.0.1:{port}"
        dist.init_process_group("gloo", init_method=address, rank=rank, world_size=n_processes)
    torch.manual_seed(recipe.seed)
    towers = Towers(new_model(recipe))
    codes = fact_codes(recipe.projection, torch.Generator().manual_seed(recipe.seed))
    log_file = out / "training.jsonl"

    def log(line: str) -> None:
        with log_file.open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    if rank == 0:
        log_file.unlink(missing_ok=True)
        log(json.dumps({"recipe": asdict(recipe)}))
    distance = train_text_tower(towers, codes, recipe)
    if rank == 0:
        log(json.dumps({"text_tower": {"mean_cosine_distance": round(distance, 5)}}))
    objective = Objective(towers, codes, recipe)
    train_picture_tower(
        objective,
        open_scenes(scenes_folder),
        log=log,
        rank=rank,
        n_processes=n_processes,
        checkpoint=lambda: export(towers.model, recipe, out / "checkpoint"),
    )
    if rank == 0:
        export(towers.model, recipe, out)
    if n_processes > 1:
        dist.destroy_process_group()


def train_embedded_clip(
    out: Path,
    recipe: Recipe | None = None,
    *,
    scenes_folder: Path | None = None,
    n_processes: int = 2,
    say: Callable[[str], None] = print,
) -> Path:
    """Draw the scenes, train both towers, write the model.

    Parameters
    ----------
    out : Path
        Folder for the model and its training log.
    recipe : Recipe, optional
        Settings; by default those of the shipped weights.
    scenes_folder : Path, optional
        Where the drawn scenes lie or go, 6 GB at full size; by default inside `out`.
    n_processes : int
        1 or 2, one thread each. The weights are the same bits either way on processors with the same instructions.
    say : callable
        Receives a line now and then.

    Returns
    -------
    Path
        The folder `out`.
    """
    recipe = recipe or Recipe()
    out.mkdir(parents=True, exist_ok=True)
    folder = scenes_folder or out / "scenes"
    if not (folder / "images.npy").exists():
        say(f"drawing {recipe.n_scenes:,} scenes into {folder}")
        draw_scenes(folder, recipe.n_scenes, recipe.seed, size=recipe.size, grid=recipe.grid)
    port = _free_port()
    spawn(_run, (n_processes, port, recipe, folder, out), nprocs=n_processes)
    return out
