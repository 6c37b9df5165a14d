// Stands in for the notebook: holds each widget's state and tells its views, and what is linked to it, what changed.
// No Python stands behind it.
class Model {
  constructor(state) { this.state = new Map(Object.entries(state)); this.heard = new Map(); this.saved = 0; this.alone = true; }
  get(name) { return this.state.get(name); }
  set(name, value) {
    const all = typeof name === "object" ? Object.entries(name) : [[name, value]];
    const changed = all.filter(([key, entry]) => this.state.get(key) !== entry);
    for (const [key, entry] of changed) this.state.set(key, entry);
    for (const [key, entry] of changed) this.fire(`change:${key}`, entry);
    if (changed.length) this.fire("change");
  }
  on(names, hear) { for (const name of names.split(" ")) this.heard.set(name, [...(this.heard.get(name) ?? []), hear]); }
  off(name, hear) { this.heard.set(name, (this.heard.get(name) ?? []).filter(other => hear && other !== hear)); }
  fire(name, value) { for (const hear of this.heard.get(name) ?? []) hear(this, value); }
  save_changes() { this.saved += 1; }
  send() {}
}
const unpacked = value => {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.base64 === "string" && Object.keys(value).length === 1)
    return new DataView(Uint8Array.from(atob(value.base64), letter => letter.charCodeAt(0)).buffer);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unpacked(entry)]));
};
const { modules, widgets, links, panels } = JSON.parse(document.getElementById("saii-data").textContent);
const loaded = await Promise.all(modules.map(source => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return import(address).finally(() => URL.revokeObjectURL(address));
}));
const shown = widgets.map(({ module, state }, k) => {
  const model = new Model(unpacked(state));
  let end = null;
  const open = () => { end ??= loaded[module].default.render({ model, el: document.getElementById(`saii-${k}`) }); };
  return { model, open, close: () => end?.() };
});
for (const [one, name, other, its] of links) {
  shown[one].model.on(`change:${name}`, (_, value) => shown[other].model.set(its, value));
  shown[other].model.on(`change:${its}`, (_, value) => shown[one].model.set(name, value));
}
// A panel is drawn when it is first looked at.
if (panels) {
  const { model } = shown[panels.switch];
  const turn = () => panels.groups.forEach((group, k) => {
    const open = k === model.get(panels.trait);
    document.getElementById(`saii-panel-${k}`).hidden = !open;
    if (open) for (const one of group) shown[one].open();
  });
  model.on(`change:${panels.trait}`, turn);
  turn();
}
const inPanels = new Set(panels ? panels.groups.flat() : []);
shown.forEach((one, k) => { if (!inPanels.has(k)) one.open(); });
window.saii = shown;
