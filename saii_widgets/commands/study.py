"""`saii study`: pictures and records in, a finished stepwise study and its report out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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


def add_to(commands: Any) -> None:
    """What may be asked."""
    study: argparse.ArgumentParser = commands.add_parser(
        "study", help="pictures and records in, a finished stepwise study and its report out"
    )
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


def run(options: argparse.Namespace) -> int:
    """Take the steps, keep the study, write the report."""
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
