"""`saii ...`: studies, reports and training without a notebook, and the notebooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from saii_widgets.commands import concepts
from saii_widgets.commands.step_bar import StepBar
from saii_widgets.core.errors import InputError

if TYPE_CHECKING:
    from saii_widgets.core.study import Study

STUDY_FILE, REPORT_FILE = "study.saii", "report.html"
_TITLES = {
    "words": "Words of the texts",
    "meet": "Pictures and records meet",
    "captions": "Captions",
    "step1": "Step 1: phrases with one principal word",
    "step2": "Step 2: own caption against the others",
    "step3": "Step 3: relevance of patches and words",
    "step4": "Step 4: principal words deleted",
    "step5": "Step 5: short phrases",
    "step6": "Step 6: all pairs",
    "evaluate": "Evaluation by task performance",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="saii", description="Ask an image-text model why.")
    commands = parser.add_subparsers(dest="command", required=True)

    study = commands.add_parser("study", help="pictures and records in, a finished stepwise study and its report out")
    source = study.add_mutually_exclusive_group(required=True)
    source.add_argument("--images", metavar="DIR", help="folder of JPEG, PNG or WebP pictures")
    source.add_argument(
        "--sample", action="store_true", help="the sample pictures and calls that come with the package"
    )
    study.add_argument("--records", metavar="FILE", help="emergency calls, police records or any CSV or Parquet table")
    study.add_argument("--text-column", metavar="NAME", help="column of the texts, for a table of another kind")
    study.add_argument("--captions", metavar="FILE", help="text file with one caption a line, in the pictures' order")
    study.add_argument("--out", metavar="DIR", default="out/study", help="folder for study and report (%(default)s)")
    study.add_argument("--model", default="embedded", help="'embedded', a hub name or a local folder (%(default)s)")
    study.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    study.add_argument("--precision", choices=("float32", "bfloat16", "float16"), default="float32")
    study.add_argument("--pairs", type=int, default=10, metavar="N", help="pictures in steps 1 to 5 (%(default)s)")
    study.add_argument("--many", type=int, default=32, metavar="N", help="pictures in step 6 (%(default)s)")
    study.add_argument("--pairing", choices=("one-to-one", "many-to-many"), default="one-to-one")
    study.add_argument("--minutes", type=float, metavar="M", help="only records within M minutes of a picture")
    study.add_argument("--kilometres", type=float, metavar="K", help="only records within K kilometres of a picture")
    study.add_argument(
        "--start-layer", default="-1", metavar="L", help="first layer of the maps, or 'all' (last layer)"
    )
    study.add_argument("--seed", type=int, default=0)
    study.add_argument("--resume", action="store_true", help="go on with the study in the folder")

    report = commands.add_parser("report", help="write the report of a saved study again; needs no model")
    report.add_argument("study", metavar="FILE")
    report.add_argument("--out", metavar="FILE", default=REPORT_FILE)

    concepts.add_to(commands)
    lab = commands.add_parser("lab", help="open JupyterLab on a working copy of the notebooks")
    lab.add_argument("--folder", metavar="DIR", default="saii-notebooks", help="the working copy (%(default)s)")
    lab.add_argument("--port", type=int, metavar="N", help="by default the one that JupyterLab chooses")
    lab.add_argument("--no-browser", action="store_true", help="print the address only")
    lab.add_argument("jupyter", nargs="*", metavar="-- OPTION", help="further options of JupyterLab, behind --")

    train = commands.add_parser("train", help="make the embedded weights again from a seed")
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
    return parser


def _inputs(options: argparse.Namespace) -> tuple[str | Path, Any, list[str] | None]:
    if options.sample:
        if options.records or options.captions:
            name = "--records" if options.records else "--captions"
            raise InputError(
                "--sample alone, or a folder of pictures", f"--sample and {name}", f"{name} goes with --images."
            )
        from saii_widgets.data.samples import sample_path

        return sample_path("camera"), sample_path("calls.csv"), None
    records: Any = None
    if options.records:
        from saii_widgets.data import read_records

        records = read_records(options.records, **({"text": options.text_column} if options.text_column else {}))
    captions = None
    if options.captions:
        path = Path(options.captions)
        if not path.is_file():
            raise InputError("a text file with one caption a line", f"no file {path}", "Check the path of --captions.")
        captions = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    return options.images, records, captions


def _start_layer(text: str) -> int | Literal["all"]:
    if text == "all":
        return "all"
    try:
        return int(text)
    except ValueError:
        raise InputError(
            "a layer number or 'all' for --start-layer", repr(text), "-1 is the last layer, 0 the first."
        ) from None


def _study(options: argparse.Namespace) -> int:
    from saii_widgets.core.study import Study
    from saii_widgets.data.window import Window
    from saii_widgets.report import write_report
    from saii_widgets.stepwise import STEPS, Stepwise

    out = Path(options.out)
    file = out / STUDY_FILE
    begun: Study | None = None
    if options.resume:
        if not file.exists():
            raise InputError(f"a study to go on with in {out}", f"no file {file.name} there", "Leave --resume out.")
        begun = Study.load(file)
    elif file.exists():
        raise InputError(
            "a folder without a study",
            f"{file}, from an earlier run",
            "Add --resume to go on with it, or name another folder with --out.",
        )
    out.mkdir(parents=True, exist_ok=True)
    images, records, captions = _inputs(options)
    window = None
    if options.minutes is not None or options.kilometres is not None:
        window = Window(minutes=options.minutes, kilometres=options.kilometres)
    bar = StepBar()
    stepwise = Stepwise(
        images,
        captions,
        records,
        model=options.model,
        device=options.device,
        precision=options.precision,
        n_pairs=options.pairs,
        n_many=options.many,
        pairing=options.pairing,
        window=window,
        start_layer=_start_layer(options.start_layer),
        seed=options.seed,
        progress=bar.progress,
        study=begun,
    )
    study = stepwise.study
    try:
        for name in STEPS:
            if name in study.settings["done"]:
                continue
            bar.begin(_TITLES[name])
            stepwise.take(name)
            bar.end()
            study.save(file)
    except KeyboardInterrupt:
        done = [_TITLES[name] for name in study.settings["done"]]
        print(f"\nStopped. {len(done)} of {len(STEPS)} steps are kept in {file}; go on with --resume.", file=sys.stderr)
        return 130
    for step, reason in study.settings["left out"].items():
        print(f"Left out ({_TITLES.get(step, step)}): {reason}.", file=sys.stderr)
    for table in ("skipped pictures", "skipped records", "records without a usable text"):
        if study.tables.get(table):
            print(f"{len(study.tables[table])} {table}; the report lists them.", file=sys.stderr)
    path = write_report(study, out / REPORT_FILE)
    print(path.resolve())
    return 0


def _report(options: argparse.Namespace) -> int:
    from saii_widgets.core.study import Study
    from saii_widgets.report import write_report

    print(write_report(Study.load(Path(options.study)), Path(options.out)).resolve())
    return 0


def _lab(options: argparse.Namespace) -> int:
    from saii_widgets.open_lab import open_lab

    def say(line: str) -> None:
        print(line, file=sys.stderr)

    open_lab(options.folder, port=options.port, browser=not options.no_browser, more=options.jupyter, say=say)
    return 0


def _train(options: argparse.Namespace) -> int:
    kinds = {"clip": _train_clip, "vilt": _train_vilt, "classifier": _train_classifier, "narrator": _train_narrator}
    return kinds[options.what](options)


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


def _no_drawn_scenes(options: argparse.Namespace) -> None:
    if options.drawn:
        raise InputError("--drawn with 'saii train vilt'", f"it with 'saii train {options.what}'", "Leave it out.")


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user got wrong is one line on the error stream and exit status 2."""
    options = _parser().parse_args(arguments)
    run = {"study": _study, "report": _report, "concepts": concepts.run, "lab": _lab, "train": _train}
    command = run[options.command]
    try:
        return command(options)
    except InputError as error:
        print(f"saii {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nsaii {options.command}: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
