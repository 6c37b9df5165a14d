"""Python behind an open notebook, asked past the page."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


class KernelClient:
    """A second client on a kernel: what is asserted here has really arrived in Python.

    Parameters
    ----------
    connection : Path
        The kernel's connection file.
    """

    def __init__(self, connection: Path) -> None:
        from jupyter_client.blocking.client import BlockingKernelClient

        self._client = BlockingKernelClient()
        self._client.load_connection_file(str(connection))
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def value(self, expression: str) -> Any:
        """What a literal expression gives."""
        asked = self._client.execute("", silent=True, store_history=False, user_expressions={"value": expression})
        answer = self._reply(asked)["user_expressions"]["value"]
        if answer["status"] != "ok":
            raise AssertionError(f"{expression}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])

    def run(self, code: str) -> None:
        """Run statements, as a cell of another front end would."""
        content = self._reply(self._client.execute(code, store_history=False))
        if content["status"] != "ok":
            raise AssertionError("\n".join(content["traceback"]))

    def begin(self, code: str) -> None:
        """Start statements, and do not wait."""
        self._client.execute(code, store_history=False)

    def until(self, expression: str, holds: Callable[[Any], bool], seconds: float = 30.0) -> Any:
        """Ask again until it holds, and give the value back."""
        end = time.monotonic() + seconds
        while not holds(value := self.value(expression)):
            if time.monotonic() > end:
                raise AssertionError(f"{expression} stayed {value!r}")
            time.sleep(0.02)
        return value

    def close(self) -> None:
        self._client.stop_channels()

    def _reply(self, asked: str) -> dict[str, Any]:
        while True:
            reply = self._client.get_shell_msg(timeout=90)
            if reply["parent_header"].get("msg_id") == asked:
                return reply["content"]
