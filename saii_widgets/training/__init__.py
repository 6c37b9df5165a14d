"""How the embedded models came to be: drawn data, recipes and loops that reproduce their weights from a seed."""
