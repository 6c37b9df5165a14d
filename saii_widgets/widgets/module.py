"""A widget's JavaScript as one module: front ends load it from a blob, where relative imports fail."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\.{1,2}/(?:[^"]*/)?([\w]+\.js)";\n', re.M)
_LEAN: Final = re.compile(r"^[ \t]+|^[ \t]*//.*\n", re.M)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.M)


def module(name: str) -> str:
    """The module ``name.js`` with everything it imports put in front, each file once.

    It travels with every instance, so lines that are comments and what indents the others stay behind.

    Parameters
    ----------
    name : str
        Of the widget, as its files are named: "word_editor".
    """
    parts: list[str] = []
    _collect(_path(f"{name}.js"), parts, [])
    return _LEAN.sub("", "".join(parts))


def style(name: str) -> str:
    """The shared style sheet, for this widget alone, followed by the widget's own.

    A page holds one sheet a kind of widget. Were the shared rules said for all kinds, those that came with a later
    widget would outweigh what an earlier one says of itself. As a module does, it leaves behind what indents its lines.
    """
    shared, own = ((FOLDER / f"{part}.css").read_text(encoding="utf-8") for part in ("shared", name))
    return _LEAN.sub("", shared.replace(".saii-widget", f".saii-{name.replace('_', '-')}") + own)


def _path(file: str) -> Path:
    here = FOLDER / file
    return here if here.is_file() else FOLDER / "parts" / file


def _collect(path: Path, parts: list[str], seen: list[Path]) -> None:
    seen.append(path)
    source = path.read_text(encoding="utf-8")
    for needed in _IMPORT.findall(source):
        if _path(needed) not in seen:
            _collect(_path(needed), parts, seen)
    source = _IMPORT.sub("", source)
    parts.append(source if path is seen[0] else _EXPORT.sub("", source))
