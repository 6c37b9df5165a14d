"""A notebook that was run in a JupyterLab and a browser of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ARGUMENTS, CHROMIUM
from tests.lab.jupyter_server import JupyterServer
from tests.lab.notebook_page import NotebookPage


@contextmanager
def open_notebook(cells: Sequence[str], *, width: int, height: int) -> Iterator[tuple[NotebookPage, Path]]:
    """The open notebook after all its cells were run, and the folder in which its kernel works; all goes at the end.

    Parameters
    ----------
    cells : sequence of str
    width, height : int
        Of the window, pixels.
    """
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="saii-benchmark-"))
    server = JupyterServer(folder)
    server.write("benchmark.ipynb", list(cells))
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            size = {"width": width, "height": height}
            context = browser.new_context(viewport=size, reduced_motion="reduce")
            opened = NotebookPage(context, server, "benchmark.ipynb")
            opened.open()
            opened.run()
            yield opened, folder
            browser.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
