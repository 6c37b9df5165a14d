"""`saii concepts`: the whole chain from pictures to concepts, graph, contributions and text."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from saii_widgets.core.errors import InputError

if TYPE_CHECKING:
    from saii_widgets.core.scene import Scene

_FIRST_SAMPLE: Final = 900_000  # seed of the first vehicle of --sample; no recipe and no benchmark draws from here on


def add_to(commands: Any) -> None:
    """What may be asked."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "concepts", help="why an image classifier takes pictures for their classes, by visual concepts and in words"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--images", metavar="DIR", help="folder of JPEG, PNG or WebP pictures to find concepts in")
    source.add_argument("--sample", action="store_true", help="drawn vehicles, which the embedded classifier knows")
    parser.add_argument("--explain", metavar="DIR", help="folder of pictures to explain (the first of --images)")
    parser.add_argument("--classifier", default="embedded", help="'embedded', a hub name or a folder (%(default)s)")
    parser.add_argument("--pictures", type=int, default=400, metavar="N", help="to find concepts in (%(default)s)")
    parser.add_argument("--explained", type=int, default=6, metavar="N", help="pictures to explain (%(default)s)")
    parser.add_argument("--classes", nargs="+", metavar="NAME", help="the classes to be told apart (those it predicts)")
    parser.add_argument("--fitted", metavar="DIR", help="an explainer that an earlier run wrote; finds nothing anew")
    parser.add_argument("--space", default="embedded", help="what names concepts: 'embedded', or a CLIP or SigLIP")
    parser.add_argument("--writer", default="embedded", help="what writes: 'embedded', or a T5 or BLIP (%(default)s)")
    parser.add_argument("--names", nargs="+", metavar="NAME", help="what concepts may be called")
    parser.add_argument("--no-text", action="store_true", help="no names and no texts")
    parser.add_argument("--out", metavar="DIR", default="out/concepts", help="folder for what is written (%(default)s)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--seed", type=int, default=0)


def run(options: argparse.Namespace) -> int:
    """Fit, explain, narrate, write."""
    from saii_widgets.commands.step_bar import StepBar
    from saii_widgets.concept_study import (
        EXPLAINER_FOLDER,
        PAGE_FILE,
        STUDY_FILE,
        TEXTS,
        study_concepts,
        write_concepts,
    )
    from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
    from saii_widgets.engine.concepts.narrator import Narrator
    from saii_widgets.engine.models.load_classifier import load_classifier

    if options.pictures < 1 or options.explained < 1:
        raise InputError("at least one picture", f"{min(options.pictures, options.explained)}", "Raise the number.")
    fitted, explained = _pictures(options)
    classifier = load_classifier(options.classifier, device=options.device)
    narrator = None if options.no_text else Narrator(options.space, options.writer, names=options.names)
    out, bar = Path(options.out), StepBar()
    out.mkdir(parents=True, exist_ok=True)
    if options.fitted:
        explainer = ConceptExplainer.load(options.fitted, classifier)
    else:
        explainer = ConceptExplainer(classifier, classes=options.classes, seed=options.seed)
        bar.begin("Concepts and their network")
        explainer.fit(fitted, bar.progress)
        bar.end()
        explainer.save(out / EXPLAINER_FOLDER)
    bar.begin("Pictures explained")
    study = study_concepts(explainer, explained, narrator=narrator, progress=bar.progress)
    bar.end()
    study.save(out / STUDY_FILE)
    for row in study.tables["left out"]:
        print(f"Left out ({row['picture']}): {row['reason']}", file=sys.stderr)
    for row in study.tables[TEXTS]:
        print(f"{row['picture']}: {row['text']}")
    examples = {k: concept.examples for k, concept in enumerate(explainer.extractor.concepts)}
    print(write_concepts(study, out / PAGE_FILE, examples).resolve())
    return 0


def _pictures(options: argparse.Namespace) -> tuple[list[Scene], list[Scene]]:
    """To find concepts in, and to explain."""
    from saii_widgets.core.scene import Scene
    from saii_widgets.steps.inputs import open_pictures

    if options.sample:
        if options.explain:
            raise InputError("--sample alone", "--sample and --explain", "--explain goes with --images or --fitted.")
        from saii_widgets.data.vehicles import draw_vehicle

        n, first = options.explained, _FIRST_SAMPLE
        shown = [draw_vehicle(first + k) for k in range(n)]
        drawn = [] if options.fitted else [draw_vehicle(first + n + k) for k in range(options.pictures)]
        return (
            [Scene(vehicle.image, name=f"vehicle {k + 1}") for k, vehicle in enumerate(drawn)],
            [Scene(vehicle.image, name=f"{vehicle.kind} {k + 1}") for k, vehicle in enumerate(shown)],
        )
    scenes = open_pictures(options.images)[0][: options.pictures]
    shown = open_pictures(options.explain)[0] if options.explain else scenes
    return scenes, shown[: options.explained]
