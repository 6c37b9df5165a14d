"""The pairs that explainers are compared on, and what each of them answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from PIL import Image

from saii_widgets.compare.answer import Answer, Explainer, Question, ask
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.text import Caption
from saii_widgets.engine.explained_pair import ExplainedPair, Game
from saii_widgets.engine.image_players import image_players
from saii_widgets.engine.measures.grid_game import grid_of_four, quarter_shares
from saii_widgets.engine.measures.pointing import patch_shares
from saii_widgets.engine.models.model import CoalitionScorer
from saii_widgets.engine.pair_players import PairPlayers

MOST_PLAYERS: Final = 49  # parts of a picture that are taken away one by one

Make = Callable[[Any], Explainer]
"""Takes a model and returns an explainer."""


@dataclass(frozen=True)
class Contest:
    """What is asked.

    Parameters
    ----------
    model
        With patches: a dual encoder, or a model of pairs.
    questions : tuple of Question
        One a scene.
    grids : tuple of Question
        Of four pictures each, asked for a thing that one of them shows; `shares` are those of its quarter.
    n_asked : int
        How many of the questions are put to measures that ask the model again and again.
    seed : int
    """

    model: Any
    questions: tuple[Question, ...]
    grids: tuple[Question, ...]
    n_asked: int
    seed: int
    _games: dict[int, Game] = field(init=False, repr=False, compare=False, default_factory=dict)

    @classmethod
    def of(
        cls, scenes: Sequence[Scene], model: Any, *, n_asked: int, n_grids: int, seed: int, masking: str | None = None
    ) -> Contest:
        """Choose the pairs.

        Of a scene with masks one of its things is drawn and asked for by name; of others the caption is asked for.

        Raises
        ------
        InputError
            No scene with a caption or with masks, or a masking that the model does not have.
        """
        told = _masking(model, masking)
        drawn = [_question(scene, model, Random(f"{seed} {k}")) for k, scene in enumerate(scenes)]
        questions = [None if question is None else replace(question, masking=told) for question in drawn]
        kept = tuple(question for question in questions if question is not None)
        if not kept:
            raise InputError("scenes with captions, or with masks of named things", "none", "Add captions.")
        grids = tuple(_grids([q for q in kept if q.shares is not None], model, n_grids, Random(f"{seed} grids")))
        return cls(model, kept, grids, n_asked, seed)

    def game(self, question: Question, made: Game) -> Game:
        """The one game of a question, so that a coalition is asked for once whoever is measured; `made` if new."""
        return self._games.setdefault(id(question), made)

    @property
    def pointed(self) -> tuple[Question, ...]:
        """The questions whose thing has a mask."""
        return tuple(question for question in self.questions if question.shares is not None)


class Entrant:
    """One explainer and its answers, each asked for once.

    Parameters
    ----------
    name : str
    make : callable
        Takes a model and returns the explainer.
    contest : Contest
    """

    def __init__(self, name: str, make: Make, contest: Contest) -> None:
        self.name, self.make, self.contest = name, make, contest
        self._explainer = make(contest.model)
        self._answers: dict[int, Answer] = {}

    def answer(self, question: Question) -> Answer:
        """What it says of a pair."""
        if id(question) not in self._answers:  # the contest holds its questions as long as this lives
            self._answers[id(question)] = ask(self._explainer, question)
        return self._answers[id(question)]

    def pair_as_it_came(self, question: Question) -> ExplainedPair:
        """Its answer beside the model, interactions as interactions."""
        found = self.answer(question).found
        return ExplainedPair.of(found, self.contest.model, question.pair, make=self.make)

    def pair(self, question: Question) -> ExplainedPair:
        """The same over the players that all explainers share, each with its effect in the whole caption."""

        def make(model: Any) -> Explainer:
            explainer = self._explainer if model is self.contest.model else self.make(model)

            def explain(images: Sequence[Image.Image], captions: Sequence[Caption]) -> Explanation:
                scene = Scene(images[0], captions[0])
                return ask(explainer, replace(question, scene=scene, caption=captions[0])).explanation

            return explain

        explanation = self.answer(question).explanation
        made = ExplainedPair.of(explanation, self.contest.model, question.pair, make=make)
        return replace(made, game=self.contest.game(question, made.game))


def common_players(model: Any, scene: Scene) -> str:
    """Patches, or blocks of so many that a picture has at most `MOST_PLAYERS`."""
    rows, columns = model.patch_axis(scene.image).grid
    k = 1
    while -(-rows // k) * -(-columns // k) > MOST_PLAYERS:
        k += 1
    return "patches" if k == 1 else f"blocks {k}"


def _masking(model: Any, masking: str | None) -> str | None:
    if masking is None:
        return None
    maskings: dict[str, Any] = {}
    if isinstance(model, CoalitionScorer):
        maskings = {name: getattr(model, name) for name in ("image_maskings", "caption_maskings")}
    return PairPlayers.named(None, masking, **maskings).masking


def _question(scene: Scene, model: Any, rng: Random, thing: str | None = None) -> Question | None:
    patches, asked = model.patch_axis(scene.image), common_players(model, scene)
    players = image_players(model, scene.image, asked).axis
    shares = {name: patch_shares(mask, patches).ravel() for name, mask in scene.masks.items()}
    seen = sorted(name for name, share in shares.items() if share.any() and (thing is None or name == thing))
    if seen:
        name = rng.choice(seen)
        return Question(scene, Caption.parse(name), patches, players, asked, shares[name])
    if scene.caption is None:
        return None
    return Question(scene, scene.caption, patches, players, asked)


def _grids(questions: Sequence[Question], model: Any, n_grids: int, rng: Random) -> list[Question]:
    """Four pictures each, of which only the first one drawn shows the thing that is asked for."""
    found: list[Question] = []
    for question in questions[:n_grids]:
        thing = question.caption.text
        others = [q for q in questions if thing not in q.scene.masks]
        if len(others) < 3:
            continue
        quarter = rng.randrange(4)
        pictures = [q.scene.image for q in rng.sample(others, 3)]
        pictures.insert(quarter, question.scene.image)
        grid = Scene(grid_of_four(pictures), question.caption, name=f"{question.scene.name} among four")
        made = _question(grid, model, rng)
        assert made is not None
        shares = quarter_shares(quarter, grid.image, made.patches)
        found.append(Question(grid, made.caption, made.patches, made.players, made.asked, shares))
    return found
