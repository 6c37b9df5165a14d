"""The pictures of the studio in the README: real screenshots of the exported page, one after the other.

Run as ``python docs/images/make_studio_picture.py`` from a checkout with the `test` extra and Chromium; it writes
``studio.webp`` and ``studio-dark.jpg`` beside this file.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

import saii_widgets as sw

HERE: Final = Path(__file__).parent
SIZE: Final = {"width": 1190, "height": 770}
SHRUNK: Final = (952, 616)
CHANGED: Final = "a red van near a brick wall and a wet road under a clear blue sky"
HOLD, MOVE, BLINK = 2200, 900, 240  # milliseconds that a picture stands


class Film:
    """Screenshots of a page with the pointer drawn in.

    Parameters
    ----------
    page : playwright.sync_api.Page
    """

    def __init__(self, page: Any) -> None:
        self._page = page
        self.frames: list[Image.Image] = []
        self.times: list[int] = []

    def keep(self, milliseconds: int, at: tuple[float, float] | None = None) -> None:
        """Take one picture, with the pointer at a place of the window."""
        self._page.wait_for_timeout(250)
        frame = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        if at is not None:
            x, y = at
            arrow = [
                (x, y),
                (x, y + 21),
                (x + 5, y + 16),
                (x + 9, y + 24),
                (x + 12, y + 22),
                (x + 8, y + 15),
                (x + 15, y + 15),
            ]
            ImageDraw.Draw(frame).polygon(arrow, fill="#111111", outline="#ffffff", width=2)
        self.frames.append(frame.resize(SHRUNK, Image.Resampling.LANCZOS))
        self.times.append(milliseconds)

    def click(self, found: Any, share: tuple[float, float] = (0.5, 0.6), milliseconds: int = MOVE) -> None:
        """Click a place of an element, and keep what comes of it."""
        box = found.bounding_box()
        x, y = box["x"] + share[0] * box["width"], box["y"] + share[1] * box["height"]
        self._page.mouse.click(x, y)
        self.keep(milliseconds, (x, y))


def write_page(path: Path) -> None:
    """The sample study, with a caption that was changed by hand."""
    studio = sw.studio(sw.sample_path("camera"), records=sw.sample_path("calls.csv"))
    studio.wait()
    studio.bar.step = 3
    studio.views[3][0].chosen = {"image": 1, "caption": 1}
    studio.wait()
    studio.live[3].widgets[0].caption = CHANGED
    studio.wait()
    studio.views[4][0].chosen = {"image": 1, "caption": 1}  # no front end is there to follow a link
    studio.bar.step = 0
    studio.to_html(path, title="A study of traffic cameras")


def play(page: Any) -> Film:
    """Through the rooms: a pair, its map, that of a changed caption, words taken away, all pairs in order."""
    film, room = Film(page), page.locator(".saii-panel:not([hidden])")

    def go(place: int, milliseconds: int = MOVE) -> None:
        page.evaluate("() => scrollTo(0, 0)")
        film.click(page.locator(".saii-step").nth(place), milliseconds=milliseconds)

    go(0, HOLD)
    go(2)
    film.click(room.locator(".saii-cells"), (0.15, 0.15), HOLD)
    go(3, HOLD)
    changed = room.locator(".saii-heatmap-view").last
    changed.evaluate("view => scrollTo(0, view.getBoundingClientRect().top + scrollY - 16)")
    swipe = changed.get_by_label("Swipe")
    for share in (50, 25, 5, 25, 50, 75, 95, 75, 50):
        swipe.evaluate(SLIDE, str(share / 100))
        film.keep(HOLD // 2 if share in (5, 95) else BLINK)
    go(4, HOLD)
    swipe = room.get_by_label("Swipe")
    for share in (25, 5, 25, 50, 75, 95, 75, 50):
        swipe.evaluate(SLIDE, str(share / 100))
        film.keep(MOVE if share in (5, 95) else BLINK)
    slider = room.get_by_role("slider", name="Taken away")
    for step in (1, 2):
        slider.evaluate(SLIDE, str(step))
        film.keep(MOVE)
    go(6)
    room.get_by_label("Order").select_option("alike together")
    film.keep(MOVE)
    film.click(room.locator(".saii-cells"), (0.3, 0.3), HOLD)
    return film


SLIDE: Final = """(input, value) => { input.value = value;
  for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true })); }"""


def still(page: Any) -> None:
    """Room 6 in the dark."""
    page.locator(".saii-step").nth(6).click()
    page.locator(".saii-panel:not([hidden])").get_by_label("Order").select_option("alike together")
    page.wait_for_timeout(500)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.resize(SHRUNK, Image.Resampling.LANCZOS).save(HERE / "studio-dark.jpg", quality=82, optimize=True)


def on_page(path: Path, scheme: str, look: Callable[[Any], Any]) -> Any:
    """What `look` makes of the page in a light or dark window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce").new_page()
        page.goto(path.as_uri())
        page.wait_for_function("() => window.saii?.length")
        made = look(page)
        browser.close()
        return made


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        write_page(path)
        film = on_page(path, "light", play)
        on_page(path, "dark", still)
    first, *others = film.frames
    file = HERE / "studio.webp"
    first.save(file, save_all=True, append_images=others, duration=film.times, loop=0, quality=62, method=6)
    print(f"{file}: {len(film.frames)} pictures, {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
