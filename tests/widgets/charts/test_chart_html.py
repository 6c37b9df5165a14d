"""A page with charts: whole, and closed to the network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.widgets import chart_html, interval_chart

ROW = {"phrase": "</script><b>wet</b> road", "value": 0.8, "low": 0.7, "high": 0.9}
HOSTS = re.compile(r"//(?:cdn\.|unpkg|cdnjs|esm\.|ajax\.|fonts\.|static\.)[\w.-]*", re.I)


def test_page_holds_bokeh_once_and_no_cdn(tmp_path: Path) -> None:
    path = tmp_path / "chart.html"
    charts = [interval_chart([ROW], title="One <title>"), interval_chart([ROW], title="Two")]
    page = chart_html(charts, path)
    assert path.read_text(encoding="utf-8") == page
    assert HOSTS.findall(page) == []
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*\b(?:src|href)", page.split("</head>")[1]) == []
    assert page.count("BokehJS") < 200
    assert "default-src &#x27;none&#x27;" in page
    assert "unsafe-eval" not in page
    assert page.count("</script") == 3
    assert "<title>One &lt;title&gt;</title>" in page
    assert "<b>wet" not in page
    assert 1_000_000 < len(page) < 1_600_000


def test_hosts_are_found_where_there_are_any() -> None:
    from bokeh.resources import Resources

    assert HOSTS.findall("".join(Resources(mode="inline", components=["bokeh"]).js_raw))
    assert HOSTS.findall('<script src="https://cdn.bokeh.org/x.js">')


def test_nothing_to_draw_and_no_place_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least one figure"):
        chart_html([])
    with pytest.raises(InputError, match=r"a place where chart\.html can be written"):
        chart_html(interval_chart([ROW]), tmp_path / "missing" / "chart.html")


def test_bokeh_comes_with_the_first_chart_only() -> None:
    code = (
        "import sys, saii_widgets.widgets.charts as c; assert 'bokeh' not in sys.modules;"
        f"c.interval_chart([{ROW!r}]); assert 'bokeh' in sys.modules; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
