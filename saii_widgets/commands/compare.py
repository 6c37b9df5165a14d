"""`saii compare`: which explainer to trust, or where two models part."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saii_widgets.commands.step_bar import StepBar
from saii_widgets.core.errors import InputError

if TYPE_CHECKING:
    from saii_widgets.core.scene import Scene


def add_to(commands: Any) -> None:
    """What may be asked."""
    compare: argparse.ArgumentParser = commands.add_parser(
        "compare", help="which explainer to trust, or where two models part"
    )
    compared = compare.add_mutually_exclusive_group(required=True)
    compared.add_argument("--explainers", nargs="+", metavar="NAME", help="'all', or names such as Relevance GradEclip")
    compared.add_argument("--models", nargs=2, metavar="MODEL", help="two models: names as --model takes them")
    asked = compare.add_mutually_exclusive_group(required=True)
    asked.add_argument("--study", metavar="FILE", help="pictures and captions of a saved study")
    asked.add_argument("--sample", action="store_true", help="drawn scenes, of which it is known where everything is")
    compare.add_argument("--measures", nargs="+", default=["all"], metavar="NAME", help="'all' (default), or names")
    compare.add_argument("--model", default="embedded", help="the model whose explainers are compared (%(default)s)")
    compare.add_argument("--scenes", type=int, default=24, metavar="N", help="scenes at most (%(default)s)")
    compare.add_argument("--masking", metavar="NAME", help="how parts of pictures are taken away: mean, drop or blur")
    compare.add_argument("--out", metavar="DIR", default="out/compare", help="folder for table and page (%(default)s)")
    compare.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    compare.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> int:
    """Compare explainers, or two models."""
    from saii_widgets.compare import compare_explainers, compare_models
    from saii_widgets.compare.comparison_page import write_comparison, write_model_comparison
    from saii_widgets.engine.models import load_model

    scenes = _compared_scenes(options)
    bar = StepBar()

    def progress(done: int, total: int, label: str) -> None:
        if done == 1:  # not before: names that are not there are found first
            bar.begin(label.capitalize())
        bar.progress(done, total, label)

    if options.models:
        models = [load_model(name, device=options.device) for name in options.models]
        found = compare_models(models[0], models[1], scenes, seed=options.seed, progress=progress)
        bar.end()
        print(write_model_comparison(found, options.out).resolve())
        return 0
    model = load_model(options.model, device=options.device)
    table = compare_explainers(
        scenes,
        model,
        explainers="all" if options.explainers == ["all"] else options.explainers,
        measures="all" if options.measures == ["all"] else options.measures,
        masking=options.masking,
        seed=options.seed,
        progress=progress,
    )
    bar.end()
    for name, why in table.left_out.items():
        print(f"Left out ({name}): {why}.", file=sys.stderr)
    print(write_comparison(table, options.out).resolve())
    return 0


def _compared_scenes(options: argparse.Namespace) -> list[Scene]:
    from saii_widgets.core.study import Study

    if options.scenes < 1:
        raise InputError("at least one scene", str(options.scenes), "Raise --scenes.")
    if options.sample:
        from saii_widgets.data.scenes.scenes_with_masks import scenes_with_masks

        return scenes_with_masks(options.scenes)
    return list(Study.load(Path(options.study)).scenes.values())[: options.scenes]
