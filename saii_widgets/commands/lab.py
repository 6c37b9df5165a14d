"""`saii lab`: JupyterLab on a working copy of the notebooks."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add_to(commands: Any) -> None:
    """What may be asked."""
    lab: argparse.ArgumentParser = commands.add_parser("lab", help="open JupyterLab on a working copy of the notebooks")
    lab.add_argument("--folder", metavar="DIR", default="saii-notebooks", help="the working copy (%(default)s)")
    lab.add_argument("--port", type=int, metavar="N", help="by default the one that JupyterLab chooses")
    lab.add_argument("--no-browser", action="store_true", help="print the address only")
    lab.add_argument("jupyter", nargs="*", metavar="-- OPTION", help="further options of JupyterLab, behind --")


def run(options: argparse.Namespace) -> int:
    """Open it, until it is closed."""
    from saii_widgets.open_lab import open_lab

    def say(line: str) -> None:
        print(line, file=sys.stderr)

    open_lab(options.folder, port=options.port, browser=not options.no_browser, more=options.jupyter, say=say)
    return 0
