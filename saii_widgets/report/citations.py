"""The methods that a study rests on, and where they were published."""

from __future__ import annotations

from html import escape
from typing import Final

# keys are those of docs/references.bib
CITATIONS: Final[dict[str, tuple[str, str]]] = {
    "saii": ("The six steps", "Stepwise AI Interpretive approach (SAII): pairing, probing, relevance, deletion of "
             "principal words, simplification, scaling."),
    "radford2021learning": ("Image-text models (CLIP)", "Radford et al. Learning Transferable Visual Models From "
                            "Natural Language Supervision. ICML 2021."),
    "chefer2021generic": ("Relevance maps", "Chefer, Gur and Wolf. Generic Attention-Model Explainability for "
                          "Interpreting Bi-Modal and Encoder-Decoder Transformers. ICCV 2021."),
    "sparckjones1972statistical": ("TF-IDF", "Spärck Jones. A Statistical Interpretation of Term Specificity and Its "
                                   "Application in Retrieval. Journal of Documentation 28(1), 1972."),
    "deerwester1990indexing": ("Principal words by truncated SVD", "Deerwester et al. Indexing by Latent Semantic "
                               "Analysis. Journal of the American Society for Information Science 41(6), 1990."),
    "kuhn1955hungarian": ("One-to-one pairing", "Kuhn. The Hungarian Method for the Assignment Problem. Naval Research "
                          "Logistics Quarterly 2, 1955."),
    "efron1979bootstrap": ("Intervals", "Efron. Bootstrap Methods: Another Look at the Jackknife. The Annals of "
                           "Statistics 7(1), 1979."),
    "hoffman2018metrics": ("Evaluation by task performance", "Hoffman et al. Metrics for Explainable AI: Challenges "
                           "and Prospects. arXiv:1812.04608, 2018."),
    "lee2018simple": ("Pictures far from what the model has seen", "Lee et al. A Simple Unified Framework for "
                      "Detecting Out-of-Distribution Samples and Adversarial Attacks. NeurIPS 2018."),
}  # fmt: skip


def citation_list() -> str:
    """Methods and their sources as a list."""
    items = "".join(f"<dt>{escape(method)}</dt><dd>{escape(source)}</dd>" for method, source in CITATIONS.values())
    return f'<dl class="report-citations">{items}</dl>'
