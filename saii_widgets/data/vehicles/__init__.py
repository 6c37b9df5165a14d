"""Drawn vehicles of which everything is known: kinds, their parts, and a mask for each part."""

from .drawn_vehicle import DrawnVehicle, draw_vehicle
from .kinds import LAYOUT_TWINS, TELLING_PARTS, VEHICLE_KINDS, VEHICLE_PARTS

__all__ = ["LAYOUT_TWINS", "TELLING_PARTS", "VEHICLE_KINDS", "VEHICLE_PARTS", "DrawnVehicle", "draw_vehicle"]
