"""`saii lab` really starts JupyterLab on the working folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.jupyter_server import JupyterServer


@pytest.mark.usefixtures("jupyter")
def test_saii_lab(tmp_path: Path) -> None:
    working = tmp_path / "jupyter" / "notebooks"
    server = JupyterServer(tmp_path / "jupyter", ("saii_widgets", "lab", "--folder", str(working), "--"))
    server.write("own.ipynb", ["1 + 1"])
    server.start()
    try:
        assert "own.ipynb" in [one["name"] for one in server.ask("/api/contents")["content"]]
        assert f"JupyterLab opens on {working}" in server.log
    finally:
        server.stop()
