"""Ordinary charts for notebooks and papers, as figures of Bokeh, which is imported when the first one is drawn.

In a notebook, once, so that no network is asked: ``output_notebook(Resources(mode="inline", components=["bokeh"]))``
out of `bokeh.io` and `bokeh.resources`; then ``bokeh.io.show(figure)``. As a page: :func:`chart_html`.
"""

from __future__ import annotations

from saii_widgets.widgets.charts.chart_html import chart_html
from saii_widgets.widgets.charts.curve_chart import curve_chart
from saii_widgets.widgets.charts.interval_chart import interval_chart
from saii_widgets.widgets.charts.score_distribution import score_distribution

__all__ = ["chart_html", "curve_chart", "interval_chart", "score_distribution"]
