"""How explanations are computed: models, explainers and measures, on torch."""
