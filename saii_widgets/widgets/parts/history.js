// What was, what is and what was undone. Edits of one kind in quick succession are one step.
export function history(first, same, most = 200) {
  let past = [], future = [], now = first, last = { kind: "", time: -Infinity };
  return {
    get now() { return now; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },
    push(next, kind = "", time = 0) {
      if (same(now, next)) return;
      if (!(kind && kind === last.kind && time - last.time < 1000)) past = [...past.slice(1 - most), now];
      [now, future, last] = [next, [], { kind, time }];
    },
    undo() { if (past.length) { future = [now, ...future]; now = past.at(-1); past = past.slice(0, -1); last = { kind: "", time: -Infinity }; } },
    redo() { if (future.length) { past = [...past, now]; [now, ...future] = future; last = { kind: "", time: -Infinity }; } },
  };
}
