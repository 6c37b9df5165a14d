"""Train the embedded classifier from a seed and write it as `AutoModelForImageClassification` reads it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format
from transformers import ResNetForImageClassification
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

from saii_widgets.data.vehicles import VEHICLE_KINDS, draw_vehicle
from saii_widgets.engine.models.checkpoint import write_checksums
from saii_widgets.training.classifier_recipe import FIRST_TEST_SEED, FIRST_TRAINING_SEED, ClassifierRecipe
from saii_widgets.training.towers import cosine_rate
from saii_widgets.training.training_log import TrainingLog

_MEAN, _STD = [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]


def new_processor(recipe: ClassifierRecipe) -> Any:
    """How pictures are prepared: the whole picture at the size that the model reads."""
    size = {"height": recipe.side, "width": recipe.side}
    return ViTImageProcessorPil(size=size, image_mean=_MEAN, image_std=_STD, do_convert_rgb=True)


def drawn(recipe: ClassifierRecipe, first: int, n: int, hard_share: float) -> tuple[Tensor, Tensor]:
    """Prepared pictures (n, 3, side, side), uint8, and their kinds (n,)."""
    processor = new_processor(recipe)
    pixels = torch.empty((n, 3, recipe.side, recipe.side), dtype=torch.uint8)
    kinds = torch.empty(n, dtype=torch.long)
    for k in range(n):
        hard = int((k + 1) * hard_share) > int(k * hard_share)
        vehicle = draw_vehicle(first + k, size=recipe.sizes[k % len(recipe.sizes)], hard=hard)
        resized = processor(vehicle.image, do_normalize=False, do_rescale=False)["pixel_values"][0]
        pixels[k] = torch.from_numpy(np.asarray(resized, np.uint8))
        kinds[k] = VEHICLE_KINDS.index(vehicle.kind)
    return pixels, kinds


def normalised(pixels: Tensor) -> Tensor:
    """What the image processor makes of uint8 pixels (n, 3, h, w)."""
    mean, std = (torch.tensor(numbers).view(3, 1, 1) for numbers in (_MEAN, _STD))
    return (pixels.float() / 255 - mean) / std


def varied(pixels: Tensor, recipe: ClassifierRecipe, dice: torch.Generator) -> Tensor:
    """Normalised pictures, moved a little, in another light, with grey rectangles in some."""
    n, side, shift = len(pixels), recipe.side, recipe.shift
    padded = nn.functional.pad(normalised(pixels), (shift,) * 4, mode="replicate")
    corners = torch.randint(0, 2 * shift + 1, (n, 2), generator=dice).tolist()
    moved = torch.stack([p[:, y : y + side, x : x + side] for p, (y, x) in zip(padded, corners, strict=True)])
    gain = 1 + 0.15 * torch.randn((n, 1, 1, 1), generator=dice)
    moved = moved * gain + 0.15 * torch.randn((n, 3, 1, 1), generator=dice)
    for k in torch.nonzero(torch.rand(n, generator=dice) < recipe.grey)[:, 0].tolist():
        high, wide = torch.randint(side // 10, side // 3, (2,), generator=dice).tolist()
        top, left = (int(torch.randint(0, side - length, (1,), generator=dice)) for length in (high, wide))
        moved[k, :, top : top + high, left : left + wide] = 0
    return moved


def train_classifier(out: Path, recipe: ClassifierRecipe | None = None, *, say: Callable[[str], None] = print) -> Path:
    """Draw the vehicles, train the network, measure it, write the model with its checksums.

    Parameters
    ----------
    out : Path
        Folder for the model and its training log.
    recipe : ClassifierRecipe, optional
        Settings; by default those of the shipped weights. The same recipe gives the same bits on processors with the
        same instructions: one thread is used.
    say : callable
        Receives a line now and then.

    Returns
    -------
    Path
        The folder `out`.
    """
    recipe = recipe or ClassifierRecipe()
    out.mkdir(parents=True, exist_ok=True)
    log = TrainingLog(out, say)
    log.begin(recipe)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(recipe.seed)
        model = ResNetForImageClassification(recipe.config())
        _fit(model, recipe, log)
        log({"parameters": sum(p.numel() for p in model.parameters())} | _tested(model.eval(), recipe))
    finally:
        torch.set_num_threads(threads)
    model.config.architectures = [type(model).__name__]
    convert_conv2d_weight_memory_format(model, torch.contiguous_format)
    model.save_pretrained(out)
    new_processor(recipe).save_pretrained(out)
    write_checksums(out)
    return out


def _fit(model: nn.Module, recipe: ClassifierRecipe, log: TrainingLog) -> None:
    started = time.monotonic()
    dice = torch.Generator().manual_seed(recipe.seed)
    pixels, kinds = drawn(recipe, FIRST_TRAINING_SEED, recipe.n_pictures, recipe.hard_share)
    log({"drawn": recipe.n_pictures, "seconds": round(time.monotonic() - started, 1)})
    weights = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate)
    loss_of = nn.CrossEntropyLoss(label_smoothing=recipe.smoothing)
    model.train()
    convert_conv2d_weight_memory_format(model, torch.channels_last)  # faster on a CPU
    order, smooth, right = torch.empty(0, dtype=torch.long), 0.0, 0.0
    n_steps = recipe.n_seen // recipe.batch
    for step in range(n_steps):
        if len(order) < recipe.batch:
            order = torch.randperm(recipe.n_pictures, generator=dice)
        rows, order = order[: recipe.batch], order[recipe.batch :]
        rate = cosine_rate(step / n_steps, step * recipe.batch, recipe.warm_up, recipe.final_rate)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate
        batch = varied(pixels[rows], recipe, dice).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):  # half of the time, as good in the end
            logits = model(pixel_values=batch).logits
        loss = loss_of(logits.float(), kinds[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        share = max(0.02, 1 / (step + 1))
        smooth += share * (loss.item() - smooth)
        right += share * ((logits.argmax(1) == kinds[rows]).float().mean().item() - right)
        if (step + 1) % 100 == 0 or step + 1 == n_steps:
            seconds = round(time.monotonic() - started, 1)
            seen = (step + 1) * recipe.batch
            log({"seen": seen, "seconds": seconds, "loss": round(smooth, 4), "right": round(right, 4)})


@torch.no_grad()
def _tested(model: nn.Module, recipe: ClassifierRecipe) -> dict[str, float]:
    """Share of right answers on pictures that no run is trained on."""
    shares = {}
    for name, hard_share in (("plain", 0.0), ("hard", 1.0)):
        pixels, kinds = drawn(recipe, FIRST_TEST_SEED, recipe.n_tested, hard_share)
        logits = torch.cat([model(pixel_values=normalised(part)).logits for part in pixels.split(64)])
        shares[name] = round((logits.argmax(1) == kinds).float().mean().item(), 4)
    return shares
