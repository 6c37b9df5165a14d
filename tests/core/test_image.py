"""Pictures of every kind that a camera folder may hold."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core.errors import ImageError
from saii_widgets.core.image import open_image

RED, BLUE = (200, 30, 32), (34, 82, 190)


def halves(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    return bool((np.abs(np.subtract(image.getpixel(at), colour)) <= tolerance).all())


def header_only_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_formats(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "north gate.bin"
    path.write_bytes(encoded(halves(), kind))
    opened = open_image(path)
    assert (opened.image.mode, opened.image.size, opened.notes, opened.name) == ("RGB", (40, 20), (), "north gate")
    assert near(opened.image, (5, 10), RED, 25)
    assert near(opened.image, (35, 10), BLUE, 25)


def test_sources() -> None:
    data = encoded(halves(), "PNG")
    array = np.asarray(halves())
    for source in (data, BytesIO(data), halves(), array, array / 255, array.astype(np.uint16) * 257):
        assert np.array_equal(np.asarray(open_image(source, name="x").image), array)
    assert open_image(data, name="x").name == "x"
    assert open_image(np.eye(3, dtype=bool)).image.getpixel((0, 0)) == (255, 255, 255)


def test_what_is_opened_is_a_copy() -> None:
    image = halves()
    opened = open_image(image).image
    image.paste(BLUE, (0, 0, 40, 20))
    assert opened.getpixel((0, 0)) == RED


@pytest.mark.parametrize("orientation", range(2, 9))
def test_exif_rotation(orientation: int) -> None:
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = halves()
    upright.paste((255, 255, 255), (0, 0, 20, 10))
    stored = upright.transpose(turned[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    opened = open_image(encoded(stored, "PNG", exif=exif))
    assert np.array_equal(np.asarray(opened.image), np.asarray(upright))
    assert opened.notes == ("turned upright as its EXIF data say",)


def test_cmyk() -> None:
    opened = open_image(encoded(halves().convert("CMYK"), "JPEG"))
    assert opened.notes == ("converted from CMYK",)
    assert near(opened.image, (5, 10), RED, 30)


def test_palette_and_grey() -> None:
    palette = open_image(encoded(halves().quantize(4), "PNG"))
    assert near(palette.image, (35, 10), BLUE)
    assert palette.notes == ()
    grey = open_image(encoded(Image.new("L", (4, 4), 77), "PNG"))
    assert grey.image.getpixel((0, 0)) == (77, 77, 77)
    assert open_image(encoded(Image.new("1", (4, 4), 1), "PNG")).image.getpixel((0, 0)) == (255, 255, 255)


def test_alpha_is_laid_on_white() -> None:
    image = halves().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 20))
    for kind in ("PNG", "WEBP"):
        opened = open_image(encoded(image, kind))
        assert near(opened.image, (5, 10), (255, 255, 255))
        assert near(opened.image, (35, 10), BLUE, 25)
        assert opened.notes == ("transparent parts shown on white",)
    assert open_image(halves().convert("RGBA")).notes == ()
    grey = Image.new("LA", (4, 4), (0, 0))
    assert open_image(encoded(grey, "PNG")).image.getpixel((0, 0)) == (255, 255, 255)


def test_transparent_palette() -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([*RED, *BLUE])
    image.putpixel((3, 3), 1)
    opened = open_image(encoded(image, "PNG", transparency=0))
    assert opened.image.getpixel((0, 0)) == (255, 255, 255)
    assert opened.image.getpixel((3, 3)) == BLUE


def test_sixteen_bits() -> None:
    values = np.array([[0, 257, 65535], [128 * 257, 1000, 40000]], np.uint16)
    opened = open_image(encoded(Image.fromarray(values), "PNG"))
    assert opened.notes == ("16 bits scaled to 8",)
    assert np.array_equal(np.asarray(opened.image)[..., 0], np.round(values / 257))


def test_floating_point_tiff() -> None:
    values = np.array([[-1.0, 0.0, 1.0]], np.float32)
    opened = open_image(encoded(Image.fromarray(values), "TIFF"))
    assert np.asarray(opened.image)[0, :, 0].tolist() == [0, 128, 255]
    assert opened.notes == ("floating point scaled to 8",)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animated(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE, (0, 0, 0))]
    opened = open_image(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50))
    assert near(opened.image, (4, 4), RED)
    assert opened.notes == ("animated: the first of 3 frames is used",)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_truncated(kind: str, tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    data = encoded(noise, kind)
    path = tmp_path / "cut.jpg"
    for share in (0.9, 0.5, 0.25):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(ImageError, match="cut"):
            open_image(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM"])
def test_damaged_files_are_opened_or_refused(kind: str) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (24, 24, 3), np.uint8))
    whole = np.frombuffer(encoded(noise, kind), np.uint8)
    refused = 0
    for trial in range(120):
        data = whole.copy()
        at = rng.integers(0, min(len(data), 120 if trial % 2 else len(data)), 4)
        data[at] = rng.integers(0, 256, 4)
        try:
            assert open_image(data.tobytes()).image.mode == "RGB"
        except ImageError:
            refused += 1
    assert refused > 5


def test_damage_that_can_be_read_over_is_noted() -> None:
    exif = Image.Exif()
    exif[0x0112] = 1
    data = encoded(halves(), "JPEG", exif=exif.tobytes()[:-8])
    assert any("damaged in part" in note for note in open_image(data).notes)


def test_empty_and_other_files(tmp_path: Path) -> None:
    path = tmp_path / "camera.jpg"
    path.write_bytes(b"")
    with pytest.raises(ImageError, match="an empty file"):
        open_image(path)
    path.write_text("time,place,text\n12:00,here,a truck")
    with pytest.raises(ImageError, match="no picture"):
        open_image(path)
    with pytest.raises(ImageError, match="no such file"):
        open_image(tmp_path / "gone.png")
    with pytest.raises(ImageError, match="directory"):
        open_image(tmp_path)
    with pytest.raises(ImageError, match="int"):
        open_image(3)  # type: ignore[arg-type]
    with path.open() as text, pytest.raises(ImageError, match="binary"):
        open_image(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (20_000, 20_000), (2_000_000, 60)])
def test_too_many_pixels_are_refused_from_the_header(width: int, height: int) -> None:
    with pytest.raises(ImageError, match="at most 100 megapixels"):
        open_image(header_only_png(width, height), name="huge")


def test_just_under_the_limit_is_read() -> None:
    with pytest.raises(ImageError, match="truncated"):
        open_image(header_only_png(10_000, 10_000))


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4,), np.uint8),
        np.zeros((0, 4), np.uint8),
        np.zeros((4, 4), np.int64),
        np.full((4, 4), 1.5),
        np.full((4, 4), np.nan),
        np.zeros((3, 40, 40), np.uint8),
    ],
)
def test_arrays_that_are_no_picture(values: np.ndarray) -> None:
    with pytest.raises(ImageError):
        open_image(values)
