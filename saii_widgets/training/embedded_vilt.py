"""Train the embedded matcher from a seed and write it as `ViltForImageAndTextRetrieval.from_pretrained` reads it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel, ViltForImageAndTextRetrieval
from transformers.models.vilt.image_processing_pil_vilt import ViltImageProcessorPil

from saii_widgets.training.dataset import SceneArrays, draw_scenes, open_scenes
from saii_widgets.training.matcher import Matcher
from saii_widgets.training.picture_tower import Shard
from saii_widgets.training.recipe import Act
from saii_widgets.training.team import Team, run_team
from saii_widgets.training.tokenizer import build_tokenizer
from saii_widgets.training.towers import MEAN, STD, cosine_rate
from saii_widgets.training.training_log import TrainingLog
from saii_widgets.training.vilt_recipe import ViltRecipe
from saii_widgets.training.vilt_start import new_matcher

SCENES = "scenes"


def export(model: ViltForImageAndTextRetrieval, folder: Path) -> None:
    """Write weights (half precision, read back as float32), configuration, tokenizer and image processor."""
    size, patch = model.config.image_size, model.config.patch_size
    prepared = {"size": {"shortest_edge": size}, "size_divisor": patch, "image_mean": MEAN, "image_std": STD}
    processor: Any = ViltImageProcessorPil(**prepared, do_convert_rgb=True)
    processor.save_pretrained(folder)
    build_tokenizer().save_pretrained(folder)
    model.config.architectures = [type(model).__name__]
    model.save_pretrained(folder)
    weights = folder / "model.safetensors"
    save_file({name: w.half() for name, w in load_file(weights).items()}, weights, metadata={"format": "pt"})


def _run(rank: int, n_processes: int, port: int, recipe: ViltRecipe, clip: Path, scenes: Path, out: Path) -> None:
    with Team.joined(rank, n_processes, port) as team:
        _train_parts(team, recipe, clip, scenes, out)


def _train_parts(team: Team, recipe: ViltRecipe, clip: Path, scenes: Path, out: Path) -> None:
    log = TrainingLog(out, leads=team.leads)
    arrays, written = open_scenes(scenes), [out / f"after part {k + 1}" for k in range(len(recipe.parts) - 1)] + [out]
    for k, act in enumerate(recipe.acts):
        if (written[k] / "model.safetensors").exists():
            continue
        if k == 0:
            log.begin(recipe)
            torch.manual_seed(recipe.seed)
            start = CLIPModel.from_pretrained(clip)
            first = Shard(arrays, recipe, act, recipe.n_shards, _grid(start.config))
            matcher = Matcher(new_matcher(start, first.pixels(first.rows())[0], recipe), recipe)
        else:
            torch.manual_seed(recipe.seed + act.number)
            matcher = Matcher(ViltForImageAndTextRetrieval.from_pretrained(written[k - 1]), recipe)
        _train(matcher, arrays, act, recipe.parts[k][1], out / "checkpoint", log, team)
        if team.leads:
            export(matcher.model, written[k])
        team.wait()


def _grid(config: CLIPConfig) -> int:
    vision: Any = config.vision_config
    return vision.image_size // vision.patch_size


def _groups(matcher: Matcher) -> list[dict[str, object]]:
    """Parameters by rate and by decay: what was the CLIP's learns more slowly."""
    layers = matcher.model.vilt.encoder.layer
    lower: list[nn.Module] = [*layers[: len(layers) - matcher.recipe.new_layers]]
    parts = matcher.model.vilt.embeddings
    old = {id(p) for module in (*lower, parts.patch_embeddings) for p in module.parameters()}
    old |= {id(parts.cls_token), id(parts.position_embeddings)}
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for p in matcher.parameters():
        groups.setdefault((id(p) in old, p.dim() >= 2), []).append(p)
    recipe = matcher.recipe
    return [
        {
            "params": weights,
            "share": recipe.lower_rate if was_clip else 1.0,
            "weight_decay": recipe.weight_decay if decays else 0.0,
        }
        for (was_clip, decays), weights in groups.items()
    ]


def _train(
    matcher: Matcher,
    scenes: SceneArrays,
    act: Act,
    planned: int,
    checkpoint: Path,
    log: TrainingLog,
    team: Team,
) -> None:
    recipe = matcher.recipe
    config: Any = matcher.model.config
    grid = config.image_size // config.patch_size
    shards = [Shard(scenes, recipe, act, k, grid) for k in team.shards(recipe.n_shards)]
    weights = list(matcher.parameters())
    optimizer = torch.optim.AdamW(_groups(matcher), lr=recipe.learning_rate, betas=(0.9, 0.98))
    step_size = recipe.n_shards * recipe.shard * 2
    smooth: dict[str, float] = {}
    started = time.monotonic()

    def loss_of(shard: Shard, progress: float) -> Tensor:
        loss, parts = matcher.loss(shard, progress)
        for name, value in parts.items():
            smooth[name] = 0.98 * smooth.setdefault(name, value) + 0.02 * value
        return loss

    for step in range(act.first // step_size, act.last // step_size):
        progress = step * step_size / planned
        rate = cosine_rate(progress, step * step_size - act.first, recipe.warm_up, recipe.final_rate)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate * group["share"]
        team.step(optimizer, weights, (loss_of(shard, progress) for shard in shards), recipe.n_shards)
        seen = (step + 1) * step_size
        if team.leads and ((step + 1) % 50 == 0 or seen == act.last):
            line = {"seen": seen, "seconds": round(time.monotonic() - started, 1), "rate": round(rate, 4)}
            log({**line, **{name: round(value, 4) for name, value in smooth.items()}})
        if team.leads and seen // 20_000 > (seen - step_size) // 20_000:
            export(matcher.model, checkpoint)


def train_embedded_vilt(
    out: Path,
    recipe: ViltRecipe | None = None,
    *,
    clip: Path | None = None,
    scenes: Path | None = None,
    n_processes: int = 2,
    say: Callable[[str], None] = print,
) -> Path:
    """Draw the scenes, train the matcher, write the model.

    Parameters
    ----------
    out : Path
        Folder for the model, its training log and the drawn scenes (6 GB).
    recipe : ViltRecipe, optional
        Settings; by default those of the shipped weights.
    clip : Path, optional
        Folder of the CLIP that the matcher begins as; by default the embedded one.
    scenes : Path, optional
        Scenes already drawn, such as those of the CLIP's second act, which are the same; by default they are drawn.
    n_processes : int
        1 or 2, one thread each. The weights are the same bits either way on processors with the same instructions.
    say : callable
        Receives a line now and then.

    Returns
    -------
    Path
        The folder `out`.
    """
    from saii_widgets.engine.models.checkpoint import open_checkpoint

    recipe = recipe or ViltRecipe()
    clip = clip or open_checkpoint("embedded").folder
    out.mkdir(parents=True, exist_ok=True)
    if scenes is None:
        scenes = out / SCENES
        if not (scenes / "images.npy").exists():
            config = CLIPConfig.from_pretrained(clip)
            vision: Any = config.vision_config
            say(f"drawing {recipe.n_scenes:,} scenes into {scenes}")
            draw_scenes(
                scenes,
                recipe.n_scenes,
                recipe.first_scene,
                size=vision.image_size,
                grid=_grid(config),
                unnamed_paint=recipe.unnamed_paint,
            )
    run_team(_run, n_processes, recipe, clip, scenes, out)
    return out
