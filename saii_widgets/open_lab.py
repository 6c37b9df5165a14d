"""`saii lab`: JupyterLab on a working copy of the notebooks."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from saii_widgets.core.errors import InputError

NOTEBOOKS: Final = Path(__file__).parents[1] / "notebooks"
RECORD: Final = ".saii-notebooks.json"  # what each file was when it was copied: SHA-256 by name


def open_lab(
    folder: str | Path = "saii-notebooks",
    *,
    port: int | None = None,
    browser: bool = True,
    more: Sequence[str] = (),
    say: Callable[[str], None] = print,
    source: Path = NOTEBOOKS,
) -> None:
    """Copy the notebooks into a working folder and run JupyterLab there until it is stopped.

    Parameters
    ----------
    folder : str or Path
        The working folder. What was changed there is kept.
    port : int, optional
        By default JupyterLab's own choice.
    browser : bool
        Open a browser window.
    more : sequence of str
        Further options of JupyterLab.
    say : callable (str)
        Gets a line for all that is worth saying.
    source : Path
        Where the notebooks of the source checkout are.

    Raises
    ------
    InputError
        JupyterLab is not installed, the working folder can't be written to, or there are no notebooks.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise InputError("JupyterLab", "an environment without it", "Install it: pip install 'saii-widgets[lab]'.")
    folder = Path(folder).resolve()
    try:
        first = _prepare(folder, source, say)
    except OSError as error:
        raise InputError(
            f"a working folder {folder}", str(error.strerror or error), "Name another one with --folder."
        ) from error
    options = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{first}" if first else ""]
    options += [f"--ServerApp.port={port}" if port is not None else "", "" if browser else "--no-browser"]
    say(f"JupyterLab opens on {folder}; Ctrl-C ends it.")
    _launch([option for option in (*options, *more) if option])


def copy_notebooks(source: Path, folder: Path, say: Callable[[str], None]) -> None:
    """Copy what is missing or was not changed since it was copied; name what is kept.

    Parameters
    ----------
    source, folder : Path
        From where, and where to.
    say : callable (str)
        Gets a line for each file that is newer in the source, but changed in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = _record(folder)
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source)
        if any(part.startswith((".", "__")) for part in name.parts):
            continue
        target, digest = folder / name, _digest(path)
        mine = _digest(target) if target.exists() else None
        if mine == digest:
            record[name.as_posix()] = digest
        elif mine is None or mine == record.get(name.as_posix()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            record[name.as_posix()] = digest
        elif record.get(name.as_posix()) != digest:
            say(f"Kept {target}, which you changed; the newer one is {path}.")
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _prepare(folder: Path, source: Path, say: Callable[[str], None]) -> str | None:
    """The notebook to begin with, where there is one."""
    if source.is_dir():
        copy_notebooks(source, folder, say)
    elif any(folder.glob("*.ipynb")):
        say(f"The notebooks are part of the source only, which is not here; opening those in {folder}.")
    else:
        raise InputError(
            "the notebooks, which come with the source",
            "an installed package without them",
            "Get the project's source and run `python3 start.py lab` in it, or name a folder that holds notebooks "
            "with --folder.",
        )
    return next((path.name for path in sorted(folder.glob("*.ipynb"))), None)


def _record(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return {}  # without it everything that differs counts as changed by the user


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _launch(arguments: list[str]) -> None:
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(arguments)
