"""`saii lab`: what it copies, what it keeps, how it starts JupyterLab."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from saii_widgets import cli, open_lab
from saii_widgets.core.errors import InputError
from saii_widgets.open_lab import RECORD, copy_notebooks


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    (folder / "figures").mkdir(parents=True)
    (folder / ".ipynb_checkpoints").mkdir()
    for name in ("00_quick_start.ipynb", "01_step.ipynb", "figures/a.png", ".ipynb_checkpoints/b.ipynb"):
        (folder / name).write_text(f"first {name}", encoding="utf-8")
    return folder


def held(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_what_the_user_changed_is_kept_and_named(source: Path, tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "mine"
    copy_notebooks(source, folder, said.append)
    assert set(held(folder)) == {"00_quick_start.ipynb", "01_step.ipynb", "figures/a.png"}
    (folder / "01_step.ipynb").write_text("mine", encoding="utf-8")
    (folder / "figures" / "a.png").unlink()
    copy_notebooks(source, folder, said.append)
    assert said == []
    for name in ("00_quick_start.ipynb", "01_step.ipynb"):
        (source / name).write_text(f"second {name}", encoding="utf-8")
    copy_notebooks(source, folder, said.append)
    assert held(folder) == {
        "00_quick_start.ipynb": "second 00_quick_start.ipynb",
        "01_step.ipynb": "mine",
        "figures/a.png": "first figures/a.png",
    }
    assert len(said) == 1
    assert str(folder / "01_step.ipynb") in said[0]


def test_files_of_unknown_origin_are_kept(source: Path, tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "01_step.ipynb").write_text("not from here", encoding="utf-8")
    (folder / RECORD).write_text("[broken", encoding="utf-8")
    copy_notebooks(source, folder, said.append)
    assert held(folder)["01_step.ipynb"] == "not from here"
    assert len(said) == 1


def test_it_opens_the_first_notebook(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(open_lab, "_launch", started.append)
    monkeypatch.setattr(open_lab.open_lab, "__kwdefaults__", {**open_lab.open_lab.__kwdefaults__, "source": source})
    folder = tmp_path / "mine"
    given = ["--folder", str(folder), "--port", "8765", "--no-browser", "--", "--allow-root"]
    assert cli.main(["lab", *given]) == 0
    assert started == [
        [
            f"--ServerApp.root_dir={folder.resolve()}",
            "--LabApp.default_url=/lab/tree/00_quick_start.ipynb",
            "--ServerApp.port=8765",
            "--no-browser",
            "--allow-root",
        ]
    ]
    assert str(folder) in capsys.readouterr().err


def test_without_the_source_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    said: list[str] = []
    monkeypatch.setattr(open_lab, "_launch", started.append)
    with pytest.raises(InputError, match=r"start\.py lab"):
        open_lab.open_lab(tmp_path / "mine", source=tmp_path / "none")
    assert started == []
    (tmp_path / "own.ipynb").write_text("{}", encoding="utf-8")
    open_lab.open_lab(tmp_path, source=tmp_path / "none", say=said.append)
    assert "/lab/tree/own.ipynb" in started[0][1]
    assert "source" in said[0]


def test_without_jupyterlab_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert cli.main(["lab", "--folder", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "pip install 'saii-widgets[lab]'" in error
    assert len(error.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_one_clear_line(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_lab, "_launch", lambda _: None)
    with pytest.raises(InputError, match="--folder"):
        open_lab.open_lab(source / "01_step.ipynb" / "below", source=source, say=lambda _: None)
