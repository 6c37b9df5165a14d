"""Ask an image-text model why: stepwise explanations of pictures, texts and how they are matched.

The public names are loaded when they are first used, so importing the package loads neither torch nor a widget.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from saii_widgets.compare.compare_explainers import compare_explainers
    from saii_widgets.compare.compare_models import compare_models
    from saii_widgets.core.axis import Axis
    from saii_widgets.core.concept_graph import ConceptGraph
    from saii_widgets.core.explanation import Explanation
    from saii_widgets.core.lexicon import Lexicon
    from saii_widgets.core.narration import Narration
    from saii_widgets.core.role import Role
    from saii_widgets.core.scene import Scene
    from saii_widgets.core.study import Study
    from saii_widgets.core.text import Caption, Word
    from saii_widgets.core.trust_table import TrustTable
    from saii_widgets.core.vocabulary import Vocabulary
    from saii_widgets.data import read_records
    from saii_widgets.data.camera import read_camera_folder
    from saii_widgets.data.corpus import Corpus
    from saii_widgets.data.samples import sample_path
    from saii_widgets.data.vehicles import draw_vehicle
    from saii_widgets.data.window import Window
    from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
    from saii_widgets.engine.concepts.concept_names import concept_names
    from saii_widgets.engine.concepts.contributions import Contributions
    from saii_widgets.engine.concepts.diagnosis import Diagnosis
    from saii_widgets.engine.concepts.extractor import ConceptExtractor
    from saii_widgets.engine.concepts.narrator import Narrator
    from saii_widgets.engine.concepts.reasoning_network import ReasoningNetwork
    from saii_widgets.engine.concepts.region_logits import RegionLogits
    from saii_widgets.engine.explainers.attention_rollout import AttentionRollout
    from saii_widgets.engine.explainers.centre_baseline import CentreBaseline
    from saii_widgets.engine.explainers.counterfactual import Counterfactual
    from saii_widgets.engine.explainers.grad_eclip import GradEclip
    from saii_widgets.engine.explainers.inter_shap import InterShap
    from saii_widgets.engine.explainers.interactions import Interactions
    from saii_widgets.engine.explainers.plain_attention import PlainAttention
    from saii_widgets.engine.explainers.random_baseline import RandomBaseline
    from saii_widgets.engine.explainers.relevance import Relevance
    from saii_widgets.engine.measures.feedback_modal_mutual_search import FeedbackModalMutualSearch
    from saii_widgets.engine.measures.information import InformationDecomposition
    from saii_widgets.engine.models import load_model
    from saii_widgets.engine.models.blackbox import BlackBox
    from saii_widgets.engine.models.caption_classifier import caption_classifier
    from saii_widgets.engine.models.classifier import Classifier
    from saii_widgets.engine.models.load_classifier import load_classifier
    from saii_widgets.engine.models.load_matcher import load_matcher
    from saii_widgets.engine.models.prediction_only import PredictionOnly
    from saii_widgets.engine.trust import trust
    from saii_widgets.rooms.concepts import concept_view
    from saii_widgets.rooms.studio import Studio, studio
    from saii_widgets.stepwise import Stepwise
    from saii_widgets.widgets.charts.chart_html import chart_html
    from saii_widgets.widgets.charts.curve_chart import curve_chart
    from saii_widgets.widgets.charts.interval_chart import interval_chart
    from saii_widgets.widgets.charts.score_distribution import score_distribution
    from saii_widgets.widgets.concept_graph_view import ConceptGraphView
    from saii_widgets.widgets.counterfactual_slider import CounterfactualSlider
    from saii_widgets.widgets.heatmap_view import HeatmapView
    from saii_widgets.widgets.interaction_matrix import InteractionMatrix
    from saii_widgets.widgets.modality_bars import ModalityBars
    from saii_widgets.widgets.pair_matrix import PairMatrix
    from saii_widgets.widgets.score_bars import ScoreBars
    from saii_widgets.widgets.task_trial import TaskTrial
    from saii_widgets.widgets.trust_card import TrustCard
    from saii_widgets.widgets.word_cloud import WordCloud
    from saii_widgets.widgets.word_editor import WordEditor

__version__ = "0.1.0"

_HOMES: Final = {
    "AttentionRollout": "saii_widgets.engine.explainers.attention_rollout",
    "Axis": "saii_widgets.core.axis",
    "BlackBox": "saii_widgets.engine.models.blackbox",
    "Caption": "saii_widgets.core.text",
    "ConceptGraphView": "saii_widgets.widgets.concept_graph_view",
    "CentreBaseline": "saii_widgets.engine.explainers.centre_baseline",
    "Classifier": "saii_widgets.engine.models.classifier",
    "ConceptExplainer": "saii_widgets.engine.concepts.concept_explainer",
    "ConceptExtractor": "saii_widgets.engine.concepts.extractor",
    "ConceptGraph": "saii_widgets.core.concept_graph",
    "Contributions": "saii_widgets.engine.concepts.contributions",
    "Corpus": "saii_widgets.data.corpus",
    "Counterfactual": "saii_widgets.engine.explainers.counterfactual",
    "CounterfactualSlider": "saii_widgets.widgets.counterfactual_slider",
    "Diagnosis": "saii_widgets.engine.concepts.diagnosis",
    "Explanation": "saii_widgets.core.explanation",
    "FeedbackModalMutualSearch": "saii_widgets.engine.measures.feedback_modal_mutual_search",
    "GradEclip": "saii_widgets.engine.explainers.grad_eclip",
    "HeatmapView": "saii_widgets.widgets.heatmap_view",
    "InformationDecomposition": "saii_widgets.engine.measures.information",
    "InterShap": "saii_widgets.engine.explainers.inter_shap",
    "InteractionMatrix": "saii_widgets.widgets.interaction_matrix",
    "Interactions": "saii_widgets.engine.explainers.interactions",
    "Lexicon": "saii_widgets.core.lexicon",
    "ModalityBars": "saii_widgets.widgets.modality_bars",
    "Narration": "saii_widgets.core.narration",
    "Narrator": "saii_widgets.engine.concepts.narrator",
    "PairMatrix": "saii_widgets.widgets.pair_matrix",
    "PlainAttention": "saii_widgets.engine.explainers.plain_attention",
    "RandomBaseline": "saii_widgets.engine.explainers.random_baseline",
    "PredictionOnly": "saii_widgets.engine.models.prediction_only",
    "ReasoningNetwork": "saii_widgets.engine.concepts.reasoning_network",
    "RegionLogits": "saii_widgets.engine.concepts.region_logits",
    "Relevance": "saii_widgets.engine.explainers.relevance",
    "Role": "saii_widgets.core.role",
    "Scene": "saii_widgets.core.scene",
    "ScoreBars": "saii_widgets.widgets.score_bars",
    "Stepwise": "saii_widgets.stepwise",
    "Studio": "saii_widgets.rooms.studio",
    "Study": "saii_widgets.core.study",
    "TaskTrial": "saii_widgets.widgets.task_trial",
    "TrustCard": "saii_widgets.widgets.trust_card",
    "TrustTable": "saii_widgets.core.trust_table",
    "Vocabulary": "saii_widgets.core.vocabulary",
    "Window": "saii_widgets.data.window",
    "Word": "saii_widgets.core.text",
    "WordCloud": "saii_widgets.widgets.word_cloud",
    "WordEditor": "saii_widgets.widgets.word_editor",
    "concept_names": "saii_widgets.engine.concepts.concept_names",
    "concept_view": "saii_widgets.rooms.concepts",
    "caption_classifier": "saii_widgets.engine.models.caption_classifier",
    "chart_html": "saii_widgets.widgets.charts.chart_html",
    "compare_explainers": "saii_widgets.compare.compare_explainers",
    "compare_models": "saii_widgets.compare.compare_models",
    "curve_chart": "saii_widgets.widgets.charts.curve_chart",
    "draw_vehicle": "saii_widgets.data.vehicles",
    "interval_chart": "saii_widgets.widgets.charts.interval_chart",
    "load_classifier": "saii_widgets.engine.models.load_classifier",
    "load_matcher": "saii_widgets.engine.models.load_matcher",
    "load_model": "saii_widgets.engine.models",
    "read_camera_folder": "saii_widgets.data.camera",
    "read_records": "saii_widgets.data",
    "sample_path": "saii_widgets.data.samples",
    "score_distribution": "saii_widgets.widgets.charts.score_distribution",
    "studio": "saii_widgets.rooms.studio",
    "trust": "saii_widgets.engine.trust",
}

__all__ = [
    "AttentionRollout",
    "Axis",
    "BlackBox",
    "Caption",
    "CentreBaseline",
    "Classifier",
    "ConceptExplainer",
    "ConceptExtractor",
    "ConceptGraph",
    "ConceptGraphView",
    "Contributions",
    "Corpus",
    "Counterfactual",
    "CounterfactualSlider",
    "Diagnosis",
    "Explanation",
    "FeedbackModalMutualSearch",
    "GradEclip",
    "HeatmapView",
    "InformationDecomposition",
    "InterShap",
    "InteractionMatrix",
    "Interactions",
    "Lexicon",
    "ModalityBars",
    "Narration",
    "Narrator",
    "PairMatrix",
    "PlainAttention",
    "PredictionOnly",
    "RandomBaseline",
    "ReasoningNetwork",
    "RegionLogits",
    "Relevance",
    "Role",
    "Scene",
    "ScoreBars",
    "Stepwise",
    "Studio",
    "Study",
    "TaskTrial",
    "TrustCard",
    "TrustTable",
    "Vocabulary",
    "Window",
    "Word",
    "WordCloud",
    "WordEditor",
    "caption_classifier",
    "chart_html",
    "compare_explainers",
    "compare_models",
    "concept_names",
    "concept_view",
    "curve_chart",
    "draw_vehicle",
    "interval_chart",
    "load_classifier",
    "load_matcher",
    "load_model",
    "read_camera_folder",
    "read_records",
    "sample_path",
    "score_distribution",
    "studio",
    "trust",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"saii_widgets has no {name!r}; it has {', '.join(__all__)}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
