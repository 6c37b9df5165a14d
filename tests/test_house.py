"""The house rules that a machine can hold."""

import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 400
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users|mnt)/\w|~/|[A-Z]:\\\\")
NAMED_TEST = re.compile(r"\b(test_\w+\.py)(?:::(test_\w+))?")
NOT_A_NAME = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}

FILES = sorted(
    path for folder in ("saii_widgets", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")
) + sorted(ROOT.glob("*.py"))


def machine_paths(source: str) -> list[str]:
    """Strings and comments that name a folder of somebody's machine."""
    kinds = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type in kinds and MACHINE_PATH.search(token.string)]


def test_there_are_files() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file(path: Path) -> None:
    source = path.read_text("utf-8")
    assert len(source.splitlines()) <= LONGEST, "one idea a file: split it"
    assert not NOT_A_NAME & {path.stem, *path.relative_to(ROOT).parts}, "name the file after its one public thing"
    if path != Path(__file__):
        assert not machine_paths(source)


def test_tests_that_are_named_are_there() -> None:
    tests: dict[str, str] = defaultdict(str)  # two floors may have a file of the same name
    for path in (ROOT / "tests").rglob("test_*.py"):
        tests[path.name] += path.read_text("utf-8")
    told = [*(ROOT / "saii_widgets").rglob("*.py"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.py")]
    named = [found for path in told for found in NAMED_TEST.findall(path.read_text("utf-8"))]
    assert len(named) > 40
    assert [(file, name) for file, name in named if file not in tests or f"def {name}" not in tests[file]] == []


def test_machine_paths_are_found() -> None:
    named = ["/" + "work/x", "/" + "tmp/y", "/" + "home/z", "~" + "/data", "C:" + "\\\\Users"]
    for path in named:
        assert machine_paths(f"x = '{path}'\n"), path
        assert machine_paths(f"x = 1  # see {path}\n"), path
    for harmless in ("a/work/b", "https://x.org/home/y", "rows / columns", "/worked", "tmp_path"):
        assert not machine_paths(f"x = '{harmless}'\n"), harmless
