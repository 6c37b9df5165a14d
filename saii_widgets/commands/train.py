"""`saii train`: the embedded weights again from a seed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from saii_widgets.core.errors import InputError


def add_to(commands: Any) -> None:
    """What may be asked."""
    train: argparse.ArgumentParser = commands.add_parser("train", help="make the embedded weights again from a seed")
    train.add_argument(
        "what",
        choices=("clip", "vilt", "classifier", "narrator"),
        help="the dual encoder, the matcher that begins as it, the classifier of drawn vehicles, or its narrator",
    )
    train.add_argument("--out", metavar="DIR", required=True)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument(
        "--processes", type=int, choices=(1, 2), default=2, help="one thread each (%(default)s); the last two take one"
    )
    train.add_argument(
        "--pictures", type=int, metavar="N", help="pictures, pairs or texts to be seen, for a shorter trial"
    )
    train.add_argument("--scenes", type=int, metavar="N", help="scenes (or vehicles) to be drawn, likewise")
    train.add_argument("--drawn", metavar="DIR", help="of vilt: scenes that 'train clip' has drawn for its second act")


def run(options: argparse.Namespace) -> int:
    """Train one of them."""
    kinds = {"clip": _train_clip, "vilt": _train_vilt, "classifier": _train_classifier, "narrator": _train_narrator}
    return kinds[options.what](options)


def _train_clip(options: argparse.Namespace) -> int:
    _no_drawn_scenes(options)
    from saii_widgets.training.embedded_clip import train_embedded_clip
    from saii_widgets.training.finish import finish
    from saii_widgets.training.recipe import Recipe

    changes: dict[str, Any] = {"seed": options.seed}
    if options.pictures:
        changes |= {"n_seen": options.pictures, "second_act": options.pictures // 2}
    if options.scenes:
        changes["n_scenes"] = options.scenes
    folder = train_embedded_clip(Path(options.out), Recipe(**changes), n_processes=options.processes)
    finish(folder)
    print(folder.resolve())
    return 0


def _train_vilt(options: argparse.Namespace) -> int:
    from saii_widgets.engine.models.checkpoint import write_checksums
    from saii_widgets.training.embedded_vilt import train_embedded_vilt
    from saii_widgets.training.vilt_recipe import ViltRecipe

    changes: dict[str, Any] = {"seed": options.seed}
    if options.pictures:
        changes["parts"] = ((options.pictures, options.pictures),)
    if options.scenes:
        changes["n_scenes"] = options.scenes
    drawn = Path(options.drawn) if options.drawn else None
    if drawn is not None and not (drawn / "images.npy").is_file():
        raise InputError("a folder of drawn scenes", f"{drawn}, without images.npy", "Leave --drawn out to draw them.")
    folder = train_embedded_vilt(Path(options.out), ViltRecipe(**changes), scenes=drawn, n_processes=options.processes)
    write_checksums(folder)
    print(folder.resolve())
    return 0


def _train_classifier(options: argparse.Namespace) -> int:
    _no_drawn_scenes(options)
    from saii_widgets.training.classifier import train_classifier
    from saii_widgets.training.classifier_recipe import ClassifierRecipe

    changes: dict[str, Any] = {"seed": options.seed}
    if options.pictures:
        changes["n_seen"] = options.pictures
    if options.scenes:
        changes["n_pictures"] = options.scenes
    print(train_classifier(Path(options.out), ClassifierRecipe(**changes)).resolve())
    return 0


def _train_narrator(options: argparse.Namespace) -> int:
    _no_drawn_scenes(options)
    from saii_widgets.training.narrator import train_narrator
    from saii_widgets.training.narrator_recipe import NarratorRecipe

    changes: dict[str, Any] = {"seed": options.seed}
    if options.pictures:
        changes["writer_steps"] = max(1, options.pictures // NarratorRecipe.writer_batch)
    if options.scenes:
        changes["n_pictures"] = options.scenes
    print(train_narrator(Path(options.out), NarratorRecipe(**changes)).resolve())
    return 0


def _no_drawn_scenes(options: argparse.Namespace) -> None:
    if options.drawn:
        raise InputError("--drawn with 'saii train vilt'", f"it with 'saii train {options.what}'", "Leave it out.")
