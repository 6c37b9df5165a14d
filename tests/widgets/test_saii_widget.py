"""The base: modules put together, what is shown without a kernel, hot reload, floors kept apart."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
import weakref
from pathlib import Path

import pytest

from saii_widgets.core.explanation import Explanation
from saii_widgets.widgets import PairMatrix, WordEditor, hot_reload, module


def test_modules_are_put_together_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "shared.js").write_text("export const one = 1;\n")
    two = 'import { one } from "../shared.js";\nexport function two() { return one; }\n'
    (tmp_path / "parts" / "two.js").write_text(two)
    (tmp_path / "view.js").write_text(
        'import { one } from "./shared.js";\nimport {\n  two,\n} from "./parts/two.js";\nexport default { one, two };\n'
    )
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    assert module.module("view") == ("const one = 1;\nfunction two() { return one; }\nexport default { one, two };\n")


def test_notebook_without_scripts_shows_the_words() -> None:
    bundle = WordEditor("a <b>red</b> truck")._repr_mimebundle_()
    assert bundle is not None
    assert "application/vnd.jupyter.widget-view+json" in bundle[0]
    fallback = bundle[0]["text/html"]
    assert "truck" in fallback
    assert "<script" not in fallback
    assert "<b>red</b> truck" not in fallback


def test_what_was_said_of_a_change_goes_with_the_next_that_holds() -> None:
    matrix = PairMatrix(Explanation.from_array([[2.0, 1.0], [1.0, 2.0]], kinds=("image", "caption"), unit="logit"))
    wrong, right = {"chosen": {"image": 4, "caption": 0}}, {"chosen": {"image": 1, "caption": 0}}
    matrix.set_state(wrong)
    assert "a place of 2 images" in matrix.error
    matrix.set_state({"chosen": {"image": 0}})
    assert "one image and one caption" in matrix.error, "the latest"
    matrix.set_state(right)
    assert matrix.error == ""
    matrix.error = "The disk is full."
    matrix.set_state(wrong | {"order": "by mean"})
    matrix.error = "The disk is full."
    matrix.set_state({"chosen": {"image": 0, "caption": 1}})
    assert matrix.error == "The disk is full.", "not said of a change"


def test_files_that_change_reach_open_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class View:
        reloaded = 0

        def reload(self) -> None:
            self.reloaded += 1

    monkeypatch.setattr(hot_reload, "FOLDER", tmp_path)
    (tmp_path / "view.js").write_text("1")
    view = View()
    thread = hot_reload.watch(view, seconds=0.01)
    time.sleep(0.05)
    assert view.reloaded == 0
    (tmp_path / "other.js").write_text("2")
    until = time.monotonic() + 5
    while not view.reloaded and time.monotonic() < until:
        time.sleep(0.01)
    assert view.reloaded == 1
    gone = weakref.ref(view)
    del view
    gc.collect()
    thread.join(5)
    assert gone() is None
    assert not thread.is_alive()


def test_reload_reads_the_files_again() -> None:
    editor = WordEditor("a truck")
    source = editor._esm
    editor.set_trait("_esm", "old")
    editor.reload()
    assert editor._esm == source


def test_widgets_load_neither_torch_nor_each_other() -> None:
    code = (
        "import sys, saii_widgets.widgets as w; assert 'anywidget' not in sys.modules; w.WordEditor('a truck');"
        "bad = {'torch', 'transformers', 'bokeh', 'shap', 'matplotlib', 'pandas'} & set(sys.modules)"
        "; assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_unknown_name_lists_what_there_is() -> None:
    from saii_widgets import widgets

    with pytest.raises(AttributeError, match="WordEditor"):
        _ = widgets.WordEdtor  # type: ignore[attr-defined]
