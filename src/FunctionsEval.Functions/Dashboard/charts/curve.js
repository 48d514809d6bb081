// Curves in the unit square: reliability, ROC, precision and recall.

import { element, svg } from '../dom.js';

const SIZE = 320;
const LEFT = 44;
const BOTTOM = 40;
const TOP = 26;
const SHAPES = ['●', '■'];

const x = (value) => LEFT + value * (SIZE - LEFT - 12);
const y = (value) => TOP + (1 - value) * (SIZE - BOTTOM - TOP);

/**
 * A plot. Series are { name, points: [{ x, y, size?, text? }], isStepped }; size is an area's share, 0 to 1. The diagonal is what
 * `diagonal` says, or not there.
 */
export function curve({ title, across, up, series, diagonal }) {
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
    svg('line', { class: 'grid', x1: x(0), x2: x(1), y1: y(value), y2: y(value) }),
    svg('text', { x: x(0) - 6, y: y(value) + 4, 'text-anchor': 'end' }, `${100 * value}`),
    svg('text', { x: x(value), y: y(0) + 16, 'text-anchor': 'middle' }, `${100 * value}`),
  ]);
  const drawn = series.map(({ points, isMarked }, index) => svg('g', { class: `series-${index}` },
    svg('polyline', { class: 'line', points: points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ') }),
    isMarked ? points.map((point) => {
      const radius = 2.5 + 9 * Math.sqrt(point.size ?? 0);
      return svg('g', {}, svg('title', {}, point.text ?? ''), index === 0 ? svg('circle', { class: 'mark', cx: x(point.x), cy: y(point.y), r: radius }) : svg('rect', { class: 'mark', x: x(point.x) - radius, y: y(point.y) - radius, width: 2 * radius, height: 2 * radius }));
    }) : null));
  return element('figure', { class: 'card curve' },
    element('figcaption', {}, element('h3', {}, title)),
    svg('svg', { class: 'plot', viewBox: `0 0 ${SIZE} ${SIZE}`, role: 'img', 'aria-label': `${title}: ${up} over ${across}, of ${series.map(({ name }) => name).join(' and ')}; the numbers are in the table below` },
      ticks,
      diagonal ? svg('line', { class: 'bound', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }) : null,
      svg('text', { x: x(0.5), y: SIZE - 6, 'text-anchor': 'middle' }, `${across}, %`),
      svg('text', { x: 4, y: 12 }, `${up}, %`),
      drawn),
    element('ul', { class: 'legend' }, series.map(({ name, note }, index) => element('li', {}, element('span', { class: `key series-${index}`, 'aria-hidden': 'true' }, SHAPES[index % 2]), ` ${name}`, note ? ` ${note}` : null)), diagonal ? element('li', {}, element('span', { 'aria-hidden': 'true' }, '┄'), ` ${diagonal}`) : null));
}
