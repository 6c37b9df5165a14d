"""The studio: one room for each step of a study, with linked widgets, over the same object that works headless."""
