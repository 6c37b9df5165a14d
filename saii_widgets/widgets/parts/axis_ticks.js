import { shown } from "../shared.js";

// Round numbers along an axis: steps of 1, 2, 2.5 or 5 times a power of ten, about `n` of them.
export function axisTicks(low, high, n = 5, { widen = true } = {}) {
  const rough = (high - low) / n, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find(size => size * power >= rough * 0.999) ?? 10);
  const first = widen ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9);
  const last = widen ? Math.ceil(high / step - 1e-9) : Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
  return { low: widen ? ticks[0] : low, high: widen ? ticks.at(-1) : high, ticks };
}

// A tick's number without needless zeros; shares in per cent.
export function tickText(value, unit) {
  const number = Number((unit === "probability" || unit === "share" ? 100 * value : value).toPrecision(6));
  if (number !== 0 && Math.abs(number) < 0.001) return shown(number);
  return String(number).replace("-", "−");
}
