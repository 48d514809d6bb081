// Where a value stands on an axis { minimum, maximum, isLogarithmic }.

/** The place of a value, 0 to 1; a value beyond the axis stands at its end. Null for no number. */
export function placeOn(axis, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  const scale = axis.isLogarithmic ? (number) => Math.log(Math.max(number, Number.MIN_VALUE)) : (number) => number;
  const [low, high] = [scale(axis.minimum), scale(axis.maximum)];
  return high > low ? Math.min(1, Math.max(0, (scale(value) - low) / (high - low))) : 0.5;
}

/** A text that no line of a chart wraps, cut at so many letters: what stands around it has all of it. */
export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** A place as SVG has it. */
export const percent = (place) => `${(place * 100).toFixed(2)}%`;

/** One axis for several: as wide as all of them, with the ticks of the widest and those beyond it. */
export function joinAxes(axes) {
  if (axes.length === 0) return null;
  const width = (axis) => (axis.isLogarithmic ? Math.log(axis.maximum / axis.minimum) : axis.maximum - axis.minimum);
  const widest = axes.reduce((a, b) => (width(b) > width(a) ? b : a));
  const ticks = [...widest.ticks ?? []];
  for (const tick of axes.flatMap((axis) => axis.ticks ?? [])) {
    if ((tick.value < widest.minimum || tick.value > widest.maximum) && ticks.every((known) => known.value !== tick.value)) ticks.push(tick);
  }

  return { ...widest, minimum: Math.min(...axes.map((axis) => axis.minimum)), maximum: Math.max(...axes.map((axis) => axis.maximum)), ticks: ticks.sort((a, b) => a.value - b.value) };
}

/**
 * The part of an axis in which some values are, with ticks of its own in the same unit; the axis itself where that is most of it, or where
 * its ticks do not tell their unit.
 */
export function zoomOn(axis, values) {
  const known = values.filter(Number.isFinite);
  const sample = (axis.ticks ?? []).findLast((tick) => tick.value !== 0 && Number.isFinite(Number.parseFloat(tick.text)));
  if (known.length === 0 || axis.isLogarithmic || !sample) return axis;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (high - low > (axis.maximum - axis.minimum) / 3) return axis;
  const factor = Math.round(Number.parseFloat(sample.text.replace('−', '-')) / sample.value); // 100 for shares.
  if (![1, 100].includes(factor)) return axis;
  const step = roundStep(Math.max(high - low, (axis.maximum - axis.minimum) / 100) / 3);
  const [minimum, maximum] = [Math.max(axis.minimum, Math.floor(low / step) * step), Math.min(axis.maximum, Math.ceil(high / step) * step)];
  const unit = sample.text.replace(/^[\d.,−-]+/, '');
  const digits = Math.max(0, -Math.floor(Math.log10(step * factor) + 1e-9));
  const ticks = Array.from({ length: Math.floor((maximum - minimum) / step + 1e-9) + 1 }, (_, index) => minimum + index * step).map((value) => ({ value, text: (value * factor).toFixed(digits).replace('-', '−') + unit }));
  return { ...axis, minimum, maximum, ticks };
}

/** An axis from 0 to beyond the largest value, with ticks at round numbers. */
export function axisFromZero(largest) {
  const step = roundStep((largest > 0 ? largest : 1) / 3);
  const maximum = Math.ceil((largest > 0 ? largest * 1.05 : 1) / step) * step;
  const ticks = Array.from({ length: Math.round(maximum / step) + 1 }, (_, index) => ({ value: index * step, text: Number((index * step).toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 }) }));
  return { minimum: 0, maximum, isLogarithmic: false, ticks };
}

/** The round number, 1, 2 or 5 times a power of ten, that is at least as large. */
function roundStep(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= value * 0.999);
}

/** How the numbers of a unit are written at ticks, and the least and the most they can be. */
const UNITS = {
  share: { factor: 100, suffix: ' %', least: 0, most: 1 }, score: { least: 0, most: 100 }, ms: { suffix: ' ms', least: 0 },
  tokens: { least: 0 }, characters: { least: 0 }, words: { least: 0 }, money: { least: 0 },
};
const TICKS = 4;
const LOGARITHMIC_FROM = 1000;

/** An axis for numbers of a unit, within what the unit can be, with ticks at round numbers. */
export function ticksFor(unit, values) {
  const { factor = 1, suffix = '', least = -Infinity, most = Infinity } = UNITS[unit] ?? {};
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (low > 0 && high / low >= LOGARITHMIC_FROM && factor === 1) return powers(low, high);
  const room = high > low ? (high - low) * 0.1 : Math.max(Math.abs(high) * 0.05, 0.01);
  const step = roundStep((high - low + 2 * room) / TICKS);
  const minimum = Math.max(least, Math.floor((low - room) / step) * step);
  const maximum = Math.min(most, Math.ceil((high + room) / step) * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step * factor) + 1e-9));
  const text = (value) => (Math.abs(value * factor) >= 1e6 ? (value * factor).toExponential(1) : (value * factor).toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const first = Math.ceil(minimum / step - 1e-9);
  return { minimum, maximum, isLogarithmic: false, ticks: Array.from({ length: Math.floor(maximum / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step).map((value) => ({ value, text: text(value).replace('-', '−') + suffix })) };
}

/** An axis of powers of ten. */
function powers(low, high) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const step = Math.max(1, Math.ceil((last - first) / TICKS));
  const exponents = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
  return { minimum: 10 ** first, maximum: 10 ** last, isLogarithmic: true, ticks: exponents.map((exponent) => ({ value: 10 ** exponent, text: `10${[...String(exponent)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit] ?? '⁻').join('')}` })) };
}
