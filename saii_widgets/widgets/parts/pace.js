const SLOWEST = 900, WHOLE = 11_000; // milliseconds

// How long a step is shown while a play runs: few steps can be read one by one, many don't take minutes.
export const pace = steps => Math.min(SLOWEST, WHOLE / Math.max(1, steps));
