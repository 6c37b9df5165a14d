"""Narrations agree with the scores, whatever the writer made of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from saii_widgets.core.errors import InputError, ModelError
from saii_widgets.engine.concepts.crop_space import CropSpace, cut_out
from saii_widgets.engine.concepts.graph_writer import GraphWriter, ranked_tokens
from saii_widgets.engine.concepts.joint_space import JointSpace
from saii_widgets.engine.concepts.narrator import Narrator, differences
from saii_widgets.engine.concepts.narrator_files import load_narrator, save_narrator
from saii_widgets.engine.concepts.sentences import CLASS, compose, facts, join, parse
from saii_widgets.engine.concepts.telling import Telling
from saii_widgets.engine.models.checkpoint import write_checksums
from tests.engine.concepts.told import N_FEATURES, told
from tests.engine.tiny_models import tiny_model

NAMES = ("wheel", "head lamp", "sign", "ladder")
WORDS = ("wheel", "head", "lamp", "sign", "ladder")
BOXES = [(4, 2, 20, 5), (2, 18, 6, 22), (0, 0, 0, 0), (20, 19, 22, 21)]
EXPLAINED = told(np.array([[3.0, 1.5, 9.0, -2.0], [-1.0, -2.0, 9.0, 0.5]]), BOXES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A narrator of random weights: what it writes is nonsense."""
    torch.manual_seed(1)
    made = tmp_path_factory.mktemp("narrator")
    classifier: Any = SimpleNamespace(name="tiny", revision="1")
    save_narrator(made, JointSpace(N_FEATURES, WORDS, NAMES, 16), GraphWriter(WORDS, 16, 32), classifier)
    return made


def test_agrees_with_the_scores(folder: Path) -> None:
    for k, predicted in ((0, True), (1, False)):
        said = Narrator(folder=folder)(EXPLAINED, k)
        telling = Telling.of(EXPLAINED, k)
        assert said.repairs > 0
        assert said.written != said.text
        assert said.text.startswith(
            "This is taken for a fire engine." if predicted else "This is not taken for a taxi."
        )
        told_of = [span.concept for span in said.spans if span.kind == "name"]
        assert told_of == telling.concepts.tolist()
        wanted = facts(telling, [said.names[c] for c in telling.concepts])
        assert said.text == join(compose(wanted), telling.class_name)


def test_names_are_the_nearest_in_the_space(folder: Path) -> None:
    space, _, _ = load_narrator(folder)
    features = torch.from_numpy(EXPLAINED.companions["features"].values.copy())
    with torch.no_grad():
        near = (space.segment_features(features) @ space.text_features(NAMES).T).argmax(1)
    names = Narrator(folder=folder).name(EXPLAINED)
    assert names == tuple("" if k == 2 else NAMES[near[k]] for k in range(4))
    assert set(Narrator(folder=folder, names=["lamp"]).name(EXPLAINED)) == {"lamp", ""}


def test_files_are_read_back(folder: Path) -> None:
    torch.manual_seed(1)
    space, writer = JointSpace(N_FEATURES, WORDS, NAMES, 16), GraphWriter(WORDS, 16, 32)
    read_space, read_writer, about = load_narrator(folder)
    assert about == {"name": "tiny", "revision": "1"}
    x = torch.randn(3, N_FEATURES)
    torch.testing.assert_close(read_space.segment_features(x), space.segment_features(x), atol=2e-3, rtol=0)
    telling, part = Telling.of(EXPLAINED), torch.randn(3, 16)
    text = compose(facts(telling, ["wheel", "sign", "head lamp"]))
    both = (writer.eval(), read_writer)
    losses = [w.loss(w.encode([telling], part, part), [text], [telling]).item() for w in both]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)


def test_the_writer_learns_two_texts() -> None:
    torch.manual_seed(0)
    writer, parts = GraphWriter(WORDS, 16, 32), torch.randn(3, 16).repeat(2, 1)
    tellings = [Telling.of(EXPLAINED, k) for k in (0, 1)]
    texts = [compose(facts(telling, ["wheel", "sign", "head lamp"])) for telling in tellings]
    optimizer = torch.optim.Adam(writer.parameters(), lr=5e-3)
    for _ in range(150):
        loss = writer.loss(writer.encode(tellings, parts, parts), texts, tellings)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert writer.eval().write(writer.encode(tellings, parts, parts), tellings) == texts


def test_pictures_are_read_together_as_each_alone() -> None:
    torch.manual_seed(2)
    writer, segments, names = GraphWriter(WORDS, 16, 32).eval(), torch.randn(4, 16), torch.randn(4, 16)
    tellings = [Telling.of(EXPLAINED, 0), Telling.of(EXPLAINED, 1, n_told=1)]
    both = writer.encode(tellings, segments, names)
    for k, (first, end) in enumerate(((0, 3), (3, 4))):
        alone = writer.encode([tellings[k]], segments[first:end], names[first:end])
        n = 1 + 5 * (end - first) + (end - first) * (end - first - 1)
        assert both["attention_mask"][k].sum() == alone["inputs_embeds"].shape[1] == n
        torch.testing.assert_close(both["inputs_embeds"][k, :n], alone["inputs_embeds"][0])


def test_numbers_are_learnt_as_ranks_and_written_as_numbers() -> None:
    telling = Telling.of(EXPLAINED)
    text = compose(facts(telling, ["wheel", "wheel", "wheel"]))
    ranked = list(ranked_tokens(text, telling))
    assert [token for token in ranked if token.startswith("<") and token != CLASS] == [
        "<1>",
        "<2>",
        "<from>",
        "<3>",
        "<from>",
    ]
    assert [a for a, b in zip(text, ranked, strict=True) if a != b] == ["1", "2", "1", "4", "1"]


def test_nothing_to_tell(folder: Path) -> None:
    said = Narrator(folder=folder)(told(np.zeros((2, 2)), [(0, 0, 0, 0), (1, 1, 4, 4)]))
    assert said.text == (
        "This is taken for a fire engine. Nothing that was found speaks for it. "
        "Nothing that was found speaks against it."
    )


def test_another_classifier_is_refused_with_what_to_do(folder: Path) -> None:
    other = told(np.ones((2, 4)), BOXES, model="resnet-50")
    with pytest.raises(InputError, match=r"classifier 'tiny'.*'resnet-50'.*openai/clip"):
        Narrator(folder=folder)(other)


def test_a_dual_encoder_as_the_space_serves_any_classifier(folder: Path) -> None:
    model = tiny_model("clip", torch.float32)
    other = told(np.array([[3.0, 1.5, 9.0, -2.0], [-1.0, -2.0, 9.0, 0.5]]), BOXES, model="resnet-50")
    said = Narrator(model, names=["wheel", "sign"], folder=folder)(other)
    assert set(said.names) <= {"wheel", "sign", ""}
    assert [span.concept for span in said.spans if span.kind == "name"] == [0, 1, 3]
    crops = [cut_out(other.images[0], other.axis("concept").boxes[k]) for k in (0, 1)]  # pyright: ignore[reportOptionalSubscript]
    space = CropSpace(model, ["wheel", "sign"])
    near = (model.embed_images(crops) @ space.text_features(["wheel", "sign"]).T).argmax(1)
    assert [said.names[k] for k in (0, 1)] == [["wheel", "sign"][k] for k in near.tolist()]
    with pytest.raises(InputError, match="names that concepts may have"):
        Narrator(model, folder=folder)


def test_differences_are_counted() -> None:
    telling = Telling.of(EXPLAINED)
    wanted = facts(telling, ["wheel", "sign", "head lamp"])
    tokens = compose(wanted)
    assert differences(parse(tokens), wanted) == 0
    changed = [token if token != "head" else "sign" for token in tokens]
    assert differences(parse(changed), wanted) == 1
    assert differences(parse([]), wanted) == len(wanted.claims) + 1


@pytest.mark.parametrize("damage", ["gone", "cut", "version"])
def test_damaged_files(folder: Path, tmp_path: Path, damage: str) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if damage == "gone":
        (tmp_path / "model.safetensors").unlink()
    elif damage == "cut":
        weights = tmp_path / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:500])
    else:
        config = tmp_path / "config.json"
        config.write_text(config.read_text().replace('"version": 2', '"version": 9'))
    with pytest.raises(ModelError, match="SHA-256"):
        load_narrator(tmp_path)
    write_checksums(tmp_path)
    with pytest.raises(ModelError, match="a narrator"):
        load_narrator(tmp_path)


def test_how_many_may_be_told() -> None:
    with pytest.raises(InputError, match="1 to 6"):
        Narrator(n_told=7)
