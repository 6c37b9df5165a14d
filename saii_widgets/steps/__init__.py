"""The steps of the Stepwise AI Interpretive approach, one file each, over pictures that are encoded once."""
