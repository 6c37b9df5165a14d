import pytest

from saii_widgets.core.errors import InputError
from saii_widgets.core.lexicon import Lexicon, forms
from saii_widgets.core.role import Role
from saii_widgets.data.scenes.captions import COLOUR_WORDS, CONTEXT_PHRASES, TYPE_WORDS


def test_traffic_knows_what_the_drawn_scenes_say() -> None:
    lexicon = Lexicon.traffic()
    for words in (*TYPE_WORDS.values(), *COLOUR_WORDS.values()):
        assert all(lexicon.role(word) is Role.PRINCIPAL for word in words), words
    for phrase in (p for phrases in CONTEXT_PHRASES.values() for p in phrases):
        assert lexicon.role(phrase.removeprefix("a ").removeprefix("an ")) is Role.NON_PRINCIPAL, phrase


def test_case_and_plural_make_no_difference() -> None:
    lexicon = Lexicon({"Fire Engine": Role.PRINCIPAL, "cones": Role.PRINCIPAL})
    assert lexicon.role("FIRE  engines") is Role.PRINCIPAL
    assert lexicon.role("cone") is Role.PRINCIPAL
    assert lexicon.role("care") is Role.NON_PRINCIPAL
    assert Lexicon.traffic().role("cares") is Role.NON_PRINCIPAL
    assert Lexicon.traffic().role("bus") is Lexicon.traffic().role("buses") is Role.PRINCIPAL


def test_unknown_and_stop_words() -> None:
    lexicon = Lexicon({})
    assert lexicon.role("truck") is Role.NON_PRINCIPAL
    assert lexicon.role("The") is lexicon.role("in front of") is Role.FUNCTION
    assert Lexicon({"the": Role.PRINCIPAL}).role("the") is Role.PRINCIPAL


def test_with_roles() -> None:
    base = Lexicon.traffic()
    changed = base.with_roles({"Truck": Role.NON_PRINCIPAL, "sea wall": "principal"})  # type: ignore[dict-item]
    assert changed.role("truck") is changed.role("trucks") is Role.NON_PRINCIPAL
    assert changed.role("sea walls") is Role.PRINCIPAL
    assert base.role("truck") is Role.PRINCIPAL


def test_phrases_come_longest_first() -> None:
    phrases = Lexicon({"a b c d e": Role.PRINCIPAL, "a b": Role.PRINCIPAL, "a": Role.PRINCIPAL}).phrases
    lengths = [len(phrase.split()) for phrase in phrases]
    assert phrases[0] == "a b c d e"
    assert lengths == sorted(lengths, reverse=True)
    assert min(lengths) == 2


def test_the_longest_phrase_wins() -> None:
    lexicon = Lexicon({"blue sky": Role.NON_PRINCIPAL, "clear blue sky": Role.NON_PRINCIPAL})
    assert lexicon.longest_phrase(("Clear", "blue", "skies", "today")) == 3
    assert lexicon.longest_phrase(("blue", "sky")) == 2
    assert lexicon.longest_phrase(("clear", "sky")) == 1


def test_what_is_no_role() -> None:
    with pytest.raises(InputError, match=r"'truck'.*'main'"):
        Lexicon({"truck": "main"})  # type: ignore[dict-item]
    with pytest.raises(InputError, match="empty phrase"):
        Lexicon({" ": Role.PRINCIPAL})


@pytest.mark.parametrize(
    ("word", "singular"), [("trucks", "truck"), ("buses", "bus"), ("houses", "house"), ("lorries", "lorry")]
)
def test_forms(word: str, singular: str) -> None:
    assert singular in forms(word)
    assert forms("bus") == ("bus",)
    assert forms("glass") == ("glass",)
