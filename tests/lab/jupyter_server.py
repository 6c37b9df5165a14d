"""A private Jupyter server on a free loopback port: JupyterLab, Notebook 7 and Voila, and nothing of the user's own."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.lab.kernel_client import KernelClient

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 120.0  # seconds until a start counts as failed, on a machine that is busy with other things
NEEDED: Final = ("jupyterlab", "notebook", "voila", "nbformat", "jupyter_client")
_SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # else what is scrolled away is detached
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}


class JupyterServer:
    """One server for all tests of a session.

    Parameters
    ----------
    folder : Path
        An empty one; settings, logs, runtime files and notebooks go there.
    command : sequence of str, optional
        The module that starts JupyterLab in the notebooks' folder, with its own arguments.
    """

    def __init__(self, folder: Path, command: Sequence[str] = ()) -> None:
        self.notebooks = folder / "notebooks"
        self._start = command or ("jupyterlab", f"--ServerApp.root_dir={self.notebooks}")
        self.runtime = folder / "runtime"
        self._folder, self._token, self._port = folder, secrets.token_hex(16), 0
        self._process: subprocess.Popen[bytes] | None = None
        self.notebooks.mkdir(parents=True)
        for name, settings in _SETTINGS.items():
            path = folder / "config" / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings), encoding="utf-8")
        expose = {"expose_app_in_browser": True}  # so that tests can wait for what the page waits for
        config = {"LabApp": expose, "JupyterNotebookApp": expose}
        for app in ("server", "lab", "notebook"):
            path = folder / "config" / f"jupyter_{app}_config.json"
            path.write_text(json.dumps(config), encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        return (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start, and wait until it answers; a port that was taken in between is given up for another."""
        for _ in range(3):
            self._port = _free_port()
            with (self._folder / "server.log").open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(), env=self._environment(), cwd=self.notebooks, stdout=log, stderr=subprocess.STDOUT
                )
            end = time.monotonic() + PATIENCE
            while self._process.poll() is None and time.monotonic() < end:
                try:
                    self.ask("/api/status")
                    return
                except OSError:
                    time.sleep(0.05)
            self.stop()
        raise RuntimeError(f"Jupyter did not start:\n{self.log[-3000:]}")

    def stop(self) -> None:
        """One SIGTERM: the server ends its kernels too."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)
        self._process = None

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the server's own interface answers, parsed."""
        request = urllib.request.Request(
            self.url + path, method=method, headers={"Authorization": f"token {self._token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def address(self, path: str) -> str:
        """Of a page, with the key to it."""
        return f"{self.url}{path}{'&' if '?' in path else '?'}token={self._token}"

    def write(self, name: str, cells: Sequence[str], kernel: str = "python3") -> None:
        """A notebook of code cells."""
        import nbformat

        made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": "Python 3"}})
        made.cells = [nbformat.v4.new_code_cell(source, id=f"cell-{k}") for k, source in enumerate(cells)]
        nbformat.write(made, self.notebooks / name)

    def kernel_id(self, name: str) -> str:
        """Of the kernel that the open notebook uses."""
        return next(one["kernel"]["id"] for one in self.ask("/api/sessions") if one["path"] == name)

    def client(self, name: str) -> KernelClient:
        """A second client on the open notebook's kernel."""
        return KernelClient(self.runtime / f"kernel-{self.kernel_id(name)}.json")

    def end_kernels(self) -> None:
        """End all of them, so that one test's kernel takes no time from the next."""
        for session in self.ask("/api/sessions"):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")
        for kernel in self.ask("/api/kernels"):
            self.ask(f"/api/kernels/{kernel['id']}", "DELETE")

    def _command(self) -> list[str]:
        return [
            *(sys.executable, "-m", *self._start, "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self._port}", "--ServerApp.port_retries=0"),
            *(f"--IdentityProvider.token={self._token}", "--ServerApp.terminals_enabled=False"),
            "--ServerApp.shutdown_no_activity_timeout=1200",
            *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url="),
        ]

    def _environment(self) -> dict[str, str]:
        private = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "IPYTHONDIR": "ipython",
            "HOME": "",
        }
        return {
            **os.environ,
            **{name: str(self._folder / part) for name, part in private.items()},
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "JUPYTER_PLATFORM_DIRS": "0",
        }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
