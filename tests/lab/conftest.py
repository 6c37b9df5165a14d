"""JupyterLab, Notebook 7 and Voila in Chromium: one private server a session, nothing from outside, no errors."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.jupyter_server import NEEDED, JupyterServer
from tests.lab.notebook_page import NotebookPage

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--disable-quic"]
HERE = Path(__file__).parent

Notebook = Callable[..., NotebookPage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: a run that counts must not leave the notebook tests out")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def jupyter() -> None:
    """All that a server needs is installed."""
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            _missing(name)


@pytest.fixture(scope="session")
def server(jupyter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:  # noqa: ARG001
    made = JupyterServer(tmp_path_factory.mktemp("jupyter"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def lab_browser() -> Iterator[Any]:
    if importlib.util.find_spec("playwright") is None:
        _missing("playwright")
    if CHROMIUM is None:
        _missing("Chromium on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def notebook(server: JupyterServer, lab_browser: Any, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """``notebook(*cells)`` opens a notebook with these cells and runs them."""
    opened: list[NotebookPage] = []

    def notebook(
        *cells: str, front: str = "lab", name: str = "", run: bool = True, allowed: tuple[str, ...] = ()
    ) -> NotebookPage:
        file = name or f"{request.node.originalname}-{len(opened)}.ipynb"
        if cells:
            server.write(file, cells)
        context = lab_browser.new_context(viewport={"width": 1100, "height": 900}, reduced_motion="reduce")
        made = NotebookPage(context, server, file, front, allowed=allowed)
        opened.append(made)
        made.open(idle=run)
        if run and front != "voila":
            made.run()
        return made

    yield notebook
    for made in opened:
        if request.node.stash.get(FAILED, False):
            made.shot(f"FAILED_{request.node.name}")
        made.close()
    server.end_kernels()
    for made in opened:
        assert made.wrong == []


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
