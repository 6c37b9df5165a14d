import pytest

from saii_widgets.core.article import article_for


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("orange van", "an"),
        ("red van", "a"),
        ("hour", "an"),
        ("unicorn", "a"),
        ("one-way street", "a"),
        ("umbrella", "an"),
        ("SUV", "an"),
        ("MPV", "an"),
        ("8-wheeler", "an"),
        ("4x4", "a"),
        ("uniform", "a"),
        ("uninsured car", "an"),
        ("European van", "a"),
        ("STOP sign", "a"),
    ],
)
def test_articles(word: str, article: str) -> None:
    for given in ("a", "an"):
        assert article_for(given, word) == article
        assert article_for(given.capitalize(), word) == article.capitalize()
    assert article_for("the", word) == "the"
