"""Words of texts, fast."""

from __future__ import annotations

import random

import pytest

from saii_widgets.core.word_spans import word_spans
from saii_widgets.data.tokens import BREAK, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "A red truck, near a metal-mesh fence.",
            ["a", "red", "truck", BREAK, "near", "a", "metal-mesh", "fence", BREAK],
        ),
        ("lane 2 closed", ["lane", BREAK, "closed"]),
        ("the driver's 4x4", ["the", "driver's", "4x4"]),
        ("ÉCOLE fermée — 車 🚚 stop", ["école", "fermée", BREAK, "車", "🚚", "stop"]),
        ("cafe\u0301", ["café"]),
        ("", []),
        (" \t\n", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_the_fast_way_finds_the_words_of_the_slow_way() -> None:
    rng = random.Random(0)
    for _ in range(5000):
        text = "".join(rng.choice("abZ9_'-.,: \n(\x1f\x7f") for _ in range(rng.randrange(16)))
        slow = [text[a:b].lower() for a, b in word_spans(text)]
        assert [word for word in tokens(text) if word] == [w for w in slow if any(c.isalpha() for c in w)]


def test_any_text_is_cut_into_words_without_blanks() -> None:
    rng = random.Random(1)
    for _ in range(2000):
        text = "".join(
            chr(rng.choice((rng.randrange(0x250), rng.randrange(0x3000), rng.randrange(0x1F000, 0x20000))))
            for _ in range(12)
        )
        assert all(word == BREAK or not any(char in " \t\n" for char in word) for word in tokens(text))
