"""What was skipped, and what each picture's results must be read with."""

from __future__ import annotations

from html import escape

from saii_widgets.core.html import table
from saii_widgets.core.html.pictures import row_head
from saii_widgets.core.study import Study

_SKIPPED = (
    ("skipped pictures", "Pictures that could not be read"),
    ("skipped records", "Rows of the records that could not be read"),
    ("records without a usable text", "Records whose text the model cannot read"),
)


def leftovers(study: Study) -> str:
    """Warnings by picture, and the files and rows that were left out with their reasons."""
    noted = [scene for scene in study.scenes.values() if scene.notes]
    parts = []
    if noted:
        lines = "".join(
            f"<tr>{row_head(scene.name, scene.image)}<td>{'<br>'.join(map(escape, scene.notes))}</td></tr>"
            for scene in noted
        )
        parts.append(
            '<h3>Warnings</h3><div class="saii-scroll"><table class="saii-table"><thead><tr><th>picture</th>'
            f"<th>what to know</th></tr></thead><tbody>{lines}</tbody></table></div>"
        )
    for name, title in _SKIPPED:
        if rows := study.tables.get(name):
            parts.append(f"<h3>{title}</h3>{table(rows, limit=100)}")
    return "".join(parts) or "<p>Nothing was skipped, and no picture carries a warning.</p>"
