// Values with their intervals on one axis: a row each, lines for what is asked of them.

import { svg } from '../dom.js';
import { cut, percent, placeOn } from './axis.js';

const ROW = 20;
const LABELS = 16;
const MOST_TICKS = 6;

/**
 * A plot. Rows are { name, series, shape, value, lower, upper, text }: a shape is 'circle', 'square' or 'diamond'; lines are { value, text }.
 * Texts keep their size at every width: places are shares of the width.
 */
export function intervalPlot({ label, axis, rows, lines = [] }) {
  const shown = rows.filter((row) => placeOn(axis, row.value) !== null);
  const bounds = lines.filter((line) => placeOn(axis, line.value) !== null);
  const top = bounds.length > 0 ? LABELS : 2;
  const bottom = top + shown.length * ROW;
  return svg('svg', { class: 'plot', height: bottom + LABELS + 4, role: 'img', 'aria-label': `${label}: ${shown.map((row) => `${row.name} ${row.text}`).join('; ')}${bounds.map((line) => `; ${line.text}`).join('')}` },
    ticksOf(axis).map((tick, index, all) => tickAt(axis, tick, index, all, top, bottom)),
    svg('line', { class: 'axis', x1: '0', x2: '100%', y1: bottom, y2: bottom }),
    shown.map((row, index) => rowAt(axis, row, top + index * ROW + ROW / 2)),
    bounds.map((line) => boundAt(axis, line, top, bottom)));
}

/** At most so many ticks as stand beside each other on a phone. */
function ticksOf({ ticks = [] }) {
  const step = Math.ceil(ticks.length / MOST_TICKS);
  return ticks.filter((_, index) => index % step === 0);
}

function tickAt(axis, tick, index, all, top, bottom) {
  const x = placeOn(axis, tick.value);
  const anchor = x < 0.04 ? 'start' : x > 0.96 ? 'end' : 'middle';
  return [
    svg('line', { class: 'grid', x1: percent(x), x2: percent(x), y1: top, y2: bottom }),
    svg('text', { x: percent(x), y: bottom + 14, 'text-anchor': anchor }, tick.text),
  ];
}

function rowAt(axis, row, y) {
  const [lower, upper] = [placeOn(axis, row.lower), placeOn(axis, row.upper)];
  return svg('g', { class: `series-${row.series}` },
    svg('title', {}, `${row.name} ${row.text}`),
    lower === null || upper === null ? null : [
      svg('line', { class: 'range', x1: percent(lower), x2: percent(upper), y1: y, y2: y }),
      ...[lower, upper].map((end) => svg('line', { class: 'range', x1: percent(end), x2: percent(end), y1: y - 4, y2: y + 4 })),
    ],
    markAt(percent(placeOn(axis, row.value)), y, row.shape));
}

/** A mark: a nested drawing, so that its own places are pixels. */
export function markAt(x, y, shape) {
  const drawing = {
    circle: () => svg('circle', { class: 'mark', r: 5 }),
    square: () => svg('rect', { class: 'mark', x: -4.5, y: -4.5, width: 9, height: 9 }),
    triangle: () => svg('path', { class: 'mark', d: 'M0 -6l5.5 10h-11z' }),
    cross: () => svg('path', { class: 'mark', d: 'M-1.8 -5.5h3.6v3.7h3.7v3.6h-3.7v3.7h-3.6v-3.7h-3.7v-3.6h3.7z' }),
    diamond: () => svg('path', { class: 'hollow', d: 'M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z' }),
  }[shape];
  return svg('svg', { x, y, class: 'at' }, drawing());
}

function boundAt(axis, line, top, bottom) {
  const x = placeOn(axis, line.value);
  return svg('g', {},
    svg('line', { class: 'bound', x1: percent(x), x2: percent(x), y1: top - 3, y2: bottom }),
    svg('text', { class: 'bound-text', x: percent(x), y: top - 6, 'text-anchor': x < 0.35 ? 'start' : x > 0.65 ? 'end' : 'middle' }, cut(line.text, 40)));
}
