"""What an image processor leaves of a picture."""

from __future__ import annotations

from typing import Any, Final

_WARPED_FROM: Final = 384  # from this size on ConvNeXT's processor squeezes the whole picture instead of cropping it


def seen_part(processor: Any, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what a processor leaves of a picture of this width and height, as shares of it."""
    width, height = size
    shortest, share = processor.size.get("shortest_edge"), getattr(processor, "crop_pct", None)
    if shortest and share:
        if shortest >= _WARPED_FROM:
            return 0.0, 0.0, 1.0, 1.0
        scale, crop = int(shortest / share) / min(size), (shortest, shortest)
        wide, high = crop[0] / (width * scale), crop[1] / (height * scale)
    elif getattr(processor, "do_center_crop", False):
        crop = processor.crop_size["width"], processor.crop_size["height"]
        if shortest:
            scale = shortest / min(size)
            wide, high = crop[0] / (width * scale), crop[1] / (height * scale)
        elif processor.size.get("width") and processor.size.get("height"):
            wide, high = crop[0] / processor.size["width"], crop[1] / processor.size["height"]
        else:
            wide = high = 1.0
    else:
        wide = high = 1.0
    wide, high = min(1.0, wide), min(1.0, high)
    return (1 - wide) / 2, (1 - high) / 2, (1 + wide) / 2, (1 + high) / 2
