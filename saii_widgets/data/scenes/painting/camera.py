"""The camera above the road: from metres to pixels."""

from __future__ import annotations

import math
from typing import Final

from ..scene_plan import View

Point = tuple[float, float]

_DISTANCE: Final = 20.0  # metres from the camera to the origin of the road's frame
_NEAREST: Final = 1.5  # what is nearer is drawn as if it were here, so that nothing turns inside out


class Camera:
    """Projects the frame of the road: metres along it, across it (positive to the right) and up.

    Parameters
    ----------
    view : View
    side : int
        Width and height of the canvas, pixels.
    """

    def __init__(self, view: View, side: int) -> None:
        self._middle = side * 0.5
        self._focal = view.focal * side
        self._height, self._offset = view.height, view.offset
        tilt = math.atan((0.5 - view.horizon) / view.focal)
        self._cos_tilt, self._sin_tilt = math.cos(tilt), math.sin(tilt)
        yaw = math.radians(view.yaw)
        self._cos_yaw, self._sin_yaw = math.cos(yaw), math.sin(yaw)
        #: Where the camera stands in the frame of the road: along, across.
        self.foot: Point = (
            -view.offset * self._sin_yaw - _DISTANCE * self._cos_yaw,
            -view.offset * self._cos_yaw + _DISTANCE * self._sin_yaw,
        )

    def point(self, along: float, across: float, up: float) -> Point:
        """The pixel (x, y) of a point of the world."""
        x = across * self._cos_yaw + along * self._sin_yaw + self._offset
        z = self.depth(along, across)
        below = up - self._height
        depth = max(z * self._cos_tilt - below * self._sin_tilt, _NEAREST)
        scale = self._focal / depth
        lift = below * self._cos_tilt + z * self._sin_tilt
        return self._middle + x * scale, self._middle - lift * scale

    def depth(self, along: float, across: float) -> float:
        """How far away a place on the ground is, metres."""
        return _DISTANCE + along * self._cos_yaw - across * self._sin_yaw

    def scale(self, depth: float, nearest: float = 0.0) -> float:
        """Pixels a metre at a depth, or at `nearest` where that is farther."""
        return self._focal / max(depth, nearest)

    # quadrilaterals in the three planes of the road's frame

    def along_wall(self, across: float, along: Point, up: Point) -> list[Point]:
        """An upright rectangle parallel to the road."""
        (a, b), (low, high) = along, up
        return [self.point(u, across, y) for u, y in ((a, low), (b, low), (b, high), (a, high))]

    def end_wall(self, along: float, across: Point, up: Point) -> list[Point]:
        """An upright rectangle that faces along the road."""
        (a, b), (low, high) = across, up
        return [self.point(along, t, y) for t, y in ((a, low), (b, low), (b, high), (a, high))]

    def level(self, along: Point, across: Point, up: float = 0.0) -> list[Point]:
        """A level rectangle."""
        (a, b), (left, right) = along, across
        return [self.point(u, t, up) for u, t in ((a, left), (b, left), (b, right), (a, right))]
