"""The chain from pictures to explanations, texts and a page, and what is left out of it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from PIL import Image

from saii_widgets.cli import main
from saii_widgets.concept_study import narrations_of, study_concepts, write_concepts
from saii_widgets.core.errors import InputError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.engine.concepts.concept_explainer import ConceptExplainer
from saii_widgets.engine.concepts.graph_writer import GraphWriter
from saii_widgets.engine.concepts.joint_space import JointSpace
from saii_widgets.engine.concepts.narrator import Narrator
from saii_widgets.engine.concepts.narrator_files import save_narrator
from tests.engine.concepts.planted_classifier import PlantedClassifier, planted_pictures, squares

WORDS = ("square", "dot")


@pytest.fixture(scope="module")
def explainer() -> ConceptExplainer:
    torch.set_num_threads(1)
    return ConceptExplainer(PlantedClassifier(), n_concepts=4).fit(planted_pictures(48))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def narrator(explainer: ConceptExplainer, tmp_path_factory: pytest.TempPathFactory) -> Narrator:
    folder = tmp_path_factory.mktemp("narrator")
    torch.manual_seed(0)
    n_features = explainer(squares("green")).companions["features"].shape[1]
    classifier: Any = SimpleNamespace(name="planted", revision="1")
    save_narrator(folder, JointSpace(n_features, WORDS, WORDS, 16), GraphWriter(WORDS, 16, 32), classifier)
    return Narrator(folder=folder)


def test_from_pictures_to_a_page(explainer: ConceptExplainer, narrator: Narrator, tmp_path: Path) -> None:
    scenes = [
        Scene(squares("red", "blue", seed=900), name="one"),
        Scene(Image.new("RGB", (48, 48), (127, 127, 127)), name="grey"),
    ]
    done = []
    study = study_concepts(explainer, scenes, narrator=narrator, progress=lambda *step: done.append(step[:2]))
    assert list(study.explanations) == list(study.scenes) == ["one"]
    assert study.tables["left out"][0]["picture"] == "grey"
    assert done == [(1, 2)]
    explained = study["one"]
    told = narrations_of(study, "one")
    assert list(told) == list(explained.axis("class").labels)
    first = told[explained.axis("class").labels[0]]
    assert first == narrator(explained)
    assert first.repairs > 0
    loaded = Study.load(study.save(tmp_path / "concepts.saii"))
    assert loaded == study
    page = write_concepts(loaded, tmp_path / "concepts.html").read_text()
    assert "This is taken for" in page
    assert set(explained.companions) >= {"removed", "network removed", "edges"}


def test_without_a_narrator(explainer: ConceptExplainer) -> None:
    study = study_concepts(explainer, [Scene(squares("green", seed=3), name="one")])
    assert study.tables["texts"] == []
    assert study["one"].axis("concept").labels[0] == "concept 1"


def test_a_study_without_concepts_says_why(tmp_path: Path) -> None:
    study = Study()
    study.tables["left out"] = [{"picture": "grey", "reason": "no segment"}]
    with pytest.raises(InputError, match="grey: no segment"):
        write_concepts(study, tmp_path / "page.html")


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    asked = ["concepts", "--sample", "--pictures", "80", "--explained", "1", "--out", str(out)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "This is" in said
    assert {path.name for path in out.iterdir()} == {"concepts.saii", "concepts.html", "explainer"}
    again = [*asked[:-1], str(tmp_path / "again"), "--fitted", str(out / "explainer")]
    assert main(again) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == said.splitlines()[:-1]


@pytest.mark.parametrize(
    ("more", "said"), [(["--explained", "0"], "at least one picture"), (["--explain", "x"], "goes with --images")]
)
def test_what_is_asked_wrongly(more: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["concepts", "--sample", *more, "--out", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
