from __future__ import annotations

from random import Random
from typing import get_args

import pytest

from saii_widgets.data.scenes import DrawnScene, draw
from saii_widgets.data.scenes.captions import (
    CONTEXT_PHRASES,
    CaptionKind,
    Swap,
    canonical,
    compose,
    phrase,
    swapped,
    true_facts,
    vocabulary,
)
from saii_widgets.data.scenes.facts import CONTEXT, FACTS, FALSE, HELD_OUT, SERVICES, SKIES, TRUE, Fact

KINDS: tuple[CaptionKind, ...] = get_args(CaptionKind)
SWAPS: tuple[Swap, ...] = get_args(Swap)


@pytest.fixture(scope="module")
def scenes() -> list[DrawnScene]:
    return [draw(seed, size=72) for seed in range(200)]


@pytest.mark.parametrize("kind", [*KINDS, None])
def test_true_facts_are_true(scenes: list[DrawnScene], kind: CaptionKind | None) -> None:
    for seed, scene in enumerate(scenes):
        facts = true_facts(scene.truth, scene.vehicles, Random(seed), kind)
        assert facts
        assert all(scene.truth[i] == TRUE for i in facts)


def test_kinds_of_caption(scenes: list[DrawnScene]) -> None:
    for seed, scene in enumerate(scenes):
        about = true_facts(scene.truth, scene.vehicles, Random(seed), "context")
        assert all(FACTS[i].context for i in about)
        if any(scene.truth[i] == TRUE for i, fact in enumerate(FACTS) if fact.colour and fact.type):
            about = true_facts(scene.truth, scene.vehicles, Random(seed), "vehicles")
            assert all(FACTS[i].is_vehicle for i in about)


@pytest.mark.parametrize("what", [*SWAPS, None])
def test_a_swap_is_false_of_the_scene_and_differs_in_one_word(scenes: list[DrawnScene], what: Swap | None) -> None:
    found = 0
    for seed, scene in enumerate(scenes):
        rng = Random(seed)
        facts = true_facts(scene.truth, scene.vehicles, rng, "mixed")
        false = swapped(facts, scene.truth, rng, what)
        if false is None:
            continue
        found += 1
        changed = [(FACTS[a], FACTS[b]) for a, b in zip(facts, false, strict=True) if a != b]
        assert any(scene.truth[i] == FALSE for i in false)
        assert len(changed) <= 2
        assert not any((new.colour, new.type) in HELD_OUT for _, new in changed)
        if what == "colour":
            assert all(old.type == new.type and old.colour != new.colour for old, new in changed)
            assert not any(old.type in SERVICES for old, _ in changed)
        elif what == "type":
            assert all(old.colour == new.colour and old.type != new.type for old, new in changed)
        elif what == "binding":
            (a, b), (c, d) = changed
            assert (a.colour, a.type, c.colour, c.type) == (d.colour, b.type, b.colour, d.type)
        elif what == "context":
            ((old, new),) = changed
            assert (old.context in SKIES) == (new.context in SKIES)
    assert found > 15


def test_held_out_pairs_are_named_only_on_demand() -> None:
    scene = draw(0, held_out=True)
    rng = Random(0)
    named: set[tuple[str | None, str | None]] = set()
    facts = [FACTS.index(Fact("red", "van"))]
    for _ in range(200):
        false = swapped(facts, scene.truth, rng, "colour", allow_held_out=True)
        named |= {(FACTS[i].colour, FACTS[i].type) for i in false or ()}
    assert ("green", "van") in named


def test_vocabulary_covers_whatever_is_said(scenes: list[DrawnScene]) -> None:
    known = set(vocabulary())
    said: set[str] = set()
    rng = Random(0)
    for fact in FACTS:
        for _ in range(60):
            said |= words(phrase(fact, rng))
        said |= words(canonical(fact))
    for scene in scenes:
        for kind in (*KINDS, None):
            facts = true_facts(scene.truth, scene.vehicles, rng, kind)
            said |= words(compose([FACTS[i] for i in facts], rng))
            false = swapped(facts, scene.truth, rng)
            if false:
                said |= words(compose([FACTS[i] for i in false], rng))
    assert said - known == set()
    assert len(known & said) > 0.9 * len(known)


def test_compose_states_every_fact() -> None:
    rng = Random(1)
    for _ in range(300):
        context = rng.sample(CONTEXT, 2)
        text = compose([Fact("red", "bus"), *(Fact(context=name) for name in context)], rng)
        assert "red bus" in text or "red coach" in text
        for name in context:
            said = (
                *CONTEXT_PHRASES[name],
                "at night",
                "in the rain",
                "on a rainy day",
                "in the fog",
                "in the snow",
                "at sunset",
            )
            assert any(choice in text for choice in said)


def test_compose_leaves_its_arguments_alone_and_repeats_itself() -> None:
    facts = [Fact("red", "bus"), Fact(context="fence"), Fact("blue", "car")]
    before = list(facts)
    assert compose(facts, Random(2)) == compose(facts, Random(2))
    assert facts == before


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (Fact("orange", "van"), "an orange van"),
        (Fact(type="ambulance"), "an ambulance"),
        (Fact(colour="red"), "a red vehicle"),
        (Fact(context="fence"), "a metal fence"),
        (Fact(context="trees"), "trees"),
    ],
)
def test_canonical(fact: Fact, text: str) -> None:
    assert canonical(fact) == text


def words(text: str) -> set[str]:
    return set(text.replace(",", " ,").split())
