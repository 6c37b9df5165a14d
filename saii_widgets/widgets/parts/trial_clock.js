// Milliseconds that a picture was looked at, without the pauses.
export function trialClock(now = () => performance.now()) {
  let since = null, before = 0;
  return {
    start() { [since, before] = [now(), 0]; },
    pause() { if (since !== null) [before, since] = [before + now() - since, null]; },
    go() { since ??= now(); },
    read: () => before + (since === null ? 0 : now() - since),
  };
}

// Answers as lines of a table; quotes are doubled and nothing is left out, so that any text comes back as it was.
export function answerLines(columns, rows) {
  const cell = value => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return [columns, ...rows.map(row => columns.map(name => row[name]))].map(line => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
