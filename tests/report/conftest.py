"""A study as `Stepwise` leaves it, with drawn pictures and seeded numbers in place of a model's."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.origin import Origin
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption, Role
from saii_widgets.data.scenes import draw
from saii_widgets.report.texts import TEXTS

Floats = NDArray[np.float32]
GRID = (9, 9)
PHRASES = ("a metal fence", "an overcast sky", "road markings", "trees", "a red logo", "a zebra crossing")


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study(4, 6)


@pytest.fixture
def full_study() -> Study:
    return make_study(10, 32)


def make_study(few: int, many: int, *, seed: int = 0) -> Study:
    """Pictures in steps 1 to 5 and in step 6; the own caption has the largest logit for most of them."""
    return _Maker(few, many, seed).study


class _Maker:
    def __init__(self, few: int, many: int, seed: int) -> None:
        self.rng, self.few = np.random.default_rng(seed), few
        self.study = Study()
        drawn = [draw(100 + k, size=144) for k in range(many)]
        self.images = [scene.image for scene in drawn]
        self.names = [f"camera-{k // 8 + 1}_2024-03-{k + 1:02d}.jpg" for k in range(many)]
        self.captions = [
            Caption.parse(f"a red truck near {PHRASES[k % 6]} and {PHRASES[(k + 2) % 6]}, {scene.caption(Random(k))}")
            for k, scene in enumerate(drawn)
        ]
        notes: tuple[str, ...]
        for k, (name, image, caption) in enumerate(zip(self.names, self.images, self.captions, strict=True)):
            notes = ("far from what the model has seen",) if k == 1 else ()
            self.study.scenes[name] = Scene(image=image, caption=caption, name=name, notes=notes)
        self._settings(many)
        self._before_the_steps()
        self._steps()
        self._tables()

    def _settings(self, many: int) -> None:
        self.study.settings = {
            "stepwise": {"model": "embedded", "revision": "0123abcd", "n_pictures": many + 3, "n_records": 60,
                         "n_pairs": self.few, "n_many": many, "pairing": "one-to-one", "start_layer": -1, "seed": 0,
                         "captions": None},
            "done": list(TEXTS),
            "left out": {},
            "chosen": list(range(many)),
            "captions": [caption.text for caption in self.captions],
        }  # fmt: skip

    def _put(self, name: str, e: Explanation) -> None:
        self.study.explanations[name] = e

    def _origin(self, method: str) -> Origin:
        return Origin.now("embedded", "0123abcd", method, {"probability": "softmax"}, encoder_passes=20, seconds=1.25)

    def _scores(self, n: int, captions: list[Caption], title: str, own: float = 0.0) -> Explanation:
        logits = self.rng.normal(20, 2, (n, len(captions))).astype(np.float32)
        k = np.arange(min(n, len(captions)))
        logits[k, k] += own
        chance = np.exp(logits - logits.max(1, keepdims=True))
        axes = (Axis.images(self.names[:n]), Axis.captions(captions))
        common: dict[str, Any] = {"axes": axes, "origin": self._origin(title), "images": tuple(self.images[:n]),
                                  "captions": tuple(captions)}  # fmt: skip
        return Explanation(
            logits,
            unit="logit",
            title=title,
            companions={
                "probabilities": Explanation(chance / chance.sum(1, keepdims=True), unit="probability", **common),
                "ranks": Explanation(1 + (logits[:, None] > logits[:, :, None]).sum(-1), unit="rank", **common),
            },
            **common,
        )

    def _maps(self, images: list[Image.Image], captions: list[Caption], names: list[str]) -> Explanation:
        y, x = np.mgrid[: GRID[0], : GRID[1]]
        maps = np.empty((len(images), len(captions), GRID[0] * GRID[1]), np.float32)
        for n in range(len(images)):
            for m in range(len(captions)):
                cy, cx = self.rng.uniform(2, 7, 2)
                blob = np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 3) + 0.1 * self.rng.random(GRID)
                maps[n, m] = 0.02 * self.rng.uniform(0.3, 1) * blob.ravel()
        words = Axis.words(captions)
        weight = np.array([{"principal": 3.0, "non-principal": 1.5, "function": 0.3}[r] for r in words.roles or ()])
        common: dict[str, Any] = {"origin": self._origin("Relevance (Chefer et al. 2021)"), "images": tuple(images),
                                  "captions": tuple(captions), "unit": "relevance"}  # fmt: skip
        return Explanation(
            maps,
            axes=(Axis.images(names), Axis.captions(captions), Axis.patches(*GRID)),
            title="Relevance of patches",
            companions={
                "words": Explanation(
                    self.rng.random((len(images), len(words))) * weight * 0.01,
                    axes=(Axis.images(names), words),
                    title="Relevance of words",
                    **common,
                ),
                "logits": Explanation(
                    self.rng.normal(20, 2, maps.shape[:2]),
                    axes=(Axis.images(names), Axis.captions(captions)),
                    **{**common, "unit": "logit"},
                ),
            },
            **common,
        )

    def _before_the_steps(self) -> None:
        many = len(self.images)
        words = ("vehicle", "accident", "truck", "red", "fence", "car", "blue", "road", "disabled", "lamp")
        counts = np.array([41, 38, 17, 13, 9, 9, 6, 5, 4, 2], np.float32)
        axis = Axis(
            "word", words, roles=tuple(Role("principal" if k in (2, 3, 5, 6) else "non-principal") for k in range(10))
        )
        loadings = self.rng.random(10)

        def over_words(values: Floats, unit: str, **companions: Explanation) -> Explanation:
            return Explanation(values, (axis,), unit, "Words", origin=self._origin("counts"), companions=companions)

        weight = over_words(
            counts / 41 * loadings, "share", counts=over_words(counts, "count"), tfidf=over_words(counts / 60, "TF-IDF")
        )
        self._put("words", weight)
        principal = [Caption.parse(text) for text in ("a truck", "a red vehicle", "a car", "a blue vehicle")]
        self._put("retrieval", self._scores(many, principal, "Principal words ask for pictures"))
        records = [
            Caption.parse(f"vehicle accident with a {c} truck at exit {c}") for c in ("red", "blue", "white", "grey")
        ]
        self._put("meeting", self._scores(many, records, "Pictures and record texts"))
        self._put("vocabulary", self._scores(many, [Caption.parse(p) for p in PHRASES], "Vocabulary phrases"))

    def _steps(self) -> None:
        few, mine = self.few, self.captions[: self.few]
        phrases = [Caption.parse(text) for text in PHRASES]
        self._put(
            "step1", self._scores(few, [Caption.parse(t) for t in ("a car", "a truck", "a red vehicle")], "Phrases")
        )
        self._put("step2", self._scores(few, mine, "Own caption against the others", own=5.0))
        images, names = self.images[:few], self.names[:few]
        before = self._maps(images, mine, names)
        after = self._maps(images, [caption.without(Role.PRINCIPAL) for caption in mine], names)
        self._put("step3", before)
        lost = before.values * (np.arange(few)[None, :, None] == ((np.arange(few) + 1) // 2)[:, None, None])
        self._put("step3 largest logit", replace(before, values=lost))
        self._put("step4", self._change(before, after))
        self._put("step5", self._maps(images, phrases, names))
        self._put("step6", self._scores(len(self.images), self.captions, f"{len(self.images)} pairs", own=5.0))
        strength = np.array([0.31, 0.2, 0.12, 0.05, 0.01, -0.03], np.float32)
        self._put(
            "strength",
            Explanation(strength, (Axis.captions(phrases),), "probability", "Strength", captions=tuple(phrases)),
        )
        for k, phrase in enumerate(phrases[:2]):
            self._put(f"figure{k + 5}", self._maps(self.images[:6], [phrase], self.names[:6]))

    def _change(self, before: Explanation, after: Explanation) -> Explanation:
        def states(first: Floats, second: Floats, unit: str) -> Explanation:
            axes = (before.axes[0], Axis("state", ("before", "after", "change")))
            return Explanation(np.stack([first, second, second - first], 1), axes, unit, images=before.images)

        n, rng = self.few, self.rng
        measures = Axis("measure", ("cosine of the maps", "overlap of the top 20 %"))
        return Explanation(
            states(rng.normal(25, 1, n), rng.normal(22, 1, n), "logit").values,
            (before.axes[0], Axis("state", ("before", "after", "change"))),
            "logit",
            "Logit of the own caption, with and without its principal words",
            origin=self._origin("deletion of principal words"),
            images=before.images,
            companions={
                "probability": states(rng.random(n), rng.random(n), "probability"),
                "rank": states(np.ones(n), rng.integers(1, 5, n), "rank"),
                "map likeness": Explanation(
                    rng.random((n, 2)), (before.axes[0], measures), "share", images=before.images
                ),
                "before": before,
                "after": after,
            },
        )

    def _tables(self) -> None:
        shares = {
            "share on principal words, before": (0.52, 0.44, 0.61),
            "share on non-principal words, before": (0.36, 0.28, 0.45),
            "share on non-principal words, after deleting the principal ones": (0.87, 0.82, 0.92),
            "share on non-principal words, gained by the deletion": (0.51, 0.4, 0.6),
            "share on principal words, control": (0.61, 0.5, 0.7),
            "share on non-principal words, control": (0.28, 0.2, 0.36),
            "fall of the logit, principal words deleted": (3.1, 2.0, 4.2),
            "fall of the logit, control": (1.2, 0.7, 1.8),
            "fall of the logit beyond the control": (1.9, 0.8, 3.0),
            "cosine of the maps, principal words deleted": (0.55, 0.43, 0.66),
            "cosine of the maps, control": (0.83, 0.75, 0.9),
            "change of the map beyond the control": (0.28, 0.15, 0.4),
        }
        tables = self.study.tables
        tables["verdict"] = [
            {"quantity": q, "value": v, "low": low, "high": high, "n": self.few} for q, (v, low, high) in shares.items()
        ]
        tables["evaluation"] = []
        for k, phrase in enumerate(PHRASES):
            for quantity, value, width in (
                ("AUC of the score", 0.93 - 0.07 * k, 0.06),
                ("balanced accuracy", 0.88 - 0.06 * k, 0.07),
                ("activation threshold (logit)", 21.5 + k, 0.8),
                ("rank correlation of map area and probability", -0.1 + 0.05 * k, 0.2),
            ):
                tables["evaluation"].append(
                    {
                        "phrase": phrase,
                        "quantity": quantity,
                        "value": value,
                        "low": value - width,
                        "high": value + width,
                        "n": 96,
                    }
                )
        tables["evaluation"].append(
            {"phrase": f"{PHRASES[0]} against {PHRASES[-1]}", "quantity": "difference in accuracy",
             "value": 0.3, "low": 0.21, "high": 0.39, "n": 96}
        )  # fmt: skip
        tables["pairs"] = [
            {"picture": name, "record": "vehicle accident with a red truck", "row": 3, "logit": 24.5}
            for name in self.names[:3]
        ]
        tables["skipped pictures"] = [
            {"name": "broken.jpg", "reason": "wanted a picture; got a truncated file. Copy it again."}
        ]
        tables["skipped records"] = [
            {"row": 17, "reason": "no text", "line": "40.1,-75.2,,19401,,2015-12-10 17:40:00,,,1"}
        ]
