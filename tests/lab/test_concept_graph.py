"""A concept that is removed, moved and swapped in JupyterLab, with a classifier behind it that answers."""

from __future__ import annotations

from tests.lab.cells import example_cell
from tests.lab.conftest import Notebook

LIVE = """
from PIL import Image
asked = []

def predict(edit):
    asked.append(edit)
    if "swap" in edit:
        raise RuntimeError("out of memory")
    return {"classifier": [0.25, 0.75] if "move" in edit else [0.6, 0.4], "network": [0.5, 0.5]}

live = ConceptGraphView(result, examples={"grille": [Image.new("RGB", (30, 20), "red")]}, predict=predict)
live
"""


def test_changes_are_predicted_live(notebook: Notebook) -> None:
    opened = notebook(example_cell("concept_graph_view").removesuffix("concept_graph_view"), LIVE)
    view = opened.widget("concept-graph-view")
    view.get_by_role("button", name="Remove", exact=True).click()
    verdict = view.locator(".saii-verdict")
    verdict.filter(has_text="from 90.0\u202f% to 60.0\u202f%").wait_for()  # and not the 40 % computed beforehand
    opened.kernel.until("live.edit", lambda now: now == {"remove": 0})
    view.get_by_role("button", name="Move", exact=True).click()
    opened.page.keyboard.press("ArrowRight")
    verdict.filter(has_text="turns from school bus to fire engine").wait_for()
    opened.kernel.until("live.outcome", lambda now: now.get("classifier", {}).get("fire engine") == 0.75)
    assert opened.kernel.value("asked[-1]") == {"move": [0, 0.02, 0]}
    opened.shot("concept_moved")
    view.locator("button.saii-example").first.click()
    view.get_by_role("alert").filter(has_text="out of memory").wait_for()
    verdict.filter(has_text="no answer").wait_for()
    opened.kernel.run("live.edit = {}")
    verdict.filter(has_not_text="With").wait_for(state="attached")
    assert view.get_by_role("button", name="Restore").is_disabled()
