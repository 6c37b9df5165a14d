"""Words taken out of many captions by grammar: what is left must read."""

import random
from itertools import pairwise

import pytest

from saii_widgets.core.caption_chunks import chunks
from saii_widgets.core.function_words import ARTICLES, CONJUNCTIONS, DETERMINERS, MODIFIERS, PREPOSITIONS
from saii_widgets.core.text import Caption, Role
from saii_widgets.core.word_spans import word_spans
from saii_widgets.data.scenes.captions import compose
from saii_widgets.data.scenes.facts import FACTS

VOWEL_SOUND = tuple("aeiou")


def written(n: int, seed: int) -> list[Caption]:
    rng = random.Random(seed)
    return [Caption.parse(compose(rng.sample(FACTS, rng.randint(1, 6)), rng)) for _ in range(n)]


def faults(before: Caption, after: Caption) -> list[str]:
    """What does not read in a caption from which words were taken."""
    text, words = after.text, after.words
    found = []
    if text != text.strip() or "  " in text or " ," in text or ",," in text.replace(" ", ""):
        found.append("spaces or commas")
    if text[:1] in ",;" or text[-1:] in ",;":
        found.append("a comma at an end")
    spelled = [word.text.casefold() for word in words]
    if spelled[0] in CONJUNCTIONS or (spelled[0] in PREPOSITIONS and before.words[0].text.casefold() != spelled[0]):
        found.append(f"begins with {spelled[0]!r}")
    if spelled[-1] in CONJUNCTIONS | PREPOSITIONS | DETERMINERS:
        found.append(f"ends with {spelled[-1]!r}")
    for first, second in pairwise(words):
        a, b = first.text.casefold(), second.text.casefold()
        gap = text[first.end : second.start]
        if a in DETERMINERS and (b in CONJUNCTIONS | PREPOSITIONS | ARTICLES or gap != " "):
            found.append(f"{a!r} before {b!r}")
        if a in CONJUNCTIONS | PREPOSITIONS and b in CONJUNCTIONS | PREPOSITIONS:
            found.append(f"{a!r} before {b!r}")
        if a in CONJUNCTIONS | PREPOSITIONS and "," in gap:
            found.append(f"a comma after {a!r}")
        if a in ("a", "an") and (a == "an") != b.startswith(VOWEL_SOUND):
            found.append(f"{a!r} before {b!r}")
    return found


def content(caption: Caption) -> list[tuple[str, Role]]:
    return [(word.text, word.role) for word in caption.words if word.role is not Role.FUNCTION]


def test_faults_are_found() -> None:
    whole = Caption.parse("a red truck and a blue car near a metal fence")
    for broken in (
        "near a metal fence",
        "and a blue car",
        "a red truck and",
        "a red truck near",
        "a red truck and near a metal fence",
        "a and a blue car",
        ", a blue car",
        "a red truck , a blue car",
        "a orange car",
        "an blue car",
        "a near a metal fence",
        "a red truck with, a blue car",
    ):
        assert faults(whole, Caption.parse(broken)), broken
    assert not faults(whole, whole)


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.NON_PRINCIPAL])
def test_what_is_left_without_a_role_reads(role: Role) -> None:
    for caption in written(1500, seed=1):
        left = caption.without(role, allow_empty=True)
        expected = [entry for entry in content(caption) if entry[1] is not role]
        assert content(left) == expected, (caption.text, left.text)
        if left.text:
            assert not faults(caption, left), (caption.text, left.text)


def test_what_is_left_without_any_noun_phrases_reads() -> None:
    rng = random.Random(2)
    for caption in written(1500, seed=3):
        whole = chunks(caption.text, caption.words)
        gone = [k for chunk in rng.sample(whole, rng.randint(0, len(whole))) for k in chunk.content]
        left = caption.without(gone, allow_empty=True)
        expected = [
            (word.text, word.role)
            for k, word in enumerate(caption.words)
            if k not in gone and word.role is not Role.FUNCTION
        ]
        assert content(left) == expected, (caption.text, gone, left.text)
        if left.text:
            assert not faults(caption, left), (caption.text, gone, left.text)


def test_what_is_left_without_single_words_reads() -> None:
    rng = random.Random(4)
    for caption in written(1500, seed=5):
        named = [k for k, word in enumerate(caption.words) if word.role is not Role.FUNCTION]
        gone = set(rng.sample(named, rng.randint(1, len(named))))
        left = caption.without(gone, allow_empty=True)
        expected = [(caption.words[k].text, caption.words[k].role) for k in named if k not in gone]
        lost = [entry for entry in expected if entry not in content(left)]
        assert all(text in MODIFIERS for text, _ in lost), (caption.text, gone, left.text)
        assert content(left) == [entry for entry in expected if entry not in lost]
        if left.text:
            assert not faults(caption, left), (caption.text, gone, left.text)


def test_every_place_of_the_result_is_a_word_of_its_text() -> None:
    for caption in written(300, seed=6):
        left = caption.without(Role.PRINCIPAL, allow_empty=True)
        at = {k for word in left.words for k in range(word.start, word.end)}
        assert all(set(range(a, b)) <= at for a, b in word_spans(left.text)), left.text


@pytest.mark.parametrize(
    ("text", "without_principal", "without_the_rest"),
    [
        ("a red truck near a metal fence", "a metal fence", "a red truck"),
        (
            "a red truck and a blue car near a metal fence under an overcast sky",
            "a metal fence under an overcast sky",
            "a red truck and a blue car",
        ),
        ("a photo of a red bus on the road", "a photo of the road", "a photo of a red bus"),
        ("A red truck, a van and a bus near trees at night.", "Trees at night.", "A red truck, a van and a bus."),
        ("there is an orange car with heavy rain", "heavy rain", "there is an orange car"),
        ("A large red truck is parked next to a fence", "A fence", "A red truck"),
        ("In the rain, a red truck waits near a fence", "In the rain near a fence", "A red truck"),
        ("a group of red cars in front of an old wall", "an old wall", "a group of red cars"),
        ("trees, a white van, houses and a billboard", "trees, houses and a billboard", "a white van"),
        ("trees, a white van, and houses", "trees and houses", "a white van"),
        ("a fence behind which a red truck stands", "a fence", "a red truck"),
        ("a tree and an old red lorry", "a tree", "a red lorry"),
        ("a road (with a car) at dusk", "a road at dusk", "a car"),
    ],
)
def test_sentences(text: str, without_principal: str, without_the_rest: str) -> None:
    caption = Caption.parse(text)
    assert caption.without(Role.PRINCIPAL).text == without_principal
    assert caption.without(Role.NON_PRINCIPAL).text == without_the_rest


def test_a_colour_without_its_noun_loses_its_article() -> None:
    caption = Caption.parse("a red truck near a fence")
    assert caption.without([2]).text == "red near a fence"


def test_the_article_of_a_lost_colour_serves_the_next() -> None:
    assert Caption.parse("a red and white bus").without([1]).text == "a white bus"
    assert Caption.parse("a red and orange bus").without([1]).text == "an orange bus"


def test_any_text_can_lose_any_words() -> None:
    rng = random.Random(7)
    parts = [
        "a",
        "The",
        "and",
        "red",
        "truck",
        "of",
        "photo",
        "🚗",
        "富士山",
        "parked",
        "metal fence",
        "near",
        "is",
        "(",
        ")",
    ]
    for _ in range(1500):
        text = "".join(rng.choice(parts) + rng.choice([" ", " ", " ", ", ", ". ", "; ", " - ", '"']) for _ in range(9))
        caption = Caption.parse(text + "bus")
        gone = {k for k in range(len(caption.words)) if rng.random() < 0.4}
        left = caption.without(gone, allow_empty=True)  # its words are checked against its text when it is made
        named = [
            w.text.casefold() for k, w in enumerate(caption.words) if k not in gone and w.role is not Role.FUNCTION
        ]
        kept = [w.text.casefold() for w in left.words if w.role is not Role.FUNCTION]
        assert [text for text in named if text != "parked"] == [text for text in kept if text != "parked"]
