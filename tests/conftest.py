"""One browser for all tests that need one: a second of Playwright's loops can't run in the same thread."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--disable-quic"]


def missing(what: str) -> None:
    """Skip, or fail where the run counts."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: a run that counts must not leave the browser tests out")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if importlib.util.find_spec("playwright") is None:
        missing("playwright")
    if CHROMIUM is None:
        missing("Chromium on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
