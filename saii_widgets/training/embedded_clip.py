"""Train the embedded CLIP from a seed and write it as `CLIPModel.from_pretrained` and `CLIPProcessor` read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPImageProcessor, CLIPModel, CLIPProcessor

from saii_widgets.training.dataset import draw_scenes, open_scenes
from saii_widgets.training.picture_tower import Objective, train_picture_tower
from saii_widgets.training.recipe import Act, Recipe
from saii_widgets.training.team import Team, run_team
from saii_widgets.training.text_tower import fact_codes, train_text_tower
from saii_widgets.training.tokenizer import build_tokenizer
from saii_widgets.training.towers import MEAN, STD, Towers, new_model
from saii_widgets.training.training_log import TrainingLog


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


def _act_folder(out: Path, act: Act) -> Path:
    return out / f"scenes of act {act.number + 1}"


def _run(rank: int, n_processes: int, port: int, recipe: Recipe, out: Path) -> None:
    with Team.joined(rank, n_processes, port) as team:
        _train_acts(team, recipe, out)


def _train_acts(team: Team, recipe: Recipe, out: Path) -> None:
    log, halfway = TrainingLog(out, leads=team.leads), out / "after the first act"
    codes = fact_codes(recipe.projection, torch.Generator().manual_seed(recipe.seed))

    for act in recipe.acts:
        if act.number == 0:
            if (halfway / "model.safetensors").exists():
                continue
            torch.manual_seed(recipe.seed)
            towers = Towers(new_model(recipe))
            log.begin(recipe)
            distance = train_text_tower(towers, codes, recipe)
            log({"text_tower": {"mean_cosine_distance": round(distance, 5)}})
        else:
            towers = Towers(CLIPModel.from_pretrained(halfway, attn_implementation="eager"))
        train_picture_tower(
            Objective(towers, codes, recipe),
            open_scenes(_act_folder(out, act)),
            act,
            log=log,
            team=team,
            checkpoint=partial(export, towers.model, recipe, out / "checkpoint"),
        )
        if team.leads:
            export(towers.model, recipe, out if act.number else halfway)
        team.wait()


def train_embedded_clip(
    out: Path,
    recipe: Recipe | None = None,
    *,
    n_processes: int = 2,
    say: Callable[[str], None] = print,
) -> Path:
    """Draw the scenes, train both towers, write the model.

    Parameters
    ----------
    out : Path
        Folder for the model, its training log and the drawn scenes (6 GB an act). A run that was stopped in its second
        act begins that act anew.
    recipe : Recipe, optional
        Settings; by default those of the shipped weights.
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
    for act in recipe.acts:
        folder = _act_folder(out, act)
        if not (folder / "images.npy").exists():
            say(f"drawing {recipe.n_scenes:,} scenes into {folder}")
            draw_scenes(
                folder,
                recipe.n_scenes,
                act.first_scene,
                size=recipe.size,
                grid=recipe.grid,
                unnamed_paint=act.unnamed_paint,
            )
    run_team(_run, n_processes, recipe, out)
    return out
