"""A notebook in a browser: in JupyterLab, in Notebook 7 or in Voila."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.lab.jupyter_server import JupyterServer
from tests.lab.kernel_client import KernelClient

SHOTS: Final = Path(__file__).parents[2] / "out" / "screenshots"
LONG: Final = 90_000  # milliseconds, for what starts a kernel or loads a front end
_PANEL: Final = "window.jupyterapp?.shell?.currentWidget"
_IDLE: Final = f"() => {_PANEL}?.context?.sessionContext?.session?.kernel?.status === 'idle'"
_DONE: Final = f"""() => {{
  const panel = {_PANEL}, source = one => one.model.sharedModel.getSource().trim();
  const cells = panel.content.widgets.filter(one => one.model.type === 'code' && source(one));
  const {{ kernel }} = panel.context.sessionContext.session;
  return cells.every(one => one.model.executionCount) && kernel.status === 'idle'; }}"""
# what the front ends themselves get wrong or ask for, with or without our widgets
KNOWN: Final = {
    "lab": (),
    # plugins that reach for others which are still being loaded; a font that the server now and then refuses
    "notebook": ("reading 'schema'", "'filebrowser:open-path' not registered", ".woff2"),
    # icons for its toolbar and MathJax come from CDNs; extensions of Notebook 7 share modules that Voila lacks
    "voila": ("/npm/@fortawesome/fontawesome-free@", "/ajax/libs/mathjax/", "#RUNTIME-012"),
}
# the jslink of ipywidgets goes on writing to a comm that was closed with its kernel, and JupyterLab's debugger to a
# kernel that is being replaced
WITHOUT_KERNEL: Final = ("Could not send widget sync message", "Canceled future", "debugger")
PATHS: Final = {"lab": "/doc/tree/{}?reset", "notebook": "/notebooks/{}", "voila": "/voila/render/{}"}


class NotebookPage:
    """One open notebook.

    Parameters
    ----------
    context : BrowserContext
        Of Playwright; closed by :meth:`close`.
    server : JupyterServer
    name : str
        Of the notebook's file.
    front : str
        "lab", "notebook" or "voila".
    allowed : sequence of str
        Parts of further messages and addresses that are no failure in this test.
    """

    def __init__(
        self, context: Any, server: JupyterServer, name: str, front: str = "lab", *, allowed: tuple[str, ...] = ()
    ) -> None:
        self.wrong: list[str] = []
        self.name, self.front = name, front
        self._server, self._context, self._allowed = server, context, (*KNOWN[front], *allowed)
        self._client: KernelClient | None = None
        context.route("**/*", self._route)
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self._note(f"{error} {error.stack}"))
        self.page.on("console", self._hear)

    def open(self, *, idle: bool = True) -> None:
        """Load it, and wait for an idle kernel."""
        self.page.goto(self._server.address(PATHS[self.front].format(self.name)), timeout=LONG)
        if self.front == "voila":
            self.page.wait_for_selector(".saii-widget", timeout=LONG)
            return
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=LONG)
        if idle:
            self.page.wait_for_function(_IDLE, timeout=LONG)

    def run(self) -> None:
        """Run all cells, and wait until the kernel is done."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(_DONE, timeout=LONG)
        wrong = self.page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type$='stderr']")
        if said := wrong.all_inner_texts():
            raise AssertionError("\n".join(said))

    def command(self, name: str, **arguments: Any) -> None:
        """One of the front end's own commands; not waited for, since some end with a dialog."""
        self.page.evaluate("([name, given]) => { window.jupyterapp.commands.execute(name, given); }", [name, arguments])

    @property
    def kernel(self) -> KernelClient:
        """Python's side."""
        if self._client is None:
            self._client = self._server.client(self.name)
        return self._client

    @property
    def n_cells(self) -> int:
        return self.page.evaluate(f"() => {_PANEL}.content.widgets.length")

    def widget(self, kind: str) -> Any:
        """The view of the first widget of a kind, such as "word-editor", painted and in sight."""
        found = self.page.locator(f".saii-{kind}").first
        found.wait_for()
        found.scroll_into_view_if_needed()
        self.page.wait_for_function(
            "kind => document.querySelector(`.saii-${kind} .saii-body`).offsetHeight > 40", arg=kind
        )
        return found

    def theme(self, name: str) -> None:
        """ "Light" or "Dark"."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(name == "Light").lower()
        )
        # the theme's style sheet replaces the other's after the attribute has changed
        colour = "getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').trim()"
        self.page.wait_for_function(f"light => ['#fff', 'white'].includes({colour}) === light", arg=name == "Light")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def shot(self, name: str) -> None:
        """Keep a screenshot for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.front}_{name}.png")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._context.close()

    def _route(self, route: Any) -> None:
        address = route.request.url
        if address.startswith((self._server.url, "data:", "blob:")):
            route.continue_()
            return
        self._note(f"asked for {address}")
        route.abort()

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _note(self, text: str) -> None:
        if not any(part in text for part in self._allowed):
            self.wrong.append(text)
