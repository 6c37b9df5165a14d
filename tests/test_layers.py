"""Each floor stands alone: core on nothing, engine, widgets and data on core, and torch only where it is needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import saii_widgets

ROOT = Path(saii_widgets.__file__).parent
FLOORS = {name for name in ("core", "engine", "widgets", "data", "steps") if any((ROOT / name).rglob("*.py"))}
ALLOWED = {
    "core": {"core"},
    "engine": {"core", "engine"},
    "widgets": {"core", "widgets"},
    "data": {"core", "data"},
}
HEAVY = ("torch", "transformers")


def modules(floor: str) -> list[str]:
    found = [path.relative_to(ROOT.parent).with_suffix("") for path in sorted((ROOT / floor).rglob("*.py"))]
    return [".".join(path.parts).removesuffix(".__init__") for path in found]


def imported(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[str]:
    """Full names of all that a module imports, also inside functions and for type checking."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{name.name}" for name in node.names)


def floor_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "saii_widgets" and len(parts) > 1 else None


def trespasses(floor: str, source: str, module: str, *, is_package: bool = False) -> list[str]:
    reached = imported(ast.parse(source), module, is_package=is_package)
    return [name for name in reached if floor_of(name) not in ALLOWED[floor] | {None, "__version__"}]


def loaded_by(statement: str) -> list[str]:
    """Which of the heavy packages, and of our own floors, an import brings into a fresh interpreter."""
    asked = (*HEAVY, *(f"saii_widgets.{floor}" for floor in FLOORS))
    code = f"{statement}\nimport sys\nprint(*[name for name in {asked!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT.parent, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_trespasses_are_found() -> None:
    for source in (
        "from saii_widgets.engine.runtime import Progress",
        "import saii_widgets.engine",
        "def f():\n    from saii_widgets import engine",
        "from ..engine import runtime",
        "from saii_widgets.stepwise import Stepwise",
    ):
        assert trespasses("data", source, "saii_widgets.data.camera"), source
    for source in ("import numpy", "from saii_widgets.core.text import Caption", "from .records import Records"):
        assert not trespasses("data", source, "saii_widgets.data.camera"), source


@pytest.mark.parametrize("floor", sorted(FLOORS & set(ALLOWED)))
def test_a_floor_reaches_only_what_it_may(floor: str) -> None:
    assert modules(floor)
    for path in sorted((ROOT / floor).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        found = trespasses(floor, path.read_text("utf-8"), module, is_package=path.name == "__init__.py")
        assert not found, f"{module} imports {', '.join(found)}"


def test_the_package_loads_nothing() -> None:
    assert loaded_by("import saii_widgets; dir(saii_widgets)") == []


@pytest.mark.parametrize("floor", sorted(FLOORS & {"core", "widgets", "data"}))
def test_a_floor_alone_brings_no_torch(floor: str) -> None:
    loaded = loaded_by("; ".join(f"import {module}" for module in modules(floor)))
    assert f"saii_widgets.{floor}" in loaded
    assert not set(loaded) - {f"saii_widgets.{name}" for name in ALLOWED[floor]}


def test_core_needs_numpy_and_pillow_only() -> None:
    code = "; ".join(f"import {module}" for module in modules("core"))
    third_party = ("pandas", "xarray", "shap", "sklearn", "matplotlib", "IPython", "ipywidgets", "scipy")
    run = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*set({third_party!r}) & set(sys.modules))"],
        capture_output=True,
        text=True,
        cwd=ROOT.parent,
        timeout=120,
        check=True,
    )
    assert run.stdout.split() == []


def test_public_names_are_found_where_they_are_said_to_be() -> None:
    for name in saii_widgets.__all__:
        module = saii_widgets._HOMES[name]
        path = ROOT.joinpath(*module.split(".")[1:])
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), name
    assert set(saii_widgets.__all__) == set(saii_widgets._HOMES) <= set(dir(saii_widgets))


def test_a_public_name_is_loaded_when_it_is_used() -> None:
    assert "saii_widgets.core" in loaded_by("import saii_widgets as sw; sw.Caption.parse('a red truck')")
    from saii_widgets.core.text import Caption

    assert saii_widgets.Caption is Caption


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"no 'Captoin'.*Caption.*load_model"):
        saii_widgets.Captoin  # noqa: B018
