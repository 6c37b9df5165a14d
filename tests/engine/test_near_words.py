"""Near words: of the embedded model those that mean the same, of a planted table those that lie near."""

from __future__ import annotations

import pytest
import torch

from saii_widgets.core.errors import InputError
from saii_widgets.core.text import Caption
from saii_widgets.engine.models import load_model
from saii_widgets.engine.near_words import near_words
from tests.engine.tiny_models import WORDS, tiny_model


def test_the_embedded_model_knows_words_that_mean_the_same() -> None:
    model = load_model("embedded", device="cpu")
    caption = Caption.parse("a truck and a car near people")
    near = {caption.words[k].text: words for k, words in near_words(model, caption).items()}
    assert near["truck"] == ["lorry"]
    assert near["car"] == ["automobile"]
    assert "pedestrians" in near["people"]
    assert set(near) == {"truck", "car", "people"}, "function words stay as they are"


def test_words_in_the_order_of_their_cosines() -> None:
    model = tiny_model("clip")
    table = model.model.text_model.get_input_embeddings().weight
    with torch.no_grad():
        table.zero_()
        for k, angle in enumerate([0.0, 0.1, 0.5, 0.3, 2.0]):  # a, the, red, blue, truck
            table[5 + k, :2] = torch.tensor([torch.cos(torch.tensor(angle)), torch.sin(torch.tensor(angle))])
    assert WORDS[2:5] == ["red", "blue", "truck"]
    caption = Caption.parse("a red zebra truck")
    assert near_words(model, caption, least=0.5) == {1: ["blue", "the"]}, "'a' is one letter, truck is far"
    assert near_words(model, caption, least=0.5, n_words=1) == {1: ["blue"]}
    assert near_words(model, caption, least=0.999) == {}


def test_a_cosine_off_the_scale_is_refused() -> None:
    with pytest.raises(InputError, match="a cosine from -1 to 1"):
        near_words(tiny_model("clip"), Caption.parse("a truck"), least=2)
