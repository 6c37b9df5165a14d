"""Every notebook executed once, two at a time, each from a fresh kernel that can't reach a network."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.claims import CLAIMS

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
LONGEST = 400  # seconds a cell, on a machine that is busy with other things

# In the kernel: what is not this machine can't be reached, and a try is an error.
GUARD = """
import sys


def refuse(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"a notebook tried to reach {args[1][0]}")
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", "::1", "localhost", None):
        raise OSError(f"a notebook tried to look up {args[0]}")


sys.addaudithook(refuse)
"""

Run = Callable[[Any], Any]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Executes a notebook and returns it with its outputs; a cell that fails is an error."""
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "sitecustomize.py").write_text(GUARD)
    paths = [str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    private = {"IPYTHONDIR": str(folder / "ipython"), "JUPYTER_CONFIG_DIR": str(folder / "jupyter")}
    threads = {"OMP_NUM_THREADS": "1"} if (os.cpu_count() or 1) <= AT_ONCE else {}
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join(paths), "HF_HUB_OFFLINE": "1", **private, **threads
    }  # fmt: skip

    def execute(notebook: Any) -> Any:
        # not in the notebooks' folder: what a notebook needs comes with the package
        resources = {"metadata": {"path": str(folder)}}
        client = NotebookClient(notebook, timeout=LONGEST, resources=resources, extra_arguments=["--log-level=ERROR"])
        return asyncio.run(client.async_execute(env=environment))  # closes the loop of its thread

    return execute


@pytest.fixture(scope="session")
def executed(run: Run, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Any]]]:
    """Each notebook that a chosen test asks for, by name; `.result()` waits for it."""
    asking: list[Any] = [item for item in request.session.items if "executed" in getattr(item, "fixturenames", ())]
    paths: list[Path] = [item.callspec.params["path"] for item in asking]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {path.stem: pool.submit(run, with_claims(path)) for path in paths}


def with_claims(path: Path) -> Any:
    """The notebook, and behind it a cell that checks what its prose says of its results."""
    notebook: Any = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(CLAIMS.get(path.stem, ""), id="claims"))
    return notebook
