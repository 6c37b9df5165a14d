#!/usr/bin/env python3
"""Set everything up on a machine that has only Python, then run one job.

    python3 start.py study    make the sample study and print where its report lies
    python3 start.py lab      open JupyterLab on a working copy of the notebooks
    python3 start.py test     run all checks and tests
    python3 start.py docs     write the API pages to out/docs

Everything is installed into `.venv` beside this file, at the versions in constraints.txt. PyTorch comes as the CPU
build unless an NVIDIA card is found; `--torch cpu`, `--torch cuda` or `--torch keep` decide otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.environ.get("SAII_VENV", HERE / ".venv"))
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
TORCH = "torch==2.13.0"


def run(*command: str | Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder; stop with its exit status when it fails."""
    words = [str(word) for word in command]
    print("+", " ".join(words), flush=True)
    done = subprocess.run(words, cwd=HERE, text=True, check=False, **settings)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(done.returncode)
    return done


def pip(*words: str) -> None:
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt", *words)


def would_bring_cuda() -> bool:
    """Whether a plain `pip install torch` would download the CUDA libraries: asked, not installed."""
    words = ["-m", "pip", "install", "--quiet", "--dry-run", "--report", "-", TORCH]
    done = subprocess.run([str(PYTHON), *words], cwd=HERE, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"pip cannot find {TORCH}:\n{done.stderr}")
    names = [item["metadata"]["name"].lower() for item in json.loads(done.stdout)["install"]]
    return any(name.startswith(("nvidia-", "cuda-")) for name in names)


def has_module(name: str) -> bool:
    command = [str(PYTHON), "-c", f"import importlib.util as u, sys; sys.exit(u.find_spec({name!r}) is None)"]
    return subprocess.run(command, check=False).returncode == 0


def install_torch(choice: str) -> None:
    """The CPU build is 200 MB, the CUDA build several GB: never the second without a card or a word from the user."""
    if choice == "keep" or has_module("torch"):
        return
    cuda = choice == "cuda" or (choice == "auto" and shutil.which("nvidia-smi") is not None)
    if cuda or not would_bring_cuda():
        pip(TORCH)
        return
    pip("uv")
    run(PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--torch-backend", "cpu", TORCH)


def set_up(torch_choice: str, extras: str) -> None:
    """Create the environment and install the project into it; a second call only checks."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before anything has checked the version
        sys.exit(f"saii_widgets needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not PYTHON.exists():
        print(f"Creating {ENVIRONMENT}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    install_torch(torch_choice)
    pip("-e", f".[{extras}]" if extras else ".")


def study(arguments: Sequence[str]) -> None:
    """The main job: a finished stepwise study with its report."""
    words = list(arguments) or ["--sample", "--out", "out/study"]
    run(PYTHON, "-m", "saii_widgets", "study", *words)


def lab(arguments: Sequence[str]) -> None:
    """The notebooks, to be played with."""
    run(PYTHON, "-m", "saii_widgets", "lab", *arguments)


def install_chromium() -> None:
    """The tests of the widgets need a browser; where it can be installed by Debian's package, it is."""
    if shutil.which("chromium"):
        return
    if shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        return
    print("Chromium is not installed, so the browser tests will be skipped. Debian and Ubuntu: apt install chromium")


def test(arguments: Sequence[str]) -> None:
    """Lint, format, types, tests."""
    install_chromium()
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "-m", "pyright", "--pythonpath", PYTHON)
    run(PYTHON, "-m", "pytest", *arguments)


def docs() -> None:
    """API pages from the docstrings."""
    run(PYTHON, "-m", "pdoc", "--docformat", "numpy", "--output-directory", "out/docs", "saii_widgets")
    print(HERE / "out" / "docs" / "index.html")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("job", choices=("study", "lab", "test", "docs", "install"))
    parser.add_argument("--torch", choices=("auto", "cpu", "cuda", "keep"), default="auto")
    chosen, rest = parser.parse_known_args()
    set_up(chosen.torch, {"lab": "lab", "test": "test", "docs": "docs"}.get(chosen.job, ""))
    if chosen.job == "study":
        study(rest)
    elif chosen.job == "lab":
        lab(rest)
    elif chosen.job == "test":
        test(rest)
    elif chosen.job == "docs":
        docs()


if __name__ == "__main__":
    main()
