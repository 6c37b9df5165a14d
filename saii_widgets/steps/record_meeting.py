"""Pictures are ranked against record texts and paired with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from saii_widgets.core.errors import CaptionError
from saii_widgets.core.explanation import Explanation
from saii_widgets.core.lexicon import Lexicon
from saii_widgets.core.text import Caption
from saii_widgets.data.records import Records
from saii_widgets.data.window import Window
from saii_widgets.steps.meeting import Pairing, pair, record_texts, strongest_records
from saii_widgets.steps.pictures import Pictures

MAX_TEXTS: Final = 2_000  # distinct texts that pictures are ranked against
SHOWN: Final = 40


@dataclass(frozen=True)
class RecordMeeting:
    """What came of it.

    Parameters
    ----------
    logits : Explanation
        Over (image, caption): the paired texts, and the 40 that some picture matches best.
    pairs : list of dict
        Rows ``picture, record, row, logit``, best match first; `row` is the record's place in its file.
    refused : list of dict
        Rows ``row, reason, line``: texts that the model can't read.
    notes : tuple of str
        What can't be within any window.
    """

    logits: Explanation
    pairs: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    notes: tuple[str, ...]


def meet_records(
    pictures: Pictures, records: Records, lexicon: Lexicon, window: Window | None, pairing: Pairing
) -> RecordMeeting:
    """Rank every picture against the distinct texts of the records near it, and pair them.

    Raises
    ------
    CaptionError
        No record near a picture has a text that the model can read.
    """
    frame = records.frame
    near = None if window is None else window.matches(pictures.scenes, frame)
    texts = record_texts(records.texts, near, len(pictures), MAX_TEXTS)
    file_rows = [int(frame["row"].iloc[row]) for row in texts.rows]
    captions: list[Caption] = []
    kept: list[int] = []
    refused: list[dict[str, Any]] = []
    for k, text in enumerate(texts.texts):
        try:
            caption = Caption.parse(text, lexicon)
            pictures.model.check(caption)
        except CaptionError as error:
            refused.append({"row": file_rows[k], "reason": str(error), "line": text})
            continue
        captions.append(caption)
        kept.append(k)
    if not captions:
        raise CaptionError(
            "record texts that the model can read, near the pictures in time and place",
            f"none among {len(frame):,} records",
            "Choose another text column, or widen the window.",
        )
    logits, eligible = pictures.raw_logits(captions), texts.eligible[:, kept]
    pairs = pair(logits, eligible, pairing)
    shown = sorted({r for _, r in pairs} | set(strongest_records(logits, eligible, SHOWN)))
    explanation = pictures.explain_logits(
        [captions[r] for r in shown],
        logits[:, shown],
        title="Pictures and record texts",
        method="ranking of record texts",
        pairing=pairing,
        window=None if window is None else window.to_dict(),
        n_texts=len(captions),
        n_texts_passed_over=texts.n_passed_over,
    )
    rows = [
        {
            "picture": pictures.scenes[n].name,
            "record": captions[r].text,
            "row": file_rows[kept[r]],
            "logit": float(logits[n, r]),
        }
        for n, r in pairs
    ]
    return RecordMeeting(explanation, rows, refused, () if window is None else window.gaps(pictures.scenes, frame))
