"""Sentences say what they are given, and what they say can be read back."""

import numpy as np
import pytest

from saii_widgets.engine.concepts.prompt_writer import tokens_of
from saii_widgets.engine.concepts.sentences import TOKENS, Said, compose, facts, join, parse, spans
from saii_widgets.engine.concepts.telling import Telling
from tests.engine.concepts.told import told

NAMES = ("ladder", "head lamp", "black and white stripe", "wheel", "stop sign", "sign")


def random_facts(seed: int) -> Said:
    dice = np.random.default_rng(seed)
    n = int(dice.integers(0, 7))
    telling = Telling.sorted(
        "taxi",
        bool(dice.integers(2)),
        dice.permutation(40)[:n],
        dice.normal(size=n),
        dice.uniform(0.1, 1, n),
        np.zeros((n, 2)),
        dice.random((n, 4)),
        dice.normal(size=(n, n, 5)),
        n_told=6,
    )
    return facts(telling, [str(name) for name in dice.permutation(NAMES)[: len(telling)]])


@pytest.mark.parametrize("seed", range(60))
def test_what_is_composed_is_read_back(seed: int) -> None:
    said = random_facts(seed)
    tokens = compose(said)
    assert parse(tokens) == said
    words = {word for name in NAMES for word in name.split()}
    assert {token for token in tokens if not token.isdecimal()} <= {*TOKENS, *words}
    text = join(tokens, "taxi")
    assert parse(tokens_of(text, "taxi")) == said
    for span in spans(text, said, "taxi"):
        piece = text[span.start : span.end]
        if span.kind == "name":
            assert piece.rsplit(" ", 1)[1] == str(span.concept + 1)
    assert sum(span.kind == "name" for span in spans(text, said, "taxi")) == len(said.claims)


def test_a_text_in_full() -> None:
    boxes = [(4, 2, 20, 5), (2, 18, 6, 22), (20, 19, 22, 21)]
    telling = Telling.of(told(np.array([[3.0, 1.5, -2.0], [0, 0, 0]]), boxes))
    text = join(compose(facts(telling, ["ladder", "wheel", "head lamp"])), "ambulance")
    assert text == (
        "This is taken for an ambulance. What speaks for it most is ladder 1 (10/10) at the top, followed by "
        "wheel 2 (5/10) below and left of ladder 1. What speaks against it is head lamp 3 (7/10) below and right of "
        "ladder 1."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a picture of a bus",
        "This is taken for a bus . What speaks for it is wheel . Nothing",
        "What speaks for it most is 3 ( 4/10 ) wheel at the top .",
        "What speaks for it is wheel 3 (4/10) somewhere .",
    ],
)
def test_other_texts_claim_nothing(text: str) -> None:
    assert parse(tokens_of(text, "bus")).claims == ()


def test_one_wrong_word_is_seen() -> None:
    said = next(random_facts(seed) for seed in range(60) if len(random_facts(seed).claims) > 3)
    tokens = compose(said)
    for k, token in enumerate(tokens):
        if token.startswith("("):
            changed = [*tokens[:k], "(1/10)" if token != "(1/10)" else "(2/10)", *tokens[k + 1 :]]
            assert parse(changed) != said
