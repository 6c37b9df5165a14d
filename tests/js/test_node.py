"""The JavaScript of the widgets, tested by node against what Python says."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = sorted(HERE.glob("*.test.mjs"))


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = importlib.util.spec_from_file_location("saii_js_facts", HERE / "facts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("js") / "facts.json"
    path.write_text(json.dumps(module.facts()), encoding="utf-8")
    return path


@pytest.mark.skipif(
    shutil.which("node") is None and not os.environ.get("CI"), reason="needs node 20 or later on the path"
)
@pytest.mark.parametrize("test", TESTS, ids=lambda path: path.name)
def test_node(test: Path, facts: Path) -> None:
    result = subprocess.run(
        ["node", "--no-warnings", "--test", str(test)],
        env={**os.environ, "SAII_FACTS": str(facts)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout
    assert "# pass 0" not in result.stdout
