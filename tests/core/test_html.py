"""Every kind of result is drawn: well-formed, without scripts, escaped, with its numbers and its legend."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from PIL import Image

from saii_widgets.core import html
from saii_widgets.core.axis import Axis
from saii_widgets.core.colour import contrast
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.html.numbers import shown
from saii_widgets.core.html.pictures import shortened
from saii_widgets.core.origin import Origin
from saii_widgets.core.text import Caption, Role

EVIL = "<script>alert('x')</script><img src=x onerror=\"y\">&"
VOID = {"img", "br", "meta", "circle", "line", "source", "input"}
RNG = np.random.default_rng(0)
PICTURES = tuple(Image.fromarray(RNG.integers(0, 255, (24, 24, 3), np.uint8)) for _ in range(3))
CAPTIONS = (Caption.parse("a red truck near a metal fence"), Caption.parse("a van under an overcast sky"))


class Reader(HTMLParser):
    """Checks that tags close in order, and collects them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def checked(text: str) -> Reader:
    reader = Reader(text)
    assert "script" not in reader.tags
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    addresses = [value for name, value in reader.attributes if name in ("src", "href", "srcset")]
    assert all(value and value.startswith(("data:", "#")) for value in addresses)
    return reader


def images(n: int = 3) -> Axis:
    return Axis.images([f"{EVIL} {k}" for k in range(n)])


def word_maps(n: int = 3) -> Explanation:
    words = Axis.words(CAPTIONS)
    return Explanation(RNG.random((n, len(words))), (images(n), words), images=PICTURES[:n], captions=CAPTIONS)


def results() -> dict[str, Callable[[], Explanation]]:
    captions = Axis.captions([EVIL, "a van"])
    patches = Axis.patches(3, 3)
    picture: dict[str, Any] = {"images": PICTURES[:1]}
    three: dict[str, Any] = {"images": PICTURES}
    return {
        "patch": lambda: Explanation(RNG.random(9), (patches,), title=EVIL, **picture),
        "signed patch": lambda: Explanation(RNG.normal(size=9), (patches,), **picture),
        "word": lambda: Explanation(RNG.random(len(CAPTIONS[0].words)), (Axis.words(CAPTIONS[0]),)),
        "image patch": lambda: Explanation(RNG.random((3, 9)), (images(), patches), **three),
        "image caption": lambda: Explanation(RNG.normal(size=(3, 2)), (images(), captions), "logit", **three),
        "image caption patch": lambda: Explanation(
            RNG.random((3, 2, 9)), (images(), captions, patches), companions={"words": word_maps()}, **three
        ),
        "image word": word_maps,
        "caption": lambda: Explanation([0.3, -0.1], (captions,), "probability", errors=np.array([0.1, 0.1])),
        "image state": lambda: Explanation(
            RNG.random((3, 3)), (images(), Axis("state", ("before", "after", "change"))), "probability", **three
        ),
        "image measure": lambda: Explanation(RNG.random((3, 1)), (images(), Axis("measure", (EVIL,))), "share"),
        "other": lambda: Explanation(
            RNG.random((4, 5, 6)), tuple(Axis(kind, (EVIL,) * n) for kind, n in (("a", 4), ("b", 5), ("c", 6)))
        ),
        "no pictures": lambda: Explanation(RNG.random((2, 9)), (images(2), patches)),
    }


@pytest.mark.parametrize("name", list(results()))
def test_draws_every_kind_of_result(name: str) -> None:
    e = results()[name]()
    reader = checked(html.explanation(e))
    assert reader.tags.count("style") == 1
    assert e._repr_html_() == html.explanation(e)  # the same each time


@pytest.mark.parametrize("name", ["patch", "image patch", "image caption patch"])
def test_a_map_of_zeros_says_no_relevance(name: str) -> None:
    e = results()[name]()
    nothing = Explanation(np.zeros(e.values.shape), e.axes, images=e.images)
    n_maps = int(np.prod(e.values.shape[:-1]))
    assert html.explanation(nothing).count("no relevance") == n_maps
    assert "no relevance" not in html.explanation(e)


def test_words_of_no_caption_are_bars() -> None:
    e = Explanation([3.0, 1.0], (Axis("word", ("accident", EVIL)),), "count")
    drawn = html.explanation(e)
    checked(drawn)
    assert "saii-bars" in drawn
    assert "<small>" not in drawn


def test_words_without_relevance_say_so() -> None:
    assert "no relevance" in html.shaded_words(("a", "van"), (0, 0))


def test_what_does_not_fit_is_counted() -> None:
    assert "and 100 more values" in html.explanation(results()["other"]())


def test_words_show_share_and_role() -> None:
    caption = CAPTIONS[0]
    drawn = html.shaded_words([w.text for w in caption.words], (0, 1, 2, 0, 0, 1), [w.role for w in caption.words])
    assert re.findall(r"<small>(.*?)</small>", drawn) == ["0.0", "25.0", "50.0", "0.0", "0.0", "25.0"]
    assert drawn.count("saii-principal") == 2
    assert drawn.count("saii-context") == 1
    assert drawn.count("saii-function") == 3
    assert "truck: principal word, 50.0\u202f% of the word relevance" in drawn


def test_roles_differ_by_more_than_colour() -> None:
    sheet = html.style()
    assert re.search(r"\.saii-principal b \{[^}]*font-weight: 700[^}]*2px solid", sheet)
    assert re.search(r"\.saii-context b \{[^}]*dotted", sheet)
    assert re.search(r"\.saii-function b \{[^}]*italic", sheet)


def test_matrix_marks_the_largest_of_each_row_and_frames_cells() -> None:
    drawn = html.matrix_table([[1, 5], [7, 2]], ("p", "q"), ("x", "y"), unit="logit", framed=[(0, 0), (1, 0)])
    classes = re.findall(r'<td(?: class="([^"]*)")? style', drawn)
    assert classes == ["saii-mine", "saii-max", "saii-max saii-mine", ""]
    assert "own caption" in drawn
    assert "largest of its row" in drawn


def test_first_rank_is_the_best() -> None:
    drawn = html.matrix_table([[2, 1, 3]], ("p",), ("x", "y", "z"), unit="rank")
    assert re.findall(r'class="saii-max"[^>]*>(\d)<', drawn) == ["1"]


def test_large_matrices_are_grids_that_are_read_by_pointing() -> None:
    n = 32
    values = np.eye(n) * 0.9
    drawn = html.matrix_table(values, [f"p{k}" for k in range(n)], [f"{k} {'x' * 40}" for k in range(n)], unit="share")
    checked(drawn)
    assert drawn.count("●") == n
    assert drawn.count("90.0") == n
    assert f"<summary>The {n} columns</summary>" in drawn


def test_cells_can_be_read() -> None:
    drawn = html.matrix_table(np.linspace(0, 1, 16)[None], ("p",), tuple("abcdefghijklmnop"), unit="share")
    cells = re.findall(r"background:#(\w{6});color:#(\w{6})", drawn)
    assert len(cells) == 16
    assert all(contrast(tuple(bytes.fromhex(a)), tuple(bytes.fromhex(b))) >= 4.5 for a, b in cells)


def test_text_can_be_read_in_both_themes() -> None:
    tokens = dict(re.findall(r"--saii-(\w+): .*?light-dark\((#\w{6}, #\w{6})\)", html.style()))
    colours = {name: [tuple(bytes.fromhex(c[1:])) for c in both.split(", ")] for name, both in tokens.items()}
    for theme in (0, 1):
        for ink in ("ink", "muted", "accent"):
            for ground in ("paper", "panel"):
                assert contrast(colours[ink][theme], colours[ground][theme]) >= 4.5, (ink, ground, theme)
        assert contrast(colours["ink"][theme], colours["mark"][theme]) >= 4.5
        for line in ("principal", "context"):
            assert contrast(colours[line][theme], colours["paper"][theme]) >= 3  # graphics, WCAG 1.4.11


def test_bars_start_at_zero() -> None:
    drawn = html.bar_list(("up", "down"), (3, -1), unit="logit")
    assert re.findall(r"left:([\d.]+)%;width:([\d.]+)%", drawn) == [("25.00", "75.00"), ("0.00", "25.00")]
    assert "+3.00" in drawn
    assert "−1.00" in drawn


def test_intervals_lie_on_one_scale_and_say_themselves() -> None:
    drawn = html.interval_list([html.Interval(EVIL, 0.5, 0.25, 2.0)], low=0, high=1, reference=0.0)
    reader = checked(drawn)
    assert ("x1", "25.00%") in reader.attributes
    assert ("x2", "100.00%") in reader.attributes  # cut off
    assert ("cx", "50.00%") in reader.attributes
    assert "95 % interval" in drawn


def test_tables_put_numbers_right_and_count_the_rest() -> None:
    rows = [{"name": EVIL, "n": k, "flag": True, "gap": None} for k in range(60)]
    drawn = html.table(rows)
    checked(drawn)
    assert drawn.count('class="saii-number"') == 51 * 2  # "n", and "gap" in which nothing is a text
    assert "and 10 more rows" in drawn
    assert "<td>yes</td>" in drawn
    assert "No rows" in html.table([])


def test_origin_is_folded_away_escaped_and_short() -> None:
    origin = Origin.now("m", "r", EVIL, {"captions": ["x" * 50] * 100, EVIL: True}, seed=0, seconds=1.5)
    drawn = html.origin_details(origin)
    checked(drawn)
    assert "<dt>seed</dt><dd>0</dd>" in drawn
    assert "(100 entries)" in drawn
    assert "numpy" in drawn
    assert html.origin_details(None) == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "share", "0.0\u202f%"),
        (1.0, "probability", "100.0\u202f%"),
        (0.9999, "probability", ">99.9\u202f%"),
        (1e-6, "share", "<0.1\u202f%"),
        (-1e-6, "share", ">−0.1\u202f%"),
        (-0.001, "logit", "0.00"),
        (2.0, "logit", "2.00"),
        (3.0, "rank", "3"),
        (0.0123, "relevance", "0.012"),
        (0.00051, "relevance", "5.1 × 10⁻⁴"),
        (-1234.5, "relevance", "−1234"),
    ],
)
def test_numbers(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_signed_numbers() -> None:
    assert [shown(v, "logit", signed=True) for v in (1.5, -1.5, 0.0)] == ["+1.50", "−1.50", "0.00"]


def test_long_names_keep_both_ends() -> None:
    assert shortened("cam1_2026-11-18_20-13-12.jpg") == "cam1_20…-13-12.jpg"
    assert shortened("short.jpg") == "short.jpg"


def test_role_key_names_all_roles() -> None:
    assert all(f"{role} word" in html.role_key() for role in Role)


def test_a_sortable_table_is_whole_and_escaped_and_has_no_script() -> None:
    rows = [(EVIL, [("1", 1.0), (EVIL, None)]), ("b", [("0.5", 0.5), ("3", 3.0)])]
    drawn = html.sortable_table("name", ["first", EVIL], rows, notes={EVIL: EVIL})
    read = Reader(drawn)
    assert {"script", "img"}.isdisjoint(read.tags)
    assert "--at-0:2;--at-1:2" in drawn, "the first row is second in both orders: what has no number goes to the end"
    assert "--at-0:1;--at-1:1" in drawn
    assert read.tags.count("input") == 2
    assert drawn.count(" checked") == 1


def test_concepts_that_are_missing_are_said_to_be_and_have_no_bar_or_column() -> None:
    classes, concepts = Axis("class", ("bus", "taxi")), Axis("concept", ("wheel", EVIL, "sign", "ladder"))
    present = {"presence": Explanation([1, 0, 1, 1], concepts, "presence")}
    values = np.array([[0.5, 0, -2, 1], [-0.1, 0, 0.3, 0.2]])
    drawn = html.explanation(Explanation(values[0], concepts, "logit", companions=present), with_companions=False)
    checked(drawn)
    assert re.findall('class="saii-label">([^<]*)<', drawn) == ["sign", "ladder", "wheel"], "the strongest first"
    assert "Not in this picture: &lt;script&gt;" in drawn
    both = Explanation(values, (classes, concepts), "logit", companions=present)
    drawn = html.explanation(both, with_companions=False)
    checked(drawn)
    assert re.findall('title="([a-z]+)"><span>', drawn) == ["wheel", "sign", "ladder"]
    assert "saii-zero" in drawn, "zero lies in the middle of the scale"
    gone = replace(both, companions={"presence": Explanation(np.zeros(4), concepts, "presence")})
    assert "Not in this picture: wheel, " in html.explanation(gone, with_companions=False)
