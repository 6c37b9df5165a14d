import pytest

from saii_widgets.core.word_spans import forbidden_characters, word_spans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a driver's two-door car", ["a", "driver's", "two-door", "car"]),
        ("3.5 t at 10:30, no. 7.", ["3.5", "t", "at", "10:30", "no", "7"]),
        ("‘quoted’ — dashed – end-", ["quoted", "dashed", "end"]),
        ("km/h", ["km", "h"]),
        ("naïve cafe\u0301", ["naïve", "cafe\u0301"]),
        ("می\u200cروم", ["می\u200cروم"]),
        ("富士山の車", ["富士山の車"]),
        ("🚗🚗", ["🚗", "🚗"]),
        ("👨‍👩‍👧 ❤️ 👍🏿", ["👨‍👩‍👧", "❤️", "👍🏿"]),
        ("🇬🇧🇮🇪", ["🇬🇧", "🇮🇪"]),
        ("x² + y", ["x²", "y"]),
        ("_ $ % -", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [text[a:b] for a, b in word_spans(text)] == words


def test_forbidden_characters() -> None:
    assert forbidden_characters("a\tb\n") == []
    assert forbidden_characters("a\x1b[31m\x07\x1b") == ["U+001B", "U+0007"]
    assert forbidden_characters("\u2066x") == ["U+2066"]
