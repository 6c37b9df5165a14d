"""The files that a Binder is built from agree with the project's, and are what repo2docker wants; no Docker needed."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def constraints() -> dict[str, str]:
    pins = [line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line]
    return {name.lower().replace("_", "-"): version for name, version in pins}


def requirements() -> list[str]:
    lines = (BINDER / "requirements.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_python_is_one_that_the_project_runs_on() -> None:
    (line,) = (BINDER / "runtime.txt").read_text("utf-8").splitlines()
    named = re.fullmatch(r"python-(3\.\d+)", line)
    assert named, "repo2docker wants python-3.N"
    assert f"{named[1]}.0" in SpecifierSet(PROJECT["requires-python"])
    assert f"on Python {named[1]}" in (ROOT / "constraints.txt").read_text("utf-8").splitlines()[0]


def test_what_is_installed_first_is_pinned_with_the_rest() -> None:
    first, *names = requirements()
    assert first == "-c ../constraints.txt", "relative to its own folder, so the whole repository is there by then"
    assert all(name in constraints() for name in names), "a Binder built next year should get the same versions"
    assert {"jupyterlab", "notebook"} <= set(names), "repo2docker's own ones are older than what was tested"


def test_constraints_agree_with_the_project() -> None:
    wanted = [
        *PROJECT["dependencies"],
        *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
    ]
    for requirement in map(Requirement, wanted):
        version = constraints().get(requirement.name.lower())
        assert version, f"{requirement.name} has no version in constraints.txt"
        assert version in requirement.specifier, requirement


def test_pytorch_comes_as_the_cpu_build() -> None:
    """Through start.py, whose version of PyTorch is the constraints'; no plain `pip install` brings another."""
    script = (BINDER / "postBuild").read_text("utf-8")
    assert "start.py install --torch cpu" in script
    assert "torch" not in " ".join(requirements())
    assert f'TORCH = "torch=={constraints()["torch"]}"' in (ROOT / "start.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_can_run(name: str) -> None:
    path = BINDER / name
    assert path.read_bytes().startswith(b"#!/bin/bash\n"), "and no carriage returns"
    assert b"\r" not in path.read_bytes()
    if os.name == "posix":
        assert os.access(path, os.X_OK)
        subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.mark.skipif(os.name != "posix", reason="runs a shell script")
def test_a_binder_starts_with_one_thread_and_no_model_hub() -> None:
    command = ["sh", "-c", "echo $OMP_NUM_THREADS $HF_HUB_OFFLINE $0 $1", "one word", "two words"]
    done = subprocess.run([str(BINDER / "start"), *command], capture_output=True, text=True, check=True)
    assert done.stdout == "1 1 one word two words\n"


def test_the_link_opens_a_notebook_that_exists() -> None:
    text = (BINDER / "README.md").read_text("utf-8")
    (path,) = set(re.findall(r"https://mybinder\.org/v2/gh/OWNER/REPO/HEAD\?urlpath=lab/tree/([\w./-]+)", text))
    assert (ROOT / path).is_file()
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "[![Launch on Binder](docs/images/binder.svg)](binder/README.md)" in readme
    assert (ROOT / "docs" / "images" / "binder.svg").is_file()
    listed = re.findall(r"\]\((notebooks/[\w-]+\.ipynb)\)", readme)
    assert sorted(listed) == sorted(str(p.relative_to(ROOT)) for p in (ROOT / "notebooks").glob("*.ipynb"))
