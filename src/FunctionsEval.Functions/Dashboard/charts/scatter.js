// What quality costs: a mark a model, quality upwards, cost or latency to the right.

import { svg } from '../dom.js';
import { cut, percent, placeOn } from './axis.js';
import { markAt } from './interval.js';

const HEIGHT = 240;
const TOP = 10;
const BOTTOM = HEIGHT - 38;
const LEFT = 0.12; // Shares of the width that the axis' texts take, and that marks at the end keep for their names.
const RIGHT = 0.94;
const LINE = 13;
const SHAPES = ['circle', 'square', 'triangle', 'cross'];

export const shapeOf = (index) => SHAPES[index % SHAPES.length];

/** A plot of points { name, x, y, lower, upper, text, series, href? } on two axes. */
export function scatter({ label, x: { axis: horizontal, title }, y: vertical, points }) {
  const x = (value) => LEFT + placeOn(horizontal, value) * (RIGHT - LEFT);
  const y = (value) => BOTTOM - placeOn(vertical, value) * (BOTTOM - TOP);
  const shown = points.filter((point) => placeOn(horizontal, point.x) !== null && placeOn(vertical, point.y) !== null);
  return svg('svg', { class: 'plot', height: HEIGHT, role: 'group', 'aria-label': `${label}: ${shown.map((point) => `${point.name} ${point.text}`).join('; ')}` },
    (vertical.ticks ?? []).map((tick) => [
      svg('line', { class: 'grid', x1: percent(LEFT), x2: '100%', y1: y(tick.value), y2: y(tick.value) }),
      svg('text', { x: percent(LEFT - 0.015), y: y(tick.value) + 4, 'text-anchor': 'end' }, tick.text),
    ]),
    svg('line', { class: 'axis', x1: percent(LEFT), x2: '100%', y1: BOTTOM, y2: BOTTOM }),
    horizontal.ticks.map((tick) => svg('text', { x: percent(x(tick.value)), y: BOTTOM + 15, 'text-anchor': 'middle' }, tick.text)),
    svg('text', { x: '100%', y: BOTTOM + 32, 'text-anchor': 'end' }, title),
    apart(shown.map((point) => ({ ...point, nameY: y(point.y) - 7, placeX: x(point.x) }))).map((point) => [svg('a', { href: point.href, class: `series-${point.series}`, 'aria-label': `${point.name}: ${point.text}` },
      svg('title', {}, `${point.name}: ${point.text}`),
      !Number.isFinite(point.lower) || !Number.isFinite(point.upper) ? null : svg('line', { class: 'range', x1: percent(x(point.x)), x2: percent(x(point.x)), y1: y(point.lower), y2: y(point.upper) }),
      markAt(percent(x(point.x)), y(point.y), shapeOf(point.series))), nameOf(point)]));
}

/** Names that would lie on each other stand below each other. */
function apart(points) {
  const sorted = points.toSorted((a, b) => a.nameY - b.nameY);
  for (const [index, point] of sorted.entries()) {
    for (const above of sorted.slice(0, index)) {
      if (Math.abs(above.placeX - point.placeX) < 0.25 && point.nameY - above.nameY < LINE) point.nameY = above.nameY + LINE;
    }
  }

  return sorted;
}

/** The name beside a mark, to its left where the right has no room. */
function nameOf(point) {
  const isRight = point.placeX < 0.5;
  return svg('svg', { x: percent(point.placeX), y: point.nameY, class: 'at' }, svg('text', { class: 'name', x: isRight ? 10 : -10, y: 0, 'text-anchor': isRight ? 'start' : 'end' }, cut(point.name, 20)));
}
