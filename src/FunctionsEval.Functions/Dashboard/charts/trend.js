// The course of a metric from run to run: a line a model, with the interval of each value.

import { element, number, svg, viewOf } from '../dom.js';

const WIDTH = 420;
const HEIGHT = 190;
const LEFT = 48;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;
const SERIES = 5;
const SHAPES = ['●', '■', '▲', '◆', '✚'];

/** A chart of one metric on one dataset. Points are { model, started, value, lower, upper, runId }, latest last. */
export function trend(title, points) {
  const models = [...new Set(points.map((point) => point.model))];
  const values = points.flatMap((point) => [point.value, point.lower ?? point.value, point.upper ?? point.value]);
  const [low, high] = padded(Math.min(...values), Math.max(...values));
  const x = (index) => (points.length === 1 ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + 8 + (index / (points.length - 1)) * (WIDTH - LEFT - RIGHT - 16));
  const y = (value) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const placed = points.map((point, index) => ({ ...point, x: x(index), y: y(point.value), series: models.indexOf(point.model) }));

  const ticks = [low, (low + high) / 2, high].flatMap((value) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    svg('text', { x: LEFT - 5, y: y(value) + 4, 'text-anchor': 'end' }, number(Number(value.toPrecision(3)))),
  ]);
  const lines = models.map((model, index) => svg('polyline', {
    class: `line series-${index % SERIES}`,
    points: placed.filter((point) => point.model === model).map((point) => `${point.x},${point.y}`).join(' '),
  }));
  const marks = placed.map((point) => svg('a', { href: `#/${viewOf(point.runId)}`, class: `series-${point.series % SERIES}`, 'aria-label': describe(point) },
    svg('title', {}, describe(point)),
    point.lower === null || point.lower === undefined ? null : svg('line', { class: 'interval', x1: point.x, x2: point.x, y1: y(point.lower), y2: y(point.upper) }),
    shape(point)));
  return element('section', { class: 'chart' },
    element('h3', {}, title),
    svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'group', 'aria-label': `${title}: ${points.length} runs, from ${number(low)} to ${number(high)}` },
      ticks,
      svg('line', { class: 'axis', x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
      svg('text', { x: LEFT, y: HEIGHT - 8 }, day(points[0])),
      points.length > 1 ? svg('text', { x: WIDTH - RIGHT, y: HEIGHT - 8, 'text-anchor': 'end' }, day(points.at(-1))) : null,
      lines, marks),
    element('ul', { class: 'legend' }, models.map((model, index) => element('li', {}, element('span', { class: `series-${index % SERIES}`, 'aria-hidden': 'true' }, SHAPES[index % SERIES]), ` ${model}`))));
}

const describe = (point) => `${point.model}, ${new Date(point.started).toLocaleString()}: ${number(point.value)}${point.lower === null || point.lower === undefined ? '' : ` (${number(point.lower)} to ${number(point.upper)})`}`;

const day = (point) => new Date(point.started).toLocaleDateString(undefined, { dateStyle: 'medium' });

function shape({ x, y, series }) {
  const attributes = { class: 'mark' };
  switch (series % SERIES) {
    case 0: return svg('circle', { ...attributes, cx: x, cy: y, r: 4.5 });
    case 1: return svg('rect', { ...attributes, x: x - 4, y: y - 4, width: 8, height: 8 });
    case 2: return svg('path', { ...attributes, d: `M${x} ${y - 5.5}l5 9h-10z` });
    case 3: return svg('path', { ...attributes, d: `M${x} ${y - 5.5}l5 5.5l-5 5.5l-5 -5.5z` });
    default: return svg('path', { ...attributes, d: `M${x - 1.5} ${y - 5}h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z` });
  }
}

function padded(low, high) {
  const room = high > low ? (high - low) * 0.08 : Math.max(Math.abs(high) * 0.05, 0.01);
  return [low - room, high + room];
}
