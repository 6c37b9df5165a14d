const WORDS = {
  restarting: "The kernel was restarted", autorestarting: "The kernel was restarted", terminating: "The kernel was stopped",
  dead: "The kernel has died", changed: "The kernel was changed", never: "No kernel stands behind this view",
  unreachable: "The kernel can't be reached",
};
const REST = ": what needs no Python still works; run the cell again for the rest.";

// Whether Python stands behind a view, as far as the front end lets it know: "here", "gone" (a notebook whose kernel is
// another now, `text` says which) or "none" (an exported page). `tell` is called when that changes. A front end that
// says nothing, or speaks otherwise, counts as "here".
export function pythonBehind({ model, el, signal, tell }) {
  const manager = model.widget_manager, session = manager?.context?.sessionContext ?? manager?.kernel;
  const python = { state: model.alone ? "none" : "here", text: "", lose };
  function lose(how) {
    if (!(how in WORDS) || python.state === "none") return;
    Object.assign(python, { state: "gone", text: WORDS[how] + REST });
    tell();
  }
  const hear = (lumino, slot) => {
    lumino?.connect?.(slot);
    signal.addEventListener("abort", () => lumino?.disconnect?.(slot));
  };
  hear(session?.statusChanged, (_, status) => lose(status));
  hear(session?.kernelChanged, (_, { newValue } = {}) => { if (newValue) lose("changed"); });
  // ipywidgets cuts its models off when the kernel restarts, and marks the views of models without a kernel
  const cut = function () { if (python.state === "here" && this?.model?.comm_live === false) lose("restarting"); };
  model.on("comm_live_update", cut);
  signal.addEventListener("abort", () => model.off("comm_live_update", cut));
  if (session && el.closest(".jupyter-widgets-disconnected")) lose("never");
  return python;
}
