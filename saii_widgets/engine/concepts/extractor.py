"""Visual concepts of an image classifier: one vocabulary for all classes, found again in any picture."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.concept_graph import ConceptGraph
from saii_widgets.core.errors import InputError
from saii_widgets.core.places import place
from saii_widgets.engine.concepts.codebook import Codebook
from saii_widgets.engine.concepts.concept import Concept
from saii_widgets.engine.concepts.picture_edits import greyed
from saii_widgets.engine.concepts.segments import SegmentReader, Segments
from saii_widgets.engine.runtime import Progress

if TYPE_CHECKING:
    from saii_widgets.engine.models.classifier import Classifier

N_EXAMPLES: Final = 6
EXAMPLE_SIZE: Final = 48  # pixels of a square crop
FEWEST_PICTURES: Final = 5  # of a class; with fewer it has no concepts of its own
_BATCH: Final = 16
_AS_IF: Final = 3  # pictures without a drop that every concept is given
_MOST_OCCLUDED: Final = 160  # pictures whose segments are greyed for the importance


class ConceptExtractor:
    """Finds the concepts by which a classifier tells its classes apart.

    The foreground is where the gradient attention of the predicted class is high, so that what is not known to the
    classifier beforehand, the true class, never helps. Superpixels at several resolutions that lie on it are described
    by two middle layers and clustered into one vocabulary that all classes share; the last layer tells what the
    classifier makes of them.

    Parameters
    ----------
    classifier : Classifier
    layers : sequence of str, optional
        Of the classifier; by default its two middle layers.
    n_concepts : int
        Size of the vocabulary.
    n_clusters : int, optional
        Clusters of segments of which the most important become concepts; by default twice as many. What lies beside
        the parts that matter, such as the ground, falls into the others.
    threshold : float
        The foreground is where the attention exceeds this share of its maximum.
    inside : float
        Share of a segment that must be foreground.
    segments : sequence of int
        About how many superpixels, at each resolution.
    classes : sequence of str, optional
        By default those that the classifier predicts on at least five of the pictures.
    seed : int

    Attributes
    ----------
    concepts : tuple of Concept
        The vocabulary, the most important first.
    classes : tuple of str
        The classes that were fitted.

    Source
    ------
    US 2025/0259436, paragraphs 14, 15, 20, 21; Ge et al., CVPR 2021. Deviations: the attention is that of the
    predicted class for every hypothesis; features are means over each segment of two middle layers, not of a crop; one
    vocabulary for all classes; importance by greying the segment, as concept activation vectors saturate.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        layers: Sequence[str] | None = None,
        n_concepts: int = 24,
        n_clusters: int | None = None,
        threshold: float = 0.2,
        inside: float = 0.8,
        segments: Sequence[int] = (15, 50, 80),
        classes: Sequence[str] | None = None,
        seed: int = 0,
    ) -> None:
        if n_concepts < 2 or not 0 < threshold < 1 or not 0 < inside <= 1 or not segments or min(segments) < 2:
            raise InputError(
                "two concepts or more, a threshold and a share between 0 and 1, and two segments or more",
                f"n_concepts={n_concepts}, threshold={threshold}, inside={inside}, segments={tuple(segments)}",
                "The defaults are a good start.",
            )
        self.classifier, self.n_concepts, self.seed = classifier, n_concepts, seed
        self.n_clusters = max(n_concepts, n_clusters or 2 * n_concepts)
        self.reader = SegmentReader(classifier, layers, threshold, inside, segments)
        self.asked = None if classes is None else tuple(classes)
        self.classes: tuple[str, ...] = ()
        self.concepts: tuple[Concept, ...] = ()
        self.codebook: Codebook | None = None
        self._read: dict[str, Segments] = {}
        self._rests: WeakKeyDictionary[Segments, NDArray[np.floating]] = WeakKeyDictionary()  # of this codebook

    def fit(self, images: Sequence[Image.Image], progress: Progress | None = None) -> ConceptExtractor:
        """Find the vocabulary.

        What was read of each picture is kept: after an interruption a second call goes on where the first one ended.

        Parameters
        ----------
        images : sequence of PIL.Image
            Unlabelled; some hundred pictures, of every class that is to be explained.
        progress : Progress, optional
            Called after every batch; may raise `Cancelled`.

        Raises
        ------
        InputError
            No concept can be found (the message says why), a class without pictures, or one class only.
        """
        images = list(images)
        read = self.read(images, progress)
        self.classes = self._classes(read)
        raw = np.concatenate([segments.features for segments in read]) if read else np.zeros((0, 1), np.float32)
        if len(raw) < 2 * self.n_clusters:
            raise InputError(
                f"enough segments for {self.n_concepts} concepts, {2 * self.n_clusters} or more",
                f"{len(raw)} in {len(images)} pictures; {_reason(read, self.reader)}",
                "Give more pictures, fewer concepts (n_concepts), or a lower threshold.",
            )
        blocks = self._blocks(images[:1])
        codebook = Codebook.fit(raw, blocks, self.n_clusters, self.seed, len(self.reader.layers))
        matches = np.stack([codebook.match(codebook.features(s.features)) for s in read])  # (N, clusters)
        total, count = self._drops(images, read, matches, progress)
        importance = np.where(count > 0, total / np.maximum(count, 1), np.nan)  # (classes, clusters)
        # a mean of few is drawn towards none
        most = (total / (count + _AS_IF)).max(0)
        order = np.argsort(-most, kind="stable")[: self.n_concepts]
        rest = np.setdiff1d(np.arange(self.n_clusters), order)
        self.codebook = codebook.ordered([*order, *rest], self.n_concepts)
        self._rests.clear()
        self.concepts = tuple(
            Concept(
                f"concept {rank + 1}",
                float((matches[:, k] >= 0).mean()),
                {name: float(x) for name, x in zip(self.classes, importance[:, k], strict=True) if np.isfinite(x)},
                tuple(self._examples(images, read, matches[:, k], codebook, k)),
            )
            for rank, k in enumerate(order)
        )
        return self

    def match(self, image: Image.Image, hypothesis: str | None = None) -> ConceptGraph:
        """The concepts of the vocabulary in a picture; those that match nothing are missing.

        Parameters
        ----------
        image : PIL.Image
        hypothesis : str, optional
            The class whose attention gives the foreground; by default the predicted one, also when another class is
            explained.
        """
        if hypothesis is None:
            return self.match_all([image])[0]
        label = place(Axis("class", tuple(self.classifier.labels)), hypothesis)
        return self._graphs([image], self.reader.read([image], [label]))[0]

    def match_all(self, images: Sequence[Image.Image], progress: Progress | None = None) -> list[ConceptGraph]:
        """Graphs of several pictures, each for its predicted class."""
        return self._graphs(images, self.read(images, progress))

    def read(self, images: Sequence[Image.Image], progress: Progress | None = None) -> list[Segments]:
        """Segments of pictures; those of pictures that were read before are not read again."""
        keys = [_digest(image) for image in images]
        rest = [n for n, key in enumerate(keys) if key not in self._read]
        for start in range(0, len(rest), _BATCH):
            batch = rest[start : start + _BATCH]
            for n, segments in zip(batch, self.reader.read([images[n] for n in batch]), strict=True):
                self._read[keys[n]] = segments
            if progress is not None:
                progress(len(images) - len(rest) + start + len(batch), len(images), "pictures")
        return [self._read[key] for key in keys]

    def why_nothing(self, image: Image.Image) -> str:
        """Why no concept was found in a picture, in words."""
        segments = self.read([image])[0]
        if not len(segments):
            return _reason([segments], self.reader)
        return f"{len(segments)} segments, each farther from every concept than its distance limit allows"

    def _graphs(self, images: Sequence[Image.Image], read: Sequence[Segments]) -> list[ConceptGraph]:
        labels, found = [concept.label for concept in self.concepts], []
        for start in range(0, len(read), _BATCH):
            batch = read[start : start + _BATCH]
            matched = [self._matched(segments) for segments in batch]
            rests = self._beside(images[start : start + _BATCH], batch, [masks for masks, _ in matched])
            for segments, (masks, shown), rest in zip(batch, matched, rests, strict=True):
                hypothesis = self.classifier.labels[segments.hypothesis]
                found.append(ConceptGraph.from_masks(labels, masks, shown, hypothesis, rest))
        return found

    def _beside(
        self, images: Sequence[Image.Image], read: Sequence[Segments], masks: Sequence[NDArray[np.bool_]]
    ) -> list[NDArray[np.floating]]:
        """Features (d,) of what lies beside the concepts of each picture, described once."""
        new = [n for n, segments in enumerate(read) if segments not in self._rests]
        if new:
            regions = [np.logical_not(np.any(masks[n], 0))[None] for n in new]
            described = self.reader.describe([images[n] for n in new], regions)
            for n, raw in zip(new, described, strict=True):
                full = np.isfinite(raw).all()  # something does lie there
                self._rests[read[n]] = self._fitted().features(raw)[0] if full else np.zeros(raw.shape[1])
        return [self._rests[segments] for segments in read]

    def _matched(self, segments: Segments) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Masks (k, height, width) and features (k, d) of the concepts."""
        codebook = self._fitted()
        features = codebook.features(segments.features)
        chosen = codebook.match(features)
        shown = np.zeros((len(chosen), features.shape[1]), np.float32)
        masks = np.zeros((len(chosen), *segments.size), bool)
        for k in np.flatnonzero(chosen >= 0):
            shown[k], masks[k] = features[chosen[k]], segments.mask(int(chosen[k]))
        return masks, shown

    def _fitted(self) -> Codebook:
        if self.codebook is None:
            raise InputError("concepts that were fitted", "none yet", "Call fit(images) first.")
        return self.codebook

    def _blocks(self, images: Sequence[Image.Image]) -> tuple[int, ...]:
        maps = self.classifier.features(images, self.reader.read_layers)
        return tuple(int(maps[layer].shape[1]) for layer in self.reader.read_layers)

    def _classes(self, read: Sequence[Segments]) -> tuple[str, ...]:
        labels = tuple(self.classifier.labels)
        counts = Counter(labels[segments.hypothesis] for segments in read)
        said = ", ".join(f"{name} {n}" for name, n in counts.most_common(8)) or "none"
        if self.asked is not None:
            for name in self.asked:
                place(Axis("class", labels), name)
            without = [name for name in self.asked if counts[name] < FEWEST_PICTURES]
            if without:
                raise InputError(
                    f"at least {FEWEST_PICTURES} pictures of every class",
                    f"fewer that the classifier takes for {', '.join(without)} (it says: {said})",
                    "Give pictures of these classes, or leave the classes out.",
                )
        chosen = self.asked or tuple(name for name in labels if counts[name] >= FEWEST_PICTURES)
        if len(chosen) < 2:
            raise InputError(
                f"pictures of two classes or more, at least {FEWEST_PICTURES} each",
                f"{len(read)} pictures (the classifier says: {said})",
                "What tells a class apart shows only beside another: give more pictures, of several classes.",
            )
        return chosen

    def _drops(
        self,
        images: Sequence[Image.Image],
        read: Sequence[Segments],
        matches: NDArray[np.intp],
        progress: Progress | None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Drops of the predicted class's logit, summed, and of how many pictures, (classes, clusters) each."""
        labels = tuple(self.classifier.labels)
        total, count = np.zeros((2, len(self.classes), self.n_clusters))
        known = [n for n, segments in enumerate(read) if labels[segments.hypothesis] in self.classes]
        drawn = np.random.default_rng(self.seed).permutation(known)[:_MOST_OCCLUDED]
        for done, n in enumerate(drawn.tolist(), 1):
            there = np.flatnonzero(matches[n] >= 0)
            label = read[n].hypothesis
            if len(there):
                less = [greyed(images[n], read[n].mask(int(matches[n, k]))) for k in there]
                drop = (
                    read[n].logits[label] - self.classifier.class_logits(less)[:, label].detach().float().cpu().numpy()
                )
                row = self.classes.index(labels[label])
                total[row, there] += drop
                count[row, there] += 1
            if progress is not None and (done % _BATCH == 0 or done == len(drawn)):
                progress(done, len(drawn), "occluded pictures")
        return total, count

    def _examples(
        self,
        images: Sequence[Image.Image],
        read: Sequence[Segments],
        chosen: NDArray[np.intp],
        codebook: Codebook,
        k: int,
    ) -> list[Image.Image]:
        there = np.flatnonzero(chosen >= 0)
        if not len(there):
            return []
        raw = np.stack([read[n].features[chosen[n]] for n in there.tolist()])
        distance = np.linalg.norm(codebook.features(raw)[:, : codebook.n_looks] - codebook.centres[k], axis=1)
        nearest = there[np.argsort(distance, kind="stable")[:N_EXAMPLES]]
        return [_crop(images[n], read[n].mask(int(chosen[n]))) for n in map(int, nearest)]


def _crop(image: Image.Image, mask: NDArray[np.bool_]) -> Image.Image:
    """A square around a segment, with some of what is about it."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    high, wide = mask.shape
    x, y = (columns[0] + columns[-1] + 1) / 2 / wide * image.width, (rows[0] + rows[-1] + 1) / 2 / high * image.height
    span = max(len(columns) / wide * image.width, len(rows) / high * image.height)
    side = min(max(1.4 * span, 8), min(image.size))
    left, top = np.clip(x - side / 2, 0, image.width - side), np.clip(y - side / 2, 0, image.height - side)
    box = (float(left), float(top), float(left + side), float(top + side))
    return image.convert("RGB").resize((EXAMPLE_SIZE, EXAMPLE_SIZE), Image.Resampling.BICUBIC, box=box)


def _reason(read: Sequence[Segments], reader: SegmentReader) -> str:
    empty = sum(not len(segments) for segments in read)
    if not empty:
        return "the pictures are too few"
    share = float(np.mean([segments.foreground for segments in read]))
    return (
        f"in {empty} of {len(read)} pictures no segment lies {reader.inside:.0%} within the foreground, "
        f"which is {share:.0%} of the picture (attention above {reader.threshold:g} of its maximum)"
    )


def _digest(image: Image.Image) -> str:
    return hashlib.sha256(repr((image.size, image.mode)).encode() + image.tobytes()).hexdigest()
