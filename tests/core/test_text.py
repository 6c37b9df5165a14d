import pytest

from saii_widgets.core.errors import CaptionError, InputError
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Caption, Role, Word

FULL = "a red truck and a blue car near a metal fence under an overcast sky"


def test_words_have_places_and_roles() -> None:
    caption = Caption.parse("A red truck, near a metal fence!")
    assert [(w.text, w.role) for w in caption.words] == [
        ("A", Role.FUNCTION),
        ("red", Role.PRINCIPAL),
        ("truck", Role.PRINCIPAL),
        ("near", Role.FUNCTION),
        ("a", Role.FUNCTION),
        ("metal fence", Role.NON_PRINCIPAL),
    ]
    assert all(caption.text[w.start : w.end] == w.text for w in caption.words)
    assert str(caption) == caption.text


def test_a_colour_of_surroundings_belongs_to_their_phrase() -> None:
    assert [w.text for w in Caption.parse("a red logo on a red bus").words if w.role is not Role.FUNCTION] == [
        "red logo",
        "red",
        "bus",
    ]


def test_a_phrase_does_not_reach_over_punctuation() -> None:
    assert [w.text for w in Caption.parse("metal, fence").words] == ["metal", "fence"]
    assert [w.text for w in Caption.parse("metal \n fence").words] == ["metal \n fence"]


def test_plurals_play_the_role_of_the_singular() -> None:
    words = Caption.parse("lorries and buses near small houses and traffic lights").words
    assert [w.role for w in words if w.text in ("lorries", "buses")] == [Role.PRINCIPAL] * 2
    assert [w.text for w in words if w.role is Role.NON_PRINCIPAL] == ["small houses", "traffic lights"]


def test_other_scripts_and_emoji_are_words() -> None:
    caption = Caption.parse("🚗 und 🚙🚒 neben हिन्दी, Straße, 👩🏽‍🚒, 🇩🇪🇫🇷")
    texts = [w.text for w in caption.words]
    assert texts == ["🚗", "und", "🚙", "🚒", "neben", "हिन्दी", "Straße", "👩🏽‍🚒", "🇩🇪", "🇫🇷"]
    assert caption.without([0]).text == "und 🚙🚒 neben हिन्दी, Straße, 👩🏽‍🚒, 🇩🇪🇫🇷"


def test_a_lexicon_decides() -> None:
    lexicon = Lexicon({"crane": Role.PRINCIPAL, "tower crane": Role.NON_PRINCIPAL})
    caption = Caption.parse("a crane by a tower crane and a truck", lexicon)
    assert [(w.text, str(w.role)) for w in caption.words if w.role is not Role.FUNCTION] == [
        ("crane", "principal"),
        ("tower crane", "non-principal"),
        ("truck", "non-principal"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("?!", "no word"),
        ("there is a", "stop words"),
        ("a photo of the", "stop words"),
        ("a red\x00truck", "U\\+0000"),
        ("a red\u202etruck", "U\\+202E"),
        ("a \ud83d truck", "U\\+D83D"),
    ],
)
def test_what_is_no_caption(text: str, names: str) -> None:
    with pytest.raises(CaptionError, match=names) as caught:
        Caption.parse(text)
    assert caught.value.do


def test_what_is_no_text() -> None:
    with pytest.raises(CaptionError, match="int"):
        Caption.parse(3)  # type: ignore[arg-type]


def test_words_must_be_where_they_say() -> None:
    with pytest.raises(CaptionError, match="at 0 to 3"):
        Caption("blue car", (Word("red", 0, 3, Role.PRINCIPAL),))
    with pytest.raises(CaptionError, match="in order"):
        Caption("blue car", (Word("car", 5, 8, Role.PRINCIPAL), Word("blue", 0, 4, Role.PRINCIPAL)))


def test_indices_and_roles() -> None:
    caption = Caption.parse(FULL)
    assert [caption.words[k].text for k in caption.indices(Role.PRINCIPAL)] == ["red", "truck", "blue", "car"]
    changed = caption.with_role(-1, Role.PRINCIPAL)
    assert changed.words[-1].role is Role.PRINCIPAL
    assert changed.text == FULL
    assert caption.words[-1].role is Role.NON_PRINCIPAL
    assert changed.without(Role.NON_PRINCIPAL).words[-1].role is Role.PRINCIPAL, "roles that were set survive"


def test_without() -> None:
    caption = Caption.parse(FULL)
    assert caption.without(Role.PRINCIPAL).text == "a metal fence under an overcast sky"
    assert caption.without([1, 2]).text == "a blue car near a metal fence under an overcast sky"
    assert caption.without([-1]).text == "a red truck and a blue car near a metal fence"
    assert caption.without([]) is caption
    assert caption.without(Role.FUNCTION).text == "red truck blue car metal fence overcast sky"


def test_without_everything() -> None:
    caption = Caption.parse("a red truck")
    with pytest.raises(CaptionError, match="'red', 'truck'"):
        caption.without(Role.PRINCIPAL)
    assert caption.without(Role.PRINCIPAL, allow_empty=True) == Caption("", ())


def test_places_that_are_not_there() -> None:
    caption = Caption.parse("a red truck")
    for call in (
        lambda: caption.without([3]),
        lambda: caption.swapped(-4, "x"),
        lambda: caption.with_role(9, "function"),
    ):
        with pytest.raises(InputError, match="0 to 2"):
            call()


def test_swapped() -> None:
    caption = Caption.parse("A red truck, near a metal fence.")
    assert caption.swapped(1, "orange").text == "An orange truck, near a metal fence."
    swapped = caption.swapped(5, "old wooden gate")
    assert swapped.text == "A red truck, near an old wooden gate."
    assert swapped.words[5] == Word("old wooden gate", 21, 36, Role.NON_PRINCIPAL)
    with pytest.raises(CaptionError, match="metal fence"):
        caption.swapped(5, " - ")


def test_phrases() -> None:
    caption = Caption.parse(
        "a parked red truck, a red logo and road markings near a truck driver under an overcast sky"
    )
    assert [p.text for p in caption.phrases()] == ["a red logo", "road markings", "an overcast sky"]
    assert [p.text for p in Caption.parse("a red truck near a red truck at night").phrases(Role.PRINCIPAL)] == [
        "a red truck"
    ]
    assert caption.phrases()[0].words[-1] == Word("red logo", 2, 10, Role.NON_PRINCIPAL)
