"""A corpus: many short texts, their words counted, weighed, reduced and given roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.axis import Axis
from saii_widgets.core.errors import InputError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.origin import Origin
from saii_widgets.core.role import Role

from .cloud import Theme, draw_cloud
from .collocations import Collocation
from .components import Components, find_components
from .terms import Terms
from .word_roles import word_roles

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix

N_COMPONENTS: Final = 20
_EXPLAINED: Final = 60


class Corpus:
    """Words of many texts, from counts to 'principal component' words.

    Texts are cut into words and phrases ("metal fence"; the lexicon's, and collocations of the texts), counted, weighed
    by TF-IDF and reduced by truncated SVD. A word's weight is its count times its strength in the components, both as
    shares of the largest. Its role follows :func:`~.word_roles.word_roles`; :meth:`frame` shows all of it.

    Parameters
    ----------
    texts : iterable of str
        One a record.
    lexicon : Lexicon, optional
        Phrases, and roles to begin with; by default :meth:`Lexicon.traffic`.
    roles : mapping of str to Role, optional
        Roles set by hand.
    seed : int
        Of the SVD.

    Raises
    ------
    RecordsError
        There is no word in the texts, or an entry is no text.

    Source
    ------
    SAII section III: text records to the high-frequency principal component words that retrieve pictures.
    """

    def __init__(
        self,
        texts: Iterable[str],
        *,
        lexicon: Lexicon | None = None,
        roles: Mapping[str, Role] | None = None,
        seed: int = 0,
    ) -> None:
        self.base = lexicon or Lexicon.traffic()
        self.roles = dict(roles or {})
        self.seed = seed
        self.terms = Terms.of([texts] if isinstance(texts, str) else texts, self.base)

    def __len__(self) -> int:
        return self.terms.n_texts

    def __repr__(self) -> str:
        return f"Corpus({len(self):,} texts, {len(self.terms.counts):,} words and phrases)"

    def with_roles(self, roles: Mapping[str, Role]) -> Corpus:
        """The same corpus with some roles set by hand; nothing is counted anew."""
        other = object.__new__(Corpus)
        other.__dict__.update(self.__dict__)
        other.roles = {**self.roles, **{word: Role(role) for word, role in roles.items()}}
        return other

    @property
    def phrases(self) -> tuple[Collocation, ...]:
        """Phrases found in the texts beside those of the lexicon, the strongest first."""
        return self.terms.phrases

    def counts(self) -> pd.Series:
        """How often each word and phrase occurs, the most frequent first."""
        import pandas as pd

        return pd.Series(self.terms.counts, name="count", dtype=np.int64)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Words and phrases that are no function words, the most frequent first: the columns of :meth:`tfidf`."""
        return tuple(term for term in self.terms.counts if self.base.role(term) is not Role.FUNCTION)

    @cached_property
    def _tfidf(self) -> csr_matrix:
        from sklearn.feature_extraction.text import TfidfTransformer

        place = {term: k for k, term in enumerate(self.terms.counts)}
        content = self.terms.matrix[:, [place[term] for term in self.vocabulary]]
        return TfidfTransformer().fit_transform(content)

    def tfidf(self) -> csr_matrix:
        """TF-IDF weight of each word in each text: float64 sparse (n_texts, len(vocabulary)), rows of unit length."""
        return self._tfidf

    def components(self, k: int = N_COMPONENTS) -> Components:
        """The first k principal components of the TF-IDF matrix.

        Raises
        ------
        InputError
            k is below 1.
        """
        if k < 1:
            raise InputError("one component or more", str(k), f"Pass a number such as {N_COMPONENTS}.")
        return find_components(self._tfidf, self.vocabulary, k, self.seed)

    @cached_property
    def _measures(self) -> dict[str, NDArray]:
        """Arrays over all terms of the corpus; TF-IDF, loading and weight of function words are 0."""
        counts = np.array(list(self.terms.counts.values()), np.int64)
        place = {term: k for k, term in enumerate(self.terms.counts)}
        content = [place[term] for term in self.vocabulary]
        tfidf, loading = np.zeros(len(counts)), np.zeros(len(counts))
        component = np.full(len(counts), -1)
        if content:
            components = self.components()
            tfidf[content] = np.asarray(self._tfidf.mean(axis=0)).ravel()
            loading[content] = components.strength
            component[content] = np.abs(components.loadings).argmax(0)
        return {
            "count": counts,
            "texts": np.diff(self.terms.matrix.tocsc().indptr).astype(np.int64),
            "tfidf": tfidf,
            "loading": loading,
            "component": component,
            "weight": counts / counts[content].max() * loading if content else loading,
        }

    def _roles(self, lexicon: Lexicon | None) -> list[tuple[Role, str]]:
        measures = self._measures
        terms = list(self.terms.counts)
        return word_roles(terms, measures["texts"], measures["weight"], lexicon or self.base, self.roles)

    def frame(self, lexicon: Lexicon | None = None) -> pd.DataFrame:
        """Every word with what is known about it, the largest weight first.

        Parameters
        ----------
        lexicon : Lexicon, optional
            Takes the place of the corpus's own.

        Returns
        -------
        pandas.DataFrame
            Columns word, count, texts (in how many), tfidf (mean over the texts), loading (strength in the principal
            components, 0 to 1), component (in which it is strongest, -1 for function words), weight (count times
            loading, as shares of the largest), role, and why it has that role.
        """
        import pandas as pd

        roles = self._roles(lexicon)
        frame = pd.DataFrame({"word": list(self.terms.counts), **self._measures})
        frame["role"] = [str(role) for role, _ in roles]
        frame["why"] = [why for _, why in roles]
        return frame.sort_values(["weight", "count", "word"], ascending=[False, False, True], ignore_index=True)

    def principal(self, n: int = 12, lexicon: Lexicon | None = None) -> tuple[str, ...]:
        """The n principal words of the largest weight: frequent, and strong in the principal components.

        Parameters
        ----------
        n : int
            At most so many; fewer where the corpus has fewer.
        lexicon : Lexicon, optional
            Takes the place of the corpus's own.
        """
        frame = self.frame(lexicon)
        return tuple(frame.loc[frame["role"] == str(Role.PRINCIPAL), "word"].head(n))

    def lexicon(self, base: Lexicon | None = None) -> Lexicon:
        """Roles of all words and phrases of the corpus on top of a lexicon, by default the corpus's own."""
        found = {term: role for term, (role, _) in zip(self.terms.counts, self._roles(base), strict=True)}
        return (base or self.base).with_roles(found)

    def explain(self, lexicon: Lexicon | None = None, n: int = _EXPLAINED) -> Explanation:
        """Weights of the n foremost words over a word axis with roles; counts, TF-IDF and loadings beside them.

        Returns
        -------
        Explanation
            Axis (word), unit "share": weight, 0 to 1. Companions "counts", "tfidf" and "loadings".
        """
        frame = self.frame(lexicon)
        frame = frame.loc[frame["role"] != str(Role.FUNCTION)].head(n)
        if frame.empty:
            raise InputError("a corpus with a word that names something", "only stop words", "Read other texts.")
        axis = Axis("word", tuple(frame["word"]), roles=tuple(Role(role) for role in frame["role"]))
        settings = {
            "n_texts": len(self),
            "n_words": len(self.terms.counts),
            "n_components": min(N_COMPONENTS, len(self), len(self.vocabulary)),
            "phrases": [phrase.text for phrase in self.phrases[:_EXPLAINED]],
        }
        origin = Origin.now(method="counts, TF-IDF and truncated SVD", settings=settings, seed=self.seed)

        def over_words(column: str, unit: str, title: str, **companions: Explanation) -> Explanation:
            values = frame[column].to_numpy(np.float32)
            return Explanation(values, (axis,), unit=unit, title=title, origin=origin, companions=companions)

        return over_words(
            "weight",
            "share",
            "Words of the corpus by count and strength in its components",
            counts=over_words("count", "count", "How often each word occurs"),
            tfidf=over_words("tfidf", "TF-IDF", "Mean TF-IDF weight"),
            loadings=over_words("loading", "share", "Strength in the principal components"),
        )

    def cloud(
        self,
        lexicon: Lexicon | None = None,
        *,
        n: int = 80,
        theme: Theme = "light",
        width: int = 800,
        height: int = 400,
        font: str | Path | None = None,
    ) -> Image.Image:
        """Word cloud of the n most frequent words but function words, coloured by role; see :func:`~.cloud.draw_cloud`.

        The same corpus gives the same picture.
        """
        frame = self.frame(lexicon)
        frame = frame.loc[frame["role"] != str(Role.FUNCTION)].sort_values(
            ["count", "word"], ascending=[False, True], ignore_index=True
        )
        frame = frame.head(n)
        sizes = dict(zip(frame["word"], frame["count"].astype(float), strict=True))
        roles = {word: Role(role) for word, role in zip(frame["word"], frame["role"], strict=True)}
        return draw_cloud(sizes, roles, theme=theme, width=width, height=height, font=font, seed=self.seed)
