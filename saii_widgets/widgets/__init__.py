"""Widgets for notebooks and for pages without one: captions to edit, maps to look at, changes to slide through.

They need `core` and anywidget, never torch: what they show was computed before and is handed to them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from saii_widgets.widgets.charts.chart_html import chart_html
    from saii_widgets.widgets.charts.curve_chart import curve_chart
    from saii_widgets.widgets.charts.interval_chart import interval_chart
    from saii_widgets.widgets.charts.score_distribution import score_distribution
    from saii_widgets.widgets.concept_graph_view import ConceptGraphView
    from saii_widgets.widgets.counterfactual_slider import CounterfactualSlider, Removal
    from saii_widgets.widgets.heatmap_view import HeatmapView
    from saii_widgets.widgets.interaction_matrix import InteractionMatrix
    from saii_widgets.widgets.latest import LatestWins
    from saii_widgets.widgets.modality_bars import ModalityBars
    from saii_widgets.widgets.page import Panels, to_html
    from saii_widgets.widgets.pair_matrix import PairMatrix
    from saii_widgets.widgets.score_bars import ScoreBars
    from saii_widgets.widgets.studio_bar import StudioBar
    from saii_widgets.widgets.task_trial import TaskTrial
    from saii_widgets.widgets.trust_card import TrustCard
    from saii_widgets.widgets.word_cloud import WordCloud
    from saii_widgets.widgets.word_editor import WordEditor

_HOMES: Final = {
    "ConceptGraphView": "concept_graph_view",
    "CounterfactualSlider": "counterfactual_slider",
    "HeatmapView": "heatmap_view",
    "InteractionMatrix": "interaction_matrix",
    "LatestWins": "latest",
    "ModalityBars": "modality_bars",
    "PairMatrix": "pair_matrix",
    "Panels": "page",
    "Removal": "counterfactual_slider",
    "ScoreBars": "score_bars",
    "StudioBar": "studio_bar",
    "TaskTrial": "task_trial",
    "TrustCard": "trust_card",
    "WordCloud": "word_cloud",
    "WordEditor": "word_editor",
    "chart_html": "charts.chart_html",
    "curve_chart": "charts.curve_chart",
    "interval_chart": "charts.interval_chart",
    "score_distribution": "charts.score_distribution",
    "to_html": "page",
}

__all__ = [
    "ConceptGraphView",
    "CounterfactualSlider",
    "HeatmapView",
    "InteractionMatrix",
    "LatestWins",
    "ModalityBars",
    "PairMatrix",
    "Panels",
    "Removal",
    "ScoreBars",
    "StudioBar",
    "TaskTrial",
    "TrustCard",
    "WordCloud",
    "WordEditor",
    "chart_html",
    "curve_chart",
    "interval_chart",
    "score_distribution",
    "to_html",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"saii_widgets.widgets has no {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
