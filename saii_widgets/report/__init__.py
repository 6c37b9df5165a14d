"""The report of a study: one HTML file that needs no network, no Python and no scripts."""

from saii_widgets.report.page import render, write_report

__all__ = ["render", "write_report"]
