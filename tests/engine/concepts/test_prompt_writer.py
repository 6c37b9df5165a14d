"""Other text models write from a prompt, and are held to the scores as well."""

from pathlib import Path

import pytest
import torch
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from saii_widgets.core.errors import ModelError
from saii_widgets.engine.concepts.prompt_writer import PromptWriter, tokens_of
from saii_widgets.engine.concepts.sentences import compose, facts
from saii_widgets.engine.concepts.telling import Telling
from tests.engine.concepts.test_narrator import EXPLAINED
from tests.engine.tiny_models import save_tiny

CLASS = "fire engine"


def save_t5(folder: Path) -> Path:
    """A T5 of random weights with the tokenizer of a tiny CLIP."""
    save_tiny("clip", folder / "clip")
    made = folder / "t5"
    torch.manual_seed(0)
    config = T5Config(vocab_size=300, d_model=16, d_kv=8, d_ff=32, num_heads=2, num_layers=1, decoder_start_token_id=0)
    T5ForConditionalGeneration(config).save_pretrained(made)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (made / name).write_bytes((folder / "clip" / name).read_bytes())
    return made


def save_blip(folder: Path) -> Path:
    save_tiny("clip", folder / "clip")
    made = folder / "blip"
    torch.manual_seed(0)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = {**small, "vocab_size": 300, "encoder_hidden_size": 16, "bos_token_id": 1, "sep_token_id": 2}
    config = BlipConfig(text_config=text, vision_config={**small, "image_size": 32, "patch_size": 16})
    BlipForConditionalGeneration(config).save_pretrained(made)
    BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(made)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (made / name).write_bytes((folder / "clip" / name).read_bytes())
    return made


@pytest.mark.parametrize("save", [save_t5, save_blip])
def test_a_model_by_name_writes(save: object, tmp_path: Path) -> None:
    assert callable(save)
    writer = PromptWriter(str(save(tmp_path)))
    telling = Telling.of(EXPLAINED)
    said = facts(telling, ["wheel", "sign", "head lamp"])
    tokens = writer.write(said, CLASS, EXPLAINED.images[0])
    assert tokens == writer.write(said, CLASS, EXPLAINED.images[0])
    assert all(isinstance(token, str) for token in tokens)


def test_an_encoder_is_no_writer(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        PromptWriter(str(save_tiny("clip", tmp_path / "clip")))


def test_running_text_is_taken_apart() -> None:
    tokens = tokens_of("This is taken for a fire engine. What speaks for it is wheel 2 (3/10) at the top.", CLASS)
    said = facts(Telling.of(EXPLAINED), ["wheel", "sign", "head lamp"])
    assert tokens[:7] == compose(said)[:7]
