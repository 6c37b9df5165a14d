"""Measured claims: `python -m benchmarks.NAME` from the folder that holds `saii_widgets`."""
