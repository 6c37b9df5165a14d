"""What a view says, and still does, once the kernel behind it is another or none."""

from __future__ import annotations

from tests.lab.cells import MAPS
from tests.lab.conftest import Notebook
from tests.lab.notebook_page import WITHOUT_KERNEL

CELL = (
    MAPS + "editor = sw.WordEditor(captions[0], status='', busy=True)\n"
    "editor.show_effects(sw.Explanation.from_array(np.arange(6.0), kinds='word', caption=captions[0]))\n"
    "matrix, view = sw.PairMatrix(logits), sw.HeatmapView(maps)\n"
    "tied = ipywidgets.jslink((matrix, 'chosen'), (view, 'chosen'))\nipywidgets.VBox([editor, matrix, view])"
)
SESSION = "window.jupyterapp.shell.currentWidget.context.sessionContext"
REST = "what needs no Python still works; run the cell again for the rest."
RESTART = f"() => {SESSION}.session.kernel.restart()"
KINDS = ("word-editor", "pair-matrix", "heatmap-view")


def test_a_view_says_so_and_stays_of_use(notebook: Notebook) -> None:
    opened = notebook(CELL, allowed=WITHOUT_KERNEL)
    page = opened.page

    def says(what: str, after: str) -> None:
        page.evaluate(after)
        for kind in KINDS:
            page.locator(f".saii-{kind} .saii-parted", has_text=f"{what}: {REST}").wait_for()

    editor, matrix = opened.widget("word-editor"), opened.widget("pair-matrix")
    assert editor.get_attribute("aria-busy") == "true"
    says("The kernel was restarted", RESTART)
    assert editor.get_attribute("aria-busy") == "false"
    box = matrix.locator(".saii-cells").bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.84 * box["height"])
    page.locator(".saii-pair-matrix .saii-readout", has_text="south × a white bus: 24.00").wait_for()
    page.locator(".saii-heatmap-view .saii-thumbnail[aria-pressed=true]", has_text="south").wait_for()
    assert editor.locator(".saii-unshaded").is_hidden()
    editor.get_by_label("Caption", exact=True).press("End")
    page.keyboard.type(" and more")
    editor.locator(".saii-unshaded", has_text="needs Python").wait_for()
    opened.shot("kernel_restarted")
    says("The kernel was changed", f"() => {SESSION}.changeKernel({{ name: 'python3' }})")
    says("The kernel was stopped", f"() => {SESSION}.shutdown()")
    matrix.get_by_label("Order").select_option("by mean")
    page.keyboard.type("more")
    editor.get_by_label("Caption", exact=True).fill("a blue van")
    assert editor.get_by_role("option", name="van, principal").count() == 1


def test_after_a_restart_the_cell_gives_a_view_that_works(notebook: Notebook) -> None:
    opened = notebook(
        "import saii_widgets as sw\neditor = sw.WordEditor('a white bus')\neditor", allowed=WITHOUT_KERNEL
    )
    opened.widget("word-editor")
    opened.page.evaluate(RESTART)
    opened.page.locator(".saii-parted", has_text=REST).wait_for()
    opened.run()
    opened.page.locator(".saii-parted", has_text=REST).wait_for(state="detached")
    view = opened.widget("word-editor")
    view.get_by_label("Caption", exact=True).fill("a red van")
    opened.kernel.until("editor.caption", lambda text: text == "a red van")


def test_a_kernel_that_dies_leaves_a_view_that_says_so(notebook: Notebook) -> None:
    cell = "import os, saii_widgets as sw\neditor = sw.WordEditor('a white bus')\neditor"
    opened = notebook(cell, allowed=WITHOUT_KERNEL)
    opened.widget("word-editor")
    opened.kernel.begin("os.kill(os.getpid(), 9)")
    opened.page.locator(".saii-parted", has_text=f"The kernel was restarted: {REST}").wait_for()
