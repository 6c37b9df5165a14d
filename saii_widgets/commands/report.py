"""`saii report`: the report of a saved study again; needs no model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from saii_widgets.commands.study import REPORT_FILE


def add_to(commands: Any) -> None:
    """What may be asked."""
    report: argparse.ArgumentParser = commands.add_parser(
        "report", help="write the report of a saved study again; needs no model"
    )
    report.add_argument("study", metavar="FILE")
    report.add_argument("--out", metavar="FILE", default=REPORT_FILE)


def run(options: argparse.Namespace) -> int:
    """Write it."""
    from saii_widgets.core.study import Study
    from saii_widgets.report import write_report

    print(write_report(Study.load(Path(options.study)), Path(options.out)).resolve())
    return 0
