"""The whole page: head, findings, contents, a section each step, methods."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final

from saii_widgets.core.errors import StudyError
from saii_widgets.core.html import role_key, shaded_words, style
from saii_widgets.core.html.pictures import legend
from saii_widgets.core.scale import Scale
from saii_widgets.core.study import Study
from saii_widgets.core.text import Role
from saii_widgets.report import deletion, evaluation, leftovers, relevance, scores, words
from saii_widgets.report.citations import citation_list
from saii_widgets.report.findings import findings, findings_html
from saii_widgets.report.texts import INTRODUCTION, TEXTS

# what each section shows, and the explanations of which it needs at least one
_SECTIONS: Final[dict[str, tuple[Callable[[Study], str], tuple[str, ...]]]] = {
    "words": (words.words, ("words",)),
    "meet": (scores.meet, ("retrieval", "meeting")),
    "captions": (words.captions, ()),
    "step1": (scores.step1, ("step1",)),
    "step2": (scores.step2, ("step2",)),
    "step3": (relevance.step3, ("step3",)),
    "step4": (deletion.step4, ("step4",)),
    "step5": (relevance.step5, ("step5",)),
    "step6": (scores.step6, ("step6",)),
    "evaluate": (evaluation.evaluate, ("figure5", "figure6")),
}
_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_report(study: Study, path: str | Path) -> Path:
    """Write the report of a study, whole or unfinished; a file that stood there stays if that fails.

    Raises
    ------
    StudyError
        The file can't be written.
    """
    path = Path(path)
    page = render(study)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(page)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def render(study: Study) -> str:
    """The report as one HTML page that carries its pictures and styles and has no scripts."""
    settings = study.settings.get("stepwise", {})
    sections = [_section(study, name) for name in TEXTS]
    entries = [("findings", "What came out"), ("reading", "How to read this page")]
    entries += [(name, title) for name, (title, _) in TEXTS.items()]
    entries += [("skipped", "Skipped and warnings"), ("methods", "Methods and sources")]
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in entries)
    sheet = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
    title = "A stepwise study of an image-text model"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{title}</title>{style()}'
        f'<style>{sheet}</style></head><body class="saii report">'
        f'<header><h1>{title}</h1><p class="report-facts">{escape(_facts(study))}</p>'
        f'<p class="report-introduction">{escape(INTRODUCTION)}</p></header>'
        f'<nav aria-label="Contents"><p>Contents</p><ol>{contents}</ol></nav>'
        f"<main>{_findings(study)}{_reading()}{''.join(sections)}"
        f'<section id="skipped"><h2>Skipped and warnings</h2>{leftovers.leftovers(study)}</section>'
        f'<section id="methods"><h2>Methods and sources</h2>{citation_list()}{_settings(settings)}</section></main>'
        "</body></html>"
    )


def _facts(study: Study) -> str:
    settings = study.settings.get("stepwise", {})
    facts = [f"Model: {settings.get('model', 'not named')}"]
    if revision := settings.get("revision"):
        facts[0] += f" ({str(revision)[:12]})"
    for key, text in (
        ("n_pictures", "{:,} pictures"),
        ("n_records", "{:,} records"),
        ("n_pairs", "{:,} in steps 1 to 5"),
        ("n_many", "{:,} in step 6"),
    ):
        if isinstance(settings.get(key), int):
            facts.append(text.format(settings[key]))
    return " · ".join(facts)


def _findings(study: Study) -> str:
    found = findings(study)
    missing = [TEXTS[name][0] for name in TEXTS if name not in study.settings.get("done", ())]
    parts = [findings_html(found) if found else "<p>The study has no findings yet.</p>"]
    if missing:
        parts.append(
            f'<p class="report-left-out">The study is not finished. Missing: {escape("; ".join(missing))}. '
            "Run it again with <code>--resume</code> to go on.</p>"
        )
    return f'<section id="findings" class="report-box"><h2>What came out</h2>{"".join(parts)}</section>'


def _reading() -> str:
    """How shades, colours and styles are to be read, with examples."""
    sample = shaded_words(
        ("a", "red", "truck", "near", "a", "metal fence"),
        (0.02, 0.28, 0.4, 0.02, 0.02, 0.26),
        (Role.FUNCTION, Role.PRINCIPAL, Role.PRINCIPAL, Role.FUNCTION, Role.FUNCTION, Role.NON_PRINCIPAL),
    )
    return (
        '<section id="reading"><h2>How to read this page</h2><div class="report-reading"><div><h3>Words</h3>'
        f"{sample}{role_key()}<p>The stronger the shade, the more the word contributes. Numbers under words are "
        "per cent of the caption's word relevance.</p></div><div><h3>Maps and tables</h3>"
        f"{legend(Scale(0.0, 1.0), 'probability', 'dark is low, bright is high')}"
        f"{legend(Scale(-1.0, 1.0, signed=True), 'change', 'blue fell, red rose')}"
        "<p>Maps lie over the picture: where nothing is drawn, the patch contributes nothing.</p></div></div></section>"
    )


def _section(study: Study, name: str) -> str:
    title, text = TEXTS[name]
    draw, needs = _SECTIONS[name]
    there = any(need in study.explanations for need in needs) if needs else bool(study.scenes)
    reason = study.settings.get("left out", {}).get(name)
    left = f'<p class="report-left-out">Left out: {escape(str(reason))}.</p>' if reason and name != "evaluate" else ""
    if there:
        content = left + draw(study)
    else:
        content = left or '<p class="report-left-out">This step has not been taken yet.</p>'
    return f'<section id="{name}"><h2>{escape(title)}</h2><p class="report-text">{escape(text)}</p>{content}</section>'


def _settings(settings: dict) -> str:
    hidden = ("pictures", "captions", "records", "vocabulary")
    lines = "".join(
        f"<dt>{escape(key.replace('_', ' '))}</dt><dd>{escape(str(value))}</dd>"
        for key, value in settings.items()
        if key not in hidden and value not in (None, {}, "")
    )
    return f'<details class="saii-origin"><summary>Settings of the study</summary><dl>{lines}</dl></details>'


def _unwritable(path: Path, error: OSError) -> StudyError:
    return StudyError(
        "a report that can be written",
        f"{error.strerror or error} for {path}",
        "Free some space, or name a folder that you may write to.",
    )
