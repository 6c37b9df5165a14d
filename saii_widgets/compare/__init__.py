"""Explainers and models side by side."""

from saii_widgets.compare.compare_explainers import compare_explainers
from saii_widgets.compare.compare_models import compare_models
from saii_widgets.compare.comparison_table import ComparisonTable

__all__ = ["ComparisonTable", "compare_explainers", "compare_models"]
