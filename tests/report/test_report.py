"""The report says what the study holds, hides nothing that is missing, and runs nothing that a caption says."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from saii_widgets.core.errors import StudyError
from saii_widgets.core.scene import Scene
from saii_widgets.core.study import Study
from saii_widgets.core.text import Caption
from saii_widgets.report import render, write_report
from saii_widgets.report.citations import CITATIONS
from saii_widgets.report.findings import findings
from saii_widgets.report.texts import TEXTS

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> \"quoted\" & 'so'"
VOID = {"img", "br", "meta", "circle", "line", "source"}


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S)))


def copy_of(study: Study) -> Study:
    other = Study()
    other.scenes, other.explanations = dict(study.scenes), dict(study.explanations)
    other.tables = {name: [dict(row) for row in rows] for name, rows in study.tables.items()}
    other.settings = dict(study.settings)
    return other


@pytest.fixture(scope="module")
def page(study: Study) -> str:
    return render(study)


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return Reader(page)


def test_is_one_well_formed_page(page: str, reader: Reader) -> None:
    assert page.startswith("<!doctype html>")
    assert reader.open == []
    assert len(re.findall("<h1>", page)) == 1


def test_needs_no_network_and_no_script(reader: Reader) -> None:
    for tag, attributes in reader.elements:
        assert tag not in ("script", "link", "iframe", "object", "form")
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "srcset", "href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/", "#"))
    policy = [a["content"] for tag, a in reader.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_styles_load_nothing(page: str) -> None:
    sheets = "".join(re.findall(r"<style>(.*?)</style>", page, flags=re.S))
    assert "url(" not in sheets
    assert "@import" not in sheets


def test_every_step_has_its_section_text_and_anchor(page: str, reader: Reader) -> None:
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    targets = [a["href"][1:] for tag, a in reader.elements if tag == "a" and a.get("href")]  # type: ignore[index]
    assert len(ids) == len(set(ids))
    assert set(TEXTS) <= set(ids)
    assert set(targets) == set(ids)
    said = text_of(page)
    for title, text in TEXTS.values():
        assert title in said
        assert text in said


def test_pictures_say_what_they_show(reader: Reader) -> None:
    pictures = [attributes for tag, attributes in reader.elements if tag == "img"]
    assert len(pictures) > 50
    assert all("alt" in attributes for attributes in pictures)


def test_numbers_have_their_origin(page: str) -> None:
    n_sections_with_results = len(TEXTS)
    assert page.count('class="saii-origin"') >= n_sections_with_results
    assert "encoder passes" in page


def test_skipped_things_and_warnings_are_listed(page: str) -> None:
    said = text_of(page)
    for what in ("far from what the model has seen", "broken.jpg", "a truncated file", "no text"):
        assert what in said


def test_findings_are_the_studys_numbers(study: Study) -> None:
    found = {finding.key: finding.sentence for finding in findings(study)}
    chances = study["step6"].companions["probabilities"].values
    own = chances.diagonal()
    n = int((own >= chances.max(1)).sum())
    assert f"mean probability is {100 * own.mean():.1f}\u202f%" in found[f"{n} of 6"]
    assert "44.0\u202f% to 61.0\u202f%" in found["52.0\u202f%"]
    assert "rests on the principal words more" in found["+1.90"]
    assert "“a metal fence”" in found["AUC 0.93"]
    assert "21.50" in found["AUC 0.93"]
    assert "“a zebra crossing”" in found["AUC 0.58"]
    assert "warning" in found["1 of 6"]


@pytest.mark.parametrize(
    ("low", "high", "said"), [(-0.4, 0.3, "is not shown"), (-0.9, -0.2, "more on the other words")]
)
def test_findings_do_not_claim_what_the_interval_leaves_open(study: Study, low: float, high: float, said: str) -> None:
    other = copy_of(study)
    for row in other.tables["verdict"]:
        if row["quantity"] == "fall of the logit beyond the control":
            row |= {"value": (low + high) / 2, "low": low, "high": high}
    assert any(said in finding.sentence for finding in findings(other))


def test_left_out_steps_give_their_reason(study: Study) -> None:
    other = copy_of(study)
    del other.explanations["words"], other.explanations["strength"]
    other.tables["evaluation"] = []
    other.settings["left out"] = {"words": "no texts", "strength": "too few phrases", "evaluate": "no labels"}
    said = text_of(render(other))
    for reason in ("Left out: no texts.", "No strongest and weakest phrase: too few phrases", "No numbers: no labels."):
        assert reason in said


def test_an_interrupted_study_says_what_is_missing(study: Study) -> None:
    other = Study()
    other.settings = {**study.settings, "done": ["words"]}
    other.explanations["words"] = study["words"]
    said = text_of(render(other))
    assert "The study is not finished. Missing: " + TEXTS["meet"][0] in said
    assert said.count("This step has not been taken yet.") == len(TEXTS) - 1


def test_an_empty_study_is_a_page() -> None:
    assert "has no findings yet" in render(Study())


def test_markup_in_captions_names_and_tables_stays_text(study: Study) -> None:
    other = copy_of(study)
    other.scenes = {
        f"{EVIL}{k}": Scene(image=s.image, caption=Caption.parse(f"a van {EVIL}"), name=f"{EVIL}{k}", notes=(EVIL,))
        for k, s in enumerate(study.scenes.values())
    }
    evil_axis = replace(study["step6"].axes[1], labels=(EVIL,) * 6)
    other.explanations["step6"] = replace(
        study["step6"], axes=(study["step6"].axes[0], evil_axis), captions=(Caption.parse(f"a van {EVIL}"),) * 6
    )
    words = study["words"]
    other.explanations["words"] = replace(
        words, axes=(replace(words.axes[0], labels=tuple(f"{EVIL}{k}" for k in range(10))),), companions={}
    )
    for rows in other.tables.values():
        for row in rows:
            row |= {key: EVIL for key, value in row.items() if isinstance(value, str) and key != "quantity"}
    other.settings["left out"] = {"strength": EVIL, "meet": EVIL}
    other.settings["stepwise"] = {**study.settings["stepwise"], "model": EVIL, EVIL: EVIL}
    page = render(other)
    found = Reader(page)
    assert found.open == []
    assert "script" not in [tag for tag, _ in found.elements]
    assert not [a for _, attributes in found.elements for a in attributes if a.startswith("on")]
    assert "alert(1)" in text_of(page)


def test_the_report_of_32_pairs_stays_small(full_study: Study) -> None:
    assert len(render(full_study).encode()) < 6e6


def test_cites_what_the_bibliography_holds() -> None:
    text = (Path(__file__).parents[2] / "docs" / "references.bib").read_text(encoding="utf-8")
    assert set(CITATIONS) <= set(re.findall(r"^@\w+\{(\w+),", text, flags=re.M))


def test_writes_the_page(study: Study, page: str, tmp_path: Path) -> None:
    path = write_report(study, tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == page
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_an_unwritable_place_keeps_what_was_there(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "report.html"
    folder.mkdir()
    (folder / "kept").write_text("x")
    with pytest.raises(StudyError, match="report that can be written"):
        write_report(study, folder)
    assert (folder / "kept").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_maps_of_the_largest_logits_show_who_lost(study: Study, page: str) -> None:
    assert page.count("its own caption, which lost</figcaption>") == 2
    assert "For 2 of 4 pictures another caption wins" in text_of(page)
    other = copy_of(study)
    e = study["step3"]
    own = [[i == j for j in range(4)] for i in range(4)]
    other.explanations["step3 largest logit"] = replace(e, values=e.values * [[[float(o)] for o in row] for row in own])
    assert "so these maps are the ones above" in text_of(render(other))
