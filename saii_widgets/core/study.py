"""Scenes, explanations and tables of one study, saved as one file without pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from saii_widgets.core.archive import ArchiveReader, ArchiveWriter
from saii_widgets.core.errors import LabelError, StudyError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.scene import Scene
from saii_widgets.core.study_format import (
    explanation_from_json,
    explanation_to_json,
    read_part,
    scene_from_json,
    scene_to_json,
)

FORMAT: Final = "saii-study"
VERSION: Final = 1


class Study:
    """What was looked at and what came out.

    Attributes
    ----------
    scenes : dict of str to Scene
        Pictures with their captions, by name.
    explanations : dict of str to Explanation
        Results by name; ``study["step3"]`` is short for ``study.explanations["step3"]``.
    tables : dict of str to list of dict
        Rows of numbers and texts, as JSON holds them.
    settings : dict
        How the study was made, as JSON holds it.
    arrays : dict of str to array
        Numbers that were dear to compute, by what they depend on: found again, they are not computed anew.

    Examples
    --------
    >>> study = Study()
    >>> study.tables["verdict"] = [{"quantity": "share on principal words", "value": 0.7}]
    >>> study
    Study: 0 scenes, 0 explanations, 1 table
    """

    def __init__(self) -> None:
        self.scenes: dict[str, Scene] = {}
        self.explanations: dict[str, Explanation] = {}
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.settings: dict[str, Any] = {}
        self.arrays: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> Explanation:
        if name not in self.explanations:
            listed = ", ".join(sorted(self.explanations)) or "none yet"
            raise LabelError(f"an explanation of this study ({listed})", repr(name), "Choose one of these.")
        return self.explanations[name]

    def __setitem__(self, name: str, explanation: Explanation) -> None:
        self.explanations[name] = explanation

    def __contains__(self, name: object) -> bool:
        return name in self.explanations

    def __repr__(self) -> str:
        parts = ((self.scenes, "scene"), (self.explanations, "explanation"), (self.tables, "table"))
        return "Study: " + ", ".join(f"{len(items)} {word}{'s' * (len(items) != 1)}" for items, word in parts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Study):
            return NotImplemented
        return (
            self.scenes == other.scenes
            and self.explanations == other.explanations
            and self.tables == other.tables
            and self.settings == other.settings
            and self.arrays.keys() == other.arrays.keys()
            and all(np.array_equal(array, other.arrays[key]) for key, array in self.arrays.items())
        )

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def save(self, path: str | Path) -> Path:
        """Write everything to one file; what stood there stays unchanged if that fails.

        Parameters
        ----------
        path : str or Path
            By custom ending in ``.saii``.

        Raises
        ------
        StudyError
            The file can't be written, the disk is full, or a table or setting is no JSON.
        """
        path = Path(path)
        archive = ArchiveWriter()
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "scenes": {name: scene_to_json(scene, archive) for name, scene in self.scenes.items()},
            "explanations": {name: explanation_to_json(e, archive) for name, e in self.explanations.items()},
            "tables": self.tables,
            "settings": self.settings,
            "arrays": {key: archive.add_array(array) for key, array in self.arrays.items()},
        }
        try:
            json.dumps(manifest, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise StudyError(
                "tables and settings of texts, finite numbers, lists and dicts",
                str(error),
                "Convert or drop the entry.",
            ) from error
        archive.write(path, manifest)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """Read a study back.

        Raises
        ------
        StudyError
            No such file, no study, a newer format, or damaged.
        """
        path = Path(path)
        with ArchiveReader(path) as archive:
            manifest = archive.manifest
            if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
                raise StudyError(
                    f"a study of format version {VERSION}",
                    f"{manifest.get('format')!r}, version {manifest.get('version')!r} in {path.name}",
                    "Open it with the version of saii_widgets that wrote it.",
                )
            study = cls()
            pictures: dict[str, Image.Image] = {}
            study.scenes = read_part(
                "scenes", lambda: {name: scene_from_json(entry, archive) for name, entry in manifest["scenes"].items()}
            )
            study.explanations = read_part(
                "explanations",
                lambda: {
                    name: explanation_from_json(entry, archive, pictures)
                    for name, entry in manifest["explanations"].items()
                },
            )
            study.tables = read_part("tables", lambda: {k: [dict(r) for r in t] for k, t in manifest["tables"].items()})
            study.settings = read_part("settings", lambda: dict(manifest["settings"]))
            stored = manifest.get("arrays", {})  # studies of earlier versions have none
            study.arrays = read_part("arrays", lambda: {key: archive.array(name) for key, name in stored.items()})
        return study
