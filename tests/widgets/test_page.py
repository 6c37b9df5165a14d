"""The exported page: whole, closed to the network, and of one copy of each module."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.widgets import WordEditor, to_html


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="saii-data">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_page_holds_everything_once(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = to_html([WordEditor("a red truck"), WordEditor("a bus")], path, "Two <captions>")
    assert path.read_text(encoding="utf-8") == page
    data = data_of(page)
    assert len(data["modules"]) == 1
    assert [widget["state"]["caption"] for widget in data["widgets"]] == ["a red truck", "a bus"]
    assert page.count("--saii-ink:") == 1
    assert "<title>Two &lt;captions&gt;</title>" in page
    assert "http://" not in page
    assert "https://" not in page
    assert len(page) < 100_000


def test_text_never_ends_the_data(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><!-- truck"
    page = WordEditor(hostile).to_html(tmp_path / "page.html")
    assert "alert(1)</script>" not in page
    assert data_of(page)["widgets"][0]["state"]["caption"] == hostile


def test_half_a_surrogate_pair_does_not_stop_the_page(tmp_path: Path) -> None:
    editor = WordEditor("a truck", suggestions=["\ud800"])
    editor.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_no_widgets_and_no_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one widget"):
        to_html([])
    with pytest.raises(InputError, match=r"a place where page\.html can be written"):
        WordEditor("a truck").to_html(tmp_path / "missing" / "page.html")
