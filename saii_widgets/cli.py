"""`saii ...`: the same without a notebook. Each command is a file of `saii_widgets.commands`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from saii_widgets.commands import compare, concepts, lab, report, study, train
from saii_widgets.core.errors import InputError

_COMMANDS: Final = {
    "study": study,
    "report": report,
    "concepts": concepts,
    "compare": compare,
    "lab": lab,
    "train": train,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what the user got wrong is one line on the error stream and exit status 2."""
    parser = argparse.ArgumentParser(prog="saii", description="Ask an image-text model why.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in _COMMANDS.values():
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        return _COMMANDS[options.command].run(options)
    except InputError as error:
        print(f"saii {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nsaii {options.command}: stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
