"""Pictures of any kind opened as RGB, upright; what is no picture is refused in clear words."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from saii_widgets.core.errors import ImageError

ImageSource: TypeAlias = "str | Path | bytes | BinaryIO | Image.Image | np.ndarray"

MOST_PIXELS: Final = 100_000_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
_DO: Final = "Give a JPEG, PNG, WebP, GIF, BMP or TIFF file."
#: What Pillow's decoders raise on damaged files.
_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    struct.error,
    zlib.error,
    MemoryError,
)
_DEEP: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")


@dataclass(frozen=True)
class OpenedImage:
    """A picture as the models see it.

    Parameters
    ----------
    image : PIL.Image
        RGB, upright.
    notes : tuple of str
        What was changed on opening, for the user to read.
    name : str
        File name without its ending, or what was passed in.
    """

    image: Image.Image
    notes: tuple[str, ...]
    name: str = ""


def open_image(source: ImageSource, name: str | None = None) -> OpenedImage:
    """Open a picture as upright RGB.

    The EXIF rotation is applied, transparency is laid on white, 16 bits are scaled to 8, CMYK, palettes and greys
    are converted, and of an animation the first frame is taken; the notes say so.

    Parameters
    ----------
    source : path, bytes, file object, PIL.Image or array
        Arrays are (height, width), (height, width, 3 or 4), uint8, uint16, bool, or floats from 0 to 1.
    name : str, optional
        What to call it in messages and results; by default the file's name.

    Raises
    ------
    ImageError
        No picture, an empty or truncated file, more than 100 megapixels, or an array of another kind.
    """
    path = Path(source) if isinstance(source, str | Path) else None
    called = name or (path.stem if path else "")
    shown = repr(str(path.name if path else name or "the picture"))
    if isinstance(source, np.ndarray):
        return OpenedImage(*_from_array(source, shown), called)
    if isinstance(source, Image.Image):
        return OpenedImage(*_as_rgb(source, shown), called)
    data = _read(source, path, shown)
    if not data:
        raise ImageError("a picture", f"{shown}, an empty file", _DO)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                rgb, notes = _as_rgb(image, shown)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError("a picture", f"{shown}, which is no picture that can be read", _DO) from None
    except Image.DecompressionBombError:
        raise _too_large(shown, "far more") from None
    except _DAMAGE as error:
        raise _damaged(shown, error) from None
    # Pillow warns of large pictures below our own limit too; that is no news to the user.
    said = [str(w.message).strip() for w in caught if not issubclass(w.category, Image.DecompressionBombWarning)]
    return OpenedImage(rgb, (*notes, *(f"damaged in part: {text}" for text in dict.fromkeys(said))), called)


def _read(source: str | Path | bytes | BinaryIO, path: Path | None, shown: str) -> bytes:
    try:
        if path is not None:
            return path.read_bytes()
        if isinstance(source, bytes | bytearray | memoryview):
            return bytes(source)
        if hasattr(source, "read"):
            data = source.read()  # pyright: ignore[reportAttributeAccessIssue]
            if isinstance(data, bytes):
                return data
            raise ImageError("a file opened in binary mode", "one opened as text", "Open it with mode 'rb'.")
    except OSError as error:
        what = "no such file" if isinstance(error, FileNotFoundError) else str(error.strerror or error)
        raise ImageError("a picture", f"{shown}: {what}", "Check the path.") from error
    raise ImageError("a path, bytes, an open file, a picture or an array", type(source).__name__, _DO)


def _too_large(shown: str, megapixels: str) -> ImageError:
    return ImageError(
        f"a picture of at most {MOST_PIXELS // 1_000_000} megapixels",
        f"{shown}, which has {megapixels}",
        "Scale it down first.",
    )


def _damaged(shown: str, error: Exception) -> ImageError:
    return ImageError("a whole picture", f"{shown}, which is truncated or damaged ({error})", "Copy it anew.")


def _as_rgb(image: Image.Image, shown: str) -> tuple[Image.Image, tuple[str, ...]]:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_large(shown, f"{width * height / 1e6:.0f} ({width} x {height})")
    if not width * height:
        raise ImageError("a picture", f"{shown} of {width} x {height} pixels", _DO)
    notes: list[str] = []
    n_frames = getattr(image, "n_frames", 1)
    if n_frames > 1 and image.format != "MPO":
        notes.append(f"animated: the first of {n_frames} frames is used")
        image.seek(0)
    try:
        image.load()
        orientation = image.getexif().get(0x0112, 1)
        upright = ImageOps.exif_transpose(image)
    except _DAMAGE as error:
        raise _damaged(shown, error) from None
    if orientation not in (0, 1):
        notes.append("turned upright as its EXIF data say")
    rgb, more = _converted(upright)
    return rgb, (*notes, *more)


def _converted(image: Image.Image) -> tuple[Image.Image, list[str]]:
    if image.mode in _DEEP:
        return _scaled(np.asarray(image)), [
            "16 bits scaled to 8" if image.mode != "F" else "floating point scaled to 8"
        ]
    if "A" in image.getbands() or "transparency" in image.info or image.mode in ("La", "RGBa"):
        layered = image.convert("RGBA")
        if layered.getchannel("A").getextrema() != (255, 255):
            white = Image.new("RGBA", image.size, (255, 255, 255, 255))
            return Image.alpha_composite(white, layered).convert("RGB"), ["transparent parts shown on white"]
        return layered.convert("RGB"), []
    notes = ["converted from CMYK"] if image.mode == "CMYK" else []
    return image.convert("RGB") if image.mode != "RGB" else image.copy(), notes


def _scaled(values: np.ndarray) -> Image.Image:
    """8 bits from 16 (by the type's range, so that two pictures stay comparable) or from floats (by their own)."""
    if values.dtype.kind == "f":
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        values = np.nan_to_num((values - low) / (high - low or 1) * 255)
    else:
        values = np.clip(values.astype(np.int64), 0, 65535) / 257
    return Image.fromarray(np.round(values).astype(np.uint8)).convert("RGB")


def _from_array(values: np.ndarray, shown: str) -> tuple[Image.Image, tuple[str, ...]]:
    shape = values.shape
    if values.ndim not in (2, 3) or (values.ndim == 3 and shape[2] not in (1, 3, 4)) or not values.size:
        raise ImageError(
            "an array of (height, width) or (height, width, 3 or 4)", f"shape {shape}", "Put the colours last."
        )
    if shape[0] * shape[1] > MOST_PIXELS:
        raise _too_large(shown, f"{shape[0] * shape[1] / 1e6:.0f}")
    notes: tuple[str, ...] = ()
    if values.dtype.kind == "f":
        if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
            raise ImageError("floats from 0 to 1", f"{values.min()} to {values.max()}", "Scale them, or pass uint8.")
        values = np.round(values * 255).astype(np.uint8)
    elif values.dtype == np.uint16:
        values, notes = np.round(values / 257).astype(np.uint8), ("16 bits scaled to 8",)
    elif values.dtype == np.bool_:
        values = values.astype(np.uint8) * 255
    elif values.dtype != np.uint8:
        raise ImageError("an array of uint8, uint16, bool or float", str(values.dtype), "Convert it.")
    image, more = _converted(Image.fromarray(np.ascontiguousarray(values[..., 0] if shape[2:] == (1,) else values)))
    return image, (*notes, *more)
