"""Narrations: spans hold or are refused, JSON brings back the same, HTML is text."""

from __future__ import annotations

import json
import re

import pytest

import saii_widgets as sw
from saii_widgets.core.errors import InputError
from saii_widgets.core.narration import Narration, Span
from saii_widgets.core.origin import Origin

TEXT = "The grille 😀 (+1.20) speaks for it. Wheels at No. 2 speak against it!\n\nNo mirror was found"
NAMES = ("grille", "wheel", "mirror")


def spans() -> list[Span]:
    def at(piece: str, concept: int, kind: str) -> Span:
        return Span(TEXT.index(piece), TEXT.index(piece) + len(piece), concept, kind)

    return [
        at("at No. 2", 1, "place"), at("grille", 0, "name"), at("speaks for", 0, "sign"), at("Wheels", 1, "name"),
        at("speak against", 1, "sign"), at("mirror", 2, "name"),
    ]  # fmt: skip


def said(**more: object) -> Narration:
    return Narration(TEXT, spans(), "school bus", NAMES, **more)  # pyright: ignore[reportArgumentType]


def test_spans_are_of_code_points_and_in_order() -> None:
    narration = said()
    assert sw.Narration is Narration
    assert narration.said_of(1) == ("Wheels", "at No. 2", "speak against")
    assert [span.start for span in narration.spans] == sorted(span.start for span in spans())
    assert narration.written == TEXT
    assert (narration.repairs, narration.repair_rate) == (0, 0.0)
    assert said(repairs=3, written="grille grille").repair_rate == 0.5


def test_sentences_end_at_no_number_and_in_no_span() -> None:
    read = [TEXT[start:end] for start, end in said().sentences]
    assert read == [
        "The grille 😀 (+1.20) speaks for it.",
        "Wheels at No. 2 speak against it!",
        "No mirror was found",
    ]
    assert Narration("").sentences == ()
    assert Narration("one").sentences == ((0, 3),)
    assert [b for _, b in Narration(TEXT).sentences] != [b for _, b in said().sentences]  # without spans "No." ends one


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"spans": [Span(0, 4), Span(3, 5)]}, "none over another; got 3 to 5"),
        ({"spans": [Span(-1, 4)]}, "spans within the text"),
        ({"spans": [Span(2, 2)]}, "spans within the text"),
        ({"spans": [Span(0, 500)]}, "got 0 to 500 of"),
        ({"spans": [Span(0, 4, 3)]}, r"concepts 0 to 2, or -1; got 3"),
        ({"spans": [Span(0, 4, -2)]}, "got -2"),
        ({"spans": [Span(0, 4, 0)], "names": ()}, "no names were given"),
        ({"spans": [Span(0, 4, 0, "")]}, "a kind for each span"),
        ({"names": "grille"}, "one a concept"),
        ({"repairs": -1}, "repairs from 0 on"),
    ],
)
def test_what_does_not_hold_is_refused(wrong: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Narration(**{"text": TEXT, "spans": spans(), "names": NAMES, **wrong})


def test_round_trip_through_json() -> None:
    full = said(repairs=2, written="The the grille.", origin=Origin.now("narrator", "abc", "Narrator", {"beams": 2}))
    for narration in (full, said(), Narration("")):
        assert Narration.from_dict(json.loads(json.dumps(narration.to_dict()))) == narration
    with pytest.raises(InputError, match="also tone"):
        Narration.from_dict({**full.to_dict(), "tone": "glad"})
    for wrong in ({"text": "x"}, {"spans": []}, {"text": "x", "spans": [[1]]}, {"text": "x", "spans": 3}):
        with pytest.raises(InputError):
            Narration.from_dict(wrong)


def test_it_is_drawn_as_text() -> None:
    html = said(repairs=1, written="<i>before</i>")._repr_html_()
    assert '<mark title="name of grille">grille</mark>' in html
    assert '<u title="sign of wheel">speak against</u>' in html
    assert "1 repair in 6 linked pieces (16.7\u202f%)" in html
    assert "&lt;i&gt;before" in html
    assert str(said()) == TEXT
    drawn = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    assert re.sub(r"<[^>]+>", "", drawn).count(TEXT) == 1
    evil = "<script>x</script>"
    hostile = Narration(evil, [Span(0, 8, 0, evil), Span(8, 9, -1)], evil, [evil])._repr_html_()
    assert "<script" not in hostile
    assert "nothing repaired" in hostile
