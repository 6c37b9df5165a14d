"""The notebooks: clean as they are kept, and right when they are run."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.test_house import MACHINE_PATH

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
VIEW = "application/vnd.jupyter.widget-view+json"
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def cells(notebook: Any, kind: str) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def test_the_quick_start_the_six_steps_and_the_evaluation() -> None:
    numbered = [path.stem[:2] for path in NOTEBOOKS if path.stem[:2].isdigit()]
    assert numbered == [f"{k:02d}" for k in range(8)]


def test_the_notebooks_of_models_of_pairs() -> None:
    assert {path.stem for path in NOTEBOOKS} >= {"a-closed-model", "many-pairs", "modalities"}


@each
def test_kept_clean(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for cell in notebook.cells:
        assert cell.metadata == {}
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), "a name that stays when the cell is edited"
        assert not MACHINE_PATH.search(cell.source)
    for cell in cells(notebook, "code"):
        assert (cell.outputs, cell.execution_count) == ([], None), "outputs are not kept"


@each
def test_ends_in_two_questions(path: Path) -> None:
    last = read(path).cells[-1]
    heading, *items = last.source.split("\n")
    questions = [item for item in items if item.strip()]
    assert (last.cell_type, heading) == ("markdown", "## Two questions to try")
    for number, question in enumerate(questions, 1):
        read_as = re.fullmatch(rf"{number}\. \*\*.+\?\*\* (.+[.?])", question)
        assert read_as, f"a question in bold, then what to look for: {question}"
        assert re.search(r"[Ll]ook|[Nn]ote|[Ff]ind", read_as[1]), question
    assert len(questions) == 2


@each
def test_stands_alone_and_is_short(path: Path) -> None:
    code = cells(read(path), "code")
    assert sum(len(cell.source.splitlines()) for cell in code) <= 60
    assert "import saii_widgets as sw" in code[0].source.splitlines()


@pytest.mark.slow
@each
def test_runs_from_a_fresh_kernel(path: Path, executed: dict[str, Future[Any]]) -> None:
    """Offline, without a word on stderr; its last cell shows a widget; what the prose says holds."""
    *shown, claims = cells(executed[path.stem].result(), "code")
    assert claims.id == "claims"
    for cell in (*shown, claims):
        said = [output.get("text") for output in cell.outputs if output.get("name") == "stderr"]
        assert not said, f"{cell.id}: {said}"
    kinds = [output.output_type for output in shown[-1].outputs]
    assert kinds == ["display_data"] or kinds == ["execute_result"], f"the last cell gives one thing, not {kinds}"
    assert VIEW in shown[-1].outputs[0].data


@pytest.mark.slow
def test_the_guard_holds(run: Callable[[Any], Any]) -> None:
    """A kernel of these tests can't reach out, so a notebook that passes is offline."""
    code = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=5)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    with (
        ThreadPoolExecutor(1) as beside,  # the browser tests may have left a loop in this thread
        pytest.raises(CellExecutionError, match=r"tried to (reach|look up) 192\.0\.2\.1"),
    ):
        beside.submit(run, notebook).result()
