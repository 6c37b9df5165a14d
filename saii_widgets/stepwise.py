"""The Stepwise AI Interpretive approach as one object: pictures and texts in, a finished study out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.core.vocabulary import Vocabulary
from saii_widgets.data.corpus import Corpus
from saii_widgets.data.records import Records
from saii_widgets.data.window import Window
from saii_widgets.engine.explainers.relevance import Relevance
from saii_widgets.engine.models import load_model
from saii_widgets.engine.models.model import DualEncoder
from saii_widgets.engine.runtime import Progress
from saii_widgets.steps import deletion, evaluation, meeting
from saii_widgets.steps.captioning import caption_pictures
from saii_widgets.steps.drawn_pictures import other_pictures
from saii_widgets.steps.inputs import check_sizes, checked_captions, claim, content_digest, open_pictures, open_records
from saii_widgets.steps.pictures import Pictures
from saii_widgets.steps.record_meeting import meet_records

StartLayer = int | Literal["all"]
STEPS = ("words", "meet", "captions", "step1", "step2", "step3", "step4", "step5", "step6", "evaluate")
N_PRINCIPAL = 12
MOST_MAPS = 64 * 64  # 2.4 MB with 144 patches, 13 MB with 784
FIGURES = ("a metal fence", "an overcast sky")  # the phrases of the paper's Figures 5 and 6


class Stepwise:
    """One stepwise study, step by step or all at once.

    Parameters
    ----------
    images : path, CameraFolder, or sequence of Scene, path, PIL.Image or array
        The pictures; a path is a folder of pictures.
    captions : sequence of str, optional
        The pictures' own captions, in their order. Without them the model writes some from the vocabulary.
    records : path or Records, optional
        Texts to find principal words in and to meet the pictures: emergency calls, police records, any table.
    model : str, path or DualEncoder
        "embedded", the name of a hub model, a local folder, or a loaded model.
    vocabulary : Vocabulary, optional
        Words that phrases and captions are made of; by default those of traffic.
    roles : mapping of str to Role, optional
        Roles set by hand; they win over all others.
    n_pairs, n_many : int
        Pictures in steps 1 to 5, and in step 6.
    pairing : {"one-to-one", "many-to-many"}
        How pictures and records are paired.
    window : Window, optional
        Only records this near in time and place meet a picture.
    start_layer : int or "all"
        First layer of the relevance maps; -1, the last, is the paper's setting.
    labels : mapping of str to sequence of bool, optional
        For each phrase whether it is in each picture; the evaluation of a model other than the embedded one needs it.
    device, precision : str
        Of a model that is yet to be loaded.
    seed : int
        Of the random control and of all intervals.
    progress : callable, optional
        Called as ``progress(done, total, label)``.
    study : Study, optional
        An unfinished study to go on with; steps that it holds are not computed again.

    Source
    ------
    SAII sections III to V; MATH.md sections 1, 2 and 5.

    Examples
    --------
    Stepwise("camera/", records="calls.csv").run().save("mine.saii")
    """

    def __init__(
        self,
        images: Any,
        captions: Sequence[str] | None = None,
        records: str | Path | Records | None = None,
        *,
        model: str | Path | DualEncoder = "embedded",
        vocabulary: Vocabulary | None = None,
        roles: Mapping[str, Any] | None = None,
        n_pairs: int = 10,
        n_many: int = 32,
        pairing: meeting.Pairing = "one-to-one",
        window: Window | None = None,
        start_layer: StartLayer = -1,
        labels: Mapping[str, Sequence[bool]] | None = None,
        device: str = "auto",
        precision: str = "float32",
        seed: int = 0,
        progress: Progress | None = None,
        study: Study | None = None,
    ) -> None:
        check_sizes(n_pairs, n_many)
        self.vocabulary = vocabulary or Vocabulary.traffic()
        self.roles = dict(roles or {})
        self.n_pairs, self.n_many, self.seed = n_pairs, n_many, seed
        self.pairing: meeting.Pairing = pairing
        self.window, self.labels = window, labels
        self.start_layer: StartLayer = start_layer
        self.progress = progress
        self.model = model if isinstance(model, DualEncoder) else load_model(model, device=device, precision=precision)
        self.study = study if study is not None else Study()
        scenes, unreadable = open_pictures(images)
        self.pictures = Pictures(self.model, scenes)
        self.texts = None if captions is None else checked_captions(captions, scenes, self.lexicon, self.model.check)
        self.records, broken = open_records(records)
        for name, rows in (("skipped pictures", unreadable), ("skipped records", broken)):
            if rows:
                self.study.tables[name] = rows
        claim(self.study, self._settings())

    def _settings(self) -> dict[str, Any]:
        """Everything that the results depend on."""
        words = self.vocabulary
        return {
            "model": self.model.name,
            "revision": self.model.revision,
            "pictures": content_digest(scene.image.tobytes() for scene in self.pictures.scenes),
            "n_pictures": len(self.pictures),
            "captions": self.texts,
            "records": None if self.records is None else content_digest(t.encode() for t in self.records.texts),
            "n_records": None if self.records is None else len(self.records),
            "vocabulary": [list(part) for part in (words.types, words.colours, words.skies, words.context)],
            "roles": {word: str(role) for word, role in self.roles.items()},
            "n_pairs": self.n_pairs,
            "n_many": self.n_many,
            "pairing": self.pairing,
            "window": None if self.window is None else self.window.to_dict(),
            "start_layer": self.start_layer,
            "seed": self.seed,
        }

    # -- running ---------------------------------------------------------------------------------------------------

    def run(self) -> Study:
        """All steps that are not done yet, in order; returns the study."""
        for name in STEPS:
            self.take(name)
        return self.study

    def take(self, name: str) -> None:
        """One step of `STEPS`, unless the study has it already."""
        if name not in self.study.settings["done"]:
            getattr(self, name)()
            self.study.settings["done"].append(name)

    def _kept(self, name: str, compute: Callable[[], Explanation]) -> Explanation:
        if name not in self.study.explanations:
            self.study.explanations[name] = compute()
        return self.study.explanations[name]

    def _leave_out(self, step: str, reason: str) -> None:
        self.study.settings["left out"][step] = reason

    @cached_property
    def explainer(self) -> Relevance:
        return Relevance(self.model, start_layer=self.start_layer, progress=self.progress)

    @cached_property
    def corpus(self) -> Corpus | None:
        """The texts that words are counted in: the records', or else the given captions."""
        if self.records is not None:
            return Corpus(self.records.texts, lexicon=self.lexicon, roles=self.roles)
        return Corpus(self.texts, lexicon=self.lexicon, roles=self.roles) if self.texts else None

    @cached_property
    def lexicon(self) -> Lexicon:
        """Roles of words: the vocabulary's, those set by hand on top."""
        return self.vocabulary.lexicon().with_roles(self.roles)

    # -- data, words, meeting --------------------------------------------------------------------------------------

    def words(self) -> Explanation | None:
        """Words of the texts: counts, TF-IDF, loadings and roles; None when the study has no texts."""
        if self.corpus is None:
            self._leave_out("words", "no records and no captions were given, so there are no texts to count words in")
            return None
        corpus = self.corpus
        return self._kept("words", corpus.explain)

    @cached_property
    def principal_words(self) -> tuple[str, ...]:
        """Principal words by which pictures are asked for: the foremost of the corpus that the model knows.

        Without texts, or where the model knows none of them, they are the vocabulary's types.
        """
        if self.corpus is None:
            return self.vocabulary.types
        foremost = self.corpus.principal(N_PRINCIPAL)
        known = [word for word in foremost if not self.model.unknown_words(self._phrase(word))]
        return tuple(known) or self.vocabulary.types

    def _phrase(self, word: str) -> Caption:
        return Caption.parse(self.vocabulary.phrase_with(word), self.lexicon)

    def meet(self) -> Explanation:
        """Principal words retrieve pictures; pictures and records are paired. Returns logits over (image, caption)."""
        phrases = [self._phrase(word) for word in self.principal_words]
        retrieval = self._kept(
            "retrieval",
            lambda: self.pictures.explain_logits(
                phrases,
                self.pictures.raw_logits(phrases),
                title="Principal words ask for pictures",
                method="retrieval by principal words",
            ),
        )
        if "chosen" not in self.study.settings:
            rows = meeting.retrieve(retrieval.values, min(self.n_many, len(self.pictures)))
            self.study.settings["chosen"] = rows
        if self.records is None:
            self._leave_out("meet", "no records were given, so the pictures meet none")
            return retrieval
        return self._kept("meeting", self._meet_records)

    def _meet_records(self) -> Explanation:
        assert self.records is not None
        met = meet_records(self.many, self.records, self.lexicon, self.window, self.pairing)
        self.study.tables["pairs"] = met.pairs
        if met.refused:
            self.study.tables["records without a usable text"] = met.refused
        self.study.settings["notes"] = [*self.records.notes, *met.notes]
        return met.logits

    @cached_property
    def many(self) -> Pictures:
        """The pictures of the study, up to `n_many`."""
        if "chosen" not in self.study.settings:
            self.meet()
        return self.pictures.select(self.study.settings["chosen"])

    @cached_property
    def few(self) -> Pictures:
        """The first `n_pairs` of them, for steps 1 to 5."""
        return self.many.select(range(min(self.n_pairs, len(self.many))))

    def captions(self) -> list[Caption]:
        """The captions of the study's pictures: the user's own, or words of the vocabulary ranked by the model."""
        if "captions" not in self.study.settings:
            if self.texts is not None:
                texts = [self.texts[i] for i in self.study.settings.get("chosen") or self._choose()]
            else:
                written, evidence = caption_pictures(self.many, self.vocabulary, self.lexicon)
                self.study.explanations["vocabulary"] = evidence
                texts = [caption.text for caption in written]
            self.study.settings["captions"] = texts
            warnings = self.model.warnings(self.many.images)
            for scene, text, warning in zip(self.many.scenes, texts, warnings, strict=True):
                notes = (*scene.notes, warning) if warning else scene.notes
                self.study.scenes[scene.name] = replace(scene, caption=Caption.parse(text, self.lexicon), notes=notes)
        return [Caption.parse(text, self.lexicon) for text in self.study.settings["captions"]]

    def _choose(self) -> list[int]:
        self.meet()
        return self.study.settings["chosen"]

    # -- the six steps ---------------------------------------------------------------------------------------------

    def step1(self) -> Explanation:
        """Each picture against phrases that hold one principal word."""
        phrases = [Caption.parse(text, self.lexicon) for text in self.vocabulary.principal_phrases()]
        return self._kept(
            "step1",
            lambda: self.few.explain_logits(
                phrases, self.few.raw_logits(phrases), title="Phrases with one principal word", method="SAII step 1"
            ),
        )

    def step2(self) -> Explanation:
        """Own caption against the others: logits, softmax over captions, ranks."""
        mine = self.captions()[: len(self.few)]
        return self._kept(
            "step2",
            lambda: self.few.explain_logits(
                mine, self.few.raw_logits(mine), title="Own caption against the others", method="SAII step 2"
            ),
        )

    def step3(self, target: Any = "pair") -> Explanation:
        """Relevance of patches and words, (image, caption, patch); the largest logits' maps stand beside it.

        Parameters
        ----------
        target : "pair", "max" or (int, int)
            The pair's own map, the one-hot of the largest logit, or why the first caption and not the second.
        """
        mine = self.captions()[: len(self.few)]

        def explain(aim: Any) -> Explanation:
            explainer = Relevance(self.model, start_layer=self.start_layer, target=aim, progress=self.progress)
            return explainer(self.few.scenes, mine)

        if target not in ("pair", "max"):
            return explain(target)
        for name, aim in (("step3", "pair"), ("step3 largest logit", "max")):
            self._kept(name, lambda aim=aim: explain(aim))
        return self.study.explanations["step3" if target == "pair" else "step3 largest logit"]

    def step4(self) -> Explanation:
        """Principal words deleted: what changes, and the verdict against a random control (table "verdict")."""
        mine = self.captions()[: len(self.few)]
        after = deletion.without_principal(mine)
        change = self._kept(
            "step4",
            lambda: deletion.compare(self.few, mine, after, self.step3(), self.explainer(self.few.scenes, after)),
        )
        if "verdict" not in self.study.tables:
            self.study.tables["verdict"] = deletion.verdict(self.few, mine, change, self.explainer, seed=self.seed)
        return change

    def step5(self, start_layer: StartLayer | None = None) -> Explanation:
        """Long sentences simplified to short non-principal phrases, with maps from the chosen layer."""
        captions = self.captions()[: len(self.few)]
        phrases = [Caption.parse(text, self.lexicon) for text in evaluation.short_phrases(captions)]
        if start_layer is not None:
            return Relevance(self.model, start_layer=start_layer, progress=self.progress)(self.few.scenes, phrases)
        return self._kept("step5", lambda: self.explainer(self.few.scenes, phrases))

    def step6(self) -> Explanation:
        """All pairs: N x N logits and probabilities; the strongest and the weakest phrase (explanation "strength").

        The maps of all pairs, (image, caption, patch), are kept as "step6 maps" up to `MOST_MAPS` pairs.
        """
        captions = self.captions()
        phrases = [Caption.parse(text, self.lexicon) for text in evaluation.short_phrases(captions)]
        try:
            self._kept("strength", lambda: evaluation.phrase_strength(self.many, captions, phrases))
        except InputError as error:
            self._leave_out("strength", str(error))
        if len(captions) ** 2 <= MOST_MAPS:
            self._kept("step6 maps", lambda: self.explainer(self.many.scenes, captions))
        else:
            self._leave_out(
                "step6 maps", f"maps are kept of up to {MOST_MAPS:,} pairs, and these are {len(captions) ** 2:,}"
            )
        return self._kept(
            "step6",
            lambda: self.many.explain_logits(
                captions, self.many.raw_logits(captions), title=f"{len(captions)} pairs", method="SAII step 6"
            ),
        )

    def evaluate(self) -> list[dict[str, object]]:
        """Task performance of the phrases on other pictures (table "evaluation"), and Figures 5 and 6 of the paper."""
        self._figures()
        if "evaluation" in self.study.tables:
            return self.study.tables["evaluation"]
        self.step6()
        strength = self.study.explanations.get("strength")
        if strength is None:
            self._leave_out("evaluate", "no strongest and weakest phrase could be chosen in step 6")
            return []
        phrases = list(strength.captions)
        others = self._other_pictures(phrases)
        if others is None:
            self._leave_out(
                "evaluate",
                "what the other pictures show is not known; `labels` can say it, for each phrase and picture",
            )
            return []
        pictures, truth = others
        phrases = [p for p in phrases if 4 <= truth[p.text].sum() <= len(pictures) - 4]
        if len(phrases) < 2:
            self._leave_out("evaluate", "fewer than two phrases are in some of the other pictures and not in others")
            return []
        rows = evaluation.evaluate_phrases(
            pictures,
            phrases,
            truth,
            self.explainer,
            strongest=phrases[0].text,
            weakest=phrases[-1].text,
            seed=self.seed,
        )
        self.study.tables["evaluation"] = rows
        self.study.explanations["evaluation"] = evaluation.separation(rows)
        return rows

    def _other_pictures(self, phrases: Sequence[Caption]) -> tuple[Pictures, dict[str, np.ndarray]] | None:
        rest = sorted({*range(len(self.pictures))} - {*self.study.settings["chosen"]})
        return other_pictures(self.pictures, rest, [phrase.text for phrase in phrases], self.labels)

    def _figures(self) -> None:
        for number, text in enumerate(FIGURES, start=5):
            phrase = Caption.parse(text, self.lexicon)
            self._kept(f"figure{number}", partial(evaluation.figure, self.many, phrase, self.explainer))
