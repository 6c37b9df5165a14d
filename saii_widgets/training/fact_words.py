"""Where in a caption of the grammar each fact is said."""

from __future__ import annotations

from saii_widgets.data.scenes.captions import ADVERBS, COLOUR_WORDS, CONTEXT_PHRASES, TYPE_WORDS
from saii_widgets.data.scenes.facts import FACTS, INDEX, Fact

_ARTICLES = ("a", "an")


class FactWords:
    """Finds the phrases of facts in captions, longest first."""

    def __init__(self) -> None:
        self.forms: dict[tuple[str, ...], int] = {}
        for fact in FACTS:
            for words in _forms(fact):
                self.forms[words] = INDEX[fact]
        self.longest = max(map(len, self.forms))

    def __call__(self, words: list[str]) -> list[tuple[int, int]]:
        """Facts that a caption says.

        Parameters
        ----------
        words : list of str
            The caption in lower case, split as the tokenizer splits it.

        Returns
        -------
        list of (int, int)
            Place of the last word of each fact's phrase, and the fact.
        """
        found, at = [], 0
        while at < len(words):
            for length in range(min(self.longest, len(words) - at), 0, -1):
                fact = self.forms.get(tuple(words[at : at + length]))
                if fact is not None:
                    found.append((at + length - 1, fact))
                    at += length - 1
                    break
            at += 1
        return found


def _forms(fact: Fact) -> list[tuple[str, ...]]:
    if fact.context:
        phrases = [*CONTEXT_PHRASES[fact.context], *ADVERBS.get(fact.context, ())]
    else:
        colours = COLOUR_WORDS[fact.colour] if fact.colour else ("",)
        types = TYPE_WORDS[fact.type] if fact.type else ("vehicle",)
        phrases = [f"{colour} {kind}" for colour in colours for kind in types]
    split = [phrase.split() for phrase in phrases]
    return [tuple(words[1:] if words[0] in _ARTICLES else words) for words in split]
