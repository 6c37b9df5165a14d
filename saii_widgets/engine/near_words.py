"""Words that a model reads almost alike."""

from __future__ import annotations

from typing import Any

import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.role import Role
from saii_widgets.core.text import Caption
from saii_widgets.engine.models.two_towers import TwoTowers


def near_words(model: TwoTowers, caption: Caption, *, n_words: int = 10, least: float = 0.8) -> dict[int, list[str]]:
    """For each word of a caption that names something, those of the vocabulary with the nearest input embeddings.

    Parameters
    ----------
    model : TwoTowers
        Of its tokenizer, words of letters that are one token each are looked at.
    caption : Caption
    n_words : int
        Most words for each word of the caption.
    least : float
        Least cosine of the two embeddings, above which words count as near.

    Returns
    -------
    dict of int to list of str
        Place of the word -> words, the nearest first. Function words, words of several tokens, and words without
        near ones are left out.

    Raises
    ------
    InputError
        A cosine off the scale.
    """
    if not -1 <= least <= 1 or n_words < 1:
        raise InputError("a cosine from -1 to 1 and 1 or more words", f"{least} and {n_words}", "0.8 and 10 are usual.")
    table: Any = model.model.text_model.get_input_embeddings()
    weights = table.weight.detach().float()
    weights = weights / weights.norm(dim=1, keepdim=True).clamp_min(torch.finfo(weights.dtype).tiny)
    spelled = _whole_words(model)
    places = torch.tensor(sorted(spelled), device=weights.device)
    owners, tokens = model.token_words(caption), model.token_ids(caption.text)
    found: dict[int, list[str]] = {}
    for k, word in enumerate(caption.words):
        own = [token for owner, token in zip(owners, tokens, strict=True) if owner == k]
        if word.role is Role.FUNCTION or len(own) != 1 or own[0] not in spelled:
            continue
        cosines = weights[places] @ weights[own[0]]
        order = cosines.argsort(descending=True, stable=True)
        near = [spelled[int(places[i])] for i in order if cosines[i] >= least]
        near = [one for one in dict.fromkeys(near) if one.casefold() != word.text.casefold()]
        if near:
            found[k] = near[:n_words]
    return found


def _whole_words(model: TwoTowers) -> dict[int, str]:
    """Token -> word, for tokens that are read as one word of letters that stands alone."""
    special = set(model.tokenizer.all_special_ids)
    plain = [i for i in model.tokenizer.get_vocab().values() if i not in special]
    words = {i: str(model.tokenizer.decode([i])).strip() for i in plain}
    pieces = {i: str(model.tokenizer.convert_ids_to_tokens(i)) for i in words}
    # "</w>" ends a word, a boundary mark or a word list begins one; a bare piece of a BPE may be the middle of a word
    ended = any(piece.endswith("</w>") for piece in pieces.values())
    begun = any(piece.startswith("\u2581") for piece in pieces.values())
    return {
        i: word
        for i, word in words.items()
        if word.isalpha()
        and (not ended or pieces[i].endswith("</w>"))
        and (not begun or pieces[i].startswith("\u2581"))
        and len(word) > 1
    }
