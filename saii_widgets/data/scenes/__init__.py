"""Drawn traffic scenes of which everything is known: pictures, true facts, masks and captions."""

from .drawn_scene import DrawnScene, draw
from .places import PLACES

__all__ = ["PLACES", "DrawnScene", "draw"]
