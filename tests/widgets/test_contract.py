"""What every widget in the folder keeps to: a trio of files, an example that runs, explained traits, export."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import ipywidgets
import pytest

from saii_widgets.widgets import __all__ as public
from saii_widgets.widgets.module import FOLDER, module, style
from saii_widgets.widgets.saii_widget import SaiiWidget

NAMES = sorted(path.stem for path in FOLDER.glob("*.js") if path.stem != "shared")


def widget_class(name: str) -> type[SaiiWidget]:
    return getattr(importlib.import_module(f"saii_widgets.widgets.{name}"), "".join(map(str.title, name.split("_"))))


def example(name: str) -> SaiiWidget:
    """The widget that the docstring's example makes."""
    home = importlib.import_module(f"saii_widgets.widgets.{name}")
    made = dict(vars(home))
    kind = widget_class(name)
    for step in doctest.DocTestParser().get_examples(inspect.getdoc(kind) or ""):
        exec(step.source, made)
    return next(value for value in made.values() if isinstance(value, kind))


def test_the_folder_holds_widgets() -> None:
    assert {"word_editor", "heatmap_view"} <= set(NAMES)
    assert {path.stem for path in FOLDER.glob("*.css")} == {*NAMES, "shared"}


@pytest.mark.parametrize("name", NAMES)
def test_trio_is_public_and_its_module_holds(name: str, tmp_path: Path) -> None:
    kind = widget_class(name)
    assert kind.__name__ in public
    assert issubclass(kind, SaiiWidget)
    source = module(name)
    assert "import " not in re.sub(r"//.*|\"[^\"]*\"|`[^`]*`", "", source)
    assert "innerHTML" not in source
    assert "insertAdjacentHTML" not in source
    assert "eval(" not in source
    assert "https://" not in source.replace("http://www.w3.org/2000/svg", "")
    assert len(source) + len(style(name)) < 80_000
    if shutil.which("node"):
        (tmp_path / "module.mjs").write_text(source, encoding="utf-8")
        subprocess.run(["node", "--check", str(tmp_path / "module.mjs")], check=True, timeout=60)


@pytest.mark.parametrize("name", NAMES)
def test_example_runs(name: str) -> None:
    home = importlib.import_module(f"saii_widgets.widgets.{name}")
    tests = [test for test in doctest.DocTestFinder().find(home) if test.examples]
    assert any(test.name.endswith(widget_class(name).__name__) for test in tests)
    for test in tests:
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("name", NAMES)
def test_traits_are_explained_and_start_valid(name: str) -> None:
    kind = widget_class(name)
    known = set(ipywidgets.DOMWidget.class_trait_names())
    own = [trait for trait in kind.class_trait_names(sync=True) if trait not in known and not trait.startswith("_")]
    explained = (inspect.getdoc(kind) or "") + (inspect.getdoc(SaiiWidget) or "")
    missing = [trait for trait in own if not re.search(rf"^(\w+, )*{trait}(, \w+)* :", explained, re.M)]
    assert missing == []
    widget = example(name)
    widget.set_state({trait: getattr(widget, trait) for trait in own})
    assert widget.error == ""


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_into_a_page_and_stands_in_for_itself(name: str) -> None:
    widget = example(name)
    assert widget.label
    page = widget.to_html()
    assert widget._esm.splitlines()[0] in page
    bundle = widget._repr_mimebundle_()
    assert bundle is not None
    fallback = bundle[0]["text/html"]
    assert "saii" in fallback
    assert "<script" not in fallback


@pytest.mark.parametrize("name", NAMES)
def test_its_style_is_for_itself_alone(name: str) -> None:
    rules = re.sub(r"/\*.*?\*/", "", style(name), flags=re.S)
    own = f".saii-{name.replace('_', '-')}"
    others = [f".saii-{one.replace('_', '-')} " for one in NAMES if one != name]
    assert own in rules
    assert not any(other in rules for other in (".saii-widget", *others))  # else it would restyle its neighbours
