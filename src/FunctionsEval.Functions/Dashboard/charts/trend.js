// The course of a metric from run to run: a line a model with the interval of each value, the baseline as a band, what the gate asks for as
// a line, and marks where the dataset or the deployment changed.

import { element, svg, viewOf } from '../dom.js';
import { percent, placeOn, ticksFor } from './axis.js';
import { markAt } from './interval.js';

const HEIGHT = 210;
const TOP = 16;
const BOTTOM = HEIGHT - 46;
const LEFT = 0.11; // Shares of the width: what is left of the axis is for its texts.
const RIGHT = 0.97;
const SERIES = 5;
const SHAPES = ['circle', 'square', 'triangle', 'cross', 'circle'];
const SIGNS = ['●', '■', '▲', '✚', '●'];

/**
 * A chart of one metric of one dataset. Points are { model, started, value, lower, upper, text, intervalText, baseline?, runId,
 * datasetVersion?, deployment?, baselineModel? }, oldest first.
 */
export function trend({ title, unit, points, bound }) {
  const models = [...new Set(points.map((point) => point.model))];
  const own = [...points.flatMap((point) => [point.value, point.lower, point.upper]), bound?.value].filter(Number.isFinite);
  const all = [...own, ...points.map((point) => point.baseline?.value).filter(Number.isFinite)];
  const isFar = spanOf(all) > 3 * Math.max(spanOf(own), Number.EPSILON) && spanOf(own) > 0;
  const latest = points.at(-1);
  const place = element('div');
  const draw = (withBaseline) => place.replaceChildren(chartOf({ title, points, bound, models, axis: ticksFor(unit, withBaseline ? all : own) }));
  draw(!isFar);
  const toggle = !isFar ? null : element('button', {
    type: 'button', class: 'chip', 'aria-pressed': 'false',
    onclick: () => {
      const isOn = toggle.getAttribute('aria-pressed') !== 'true';
      toggle.setAttribute('aria-pressed', String(isOn));
      draw(isOn);
    },
  }, `with ${latest.baselineModel ?? 'the baseline'}${latest.baseline ? ` (${latest.baseline.text})` : ''}`);
  return element('section', { class: 'card chart' },
    element('div', { class: 'row wide' }, element('h2', {}, title), element('span', {}, element('b', {}, latest.text), ' ', element('span', { class: 'soft small' }, latest.intervalText ?? ''))),
    place, legend(models, points, bound, toggle));
}

const spanOf = (values) => Math.max(...values) - Math.min(...values);

function chartOf({ title, points, bound, models, axis }) {
  const x = (index) => (points.length === 1 ? (LEFT + RIGHT) / 2 : LEFT + 0.03 + (index / (points.length - 1)) * (RIGHT - LEFT - 0.06));
  const y = (value) => BOTTOM - placeOn(axis, value) * (BOTTOM - TOP);
  const placed = points.map((point, index) => ({ ...point, x: x(index), y: y(point.value), series: models.indexOf(point.model) % SERIES }));
  return svg('svg', { class: 'plot', height: HEIGHT, role: 'group', 'aria-label': `${title}: ${points.length} runs, the latest ${points.at(-1).text}` },
    axis.ticks.map((tick) => [
      svg('line', { class: 'grid', x1: percent(LEFT), x2: '100%', y1: y(tick.value), y2: y(tick.value) }),
      svg('text', { x: percent(LEFT - 0.015), y: y(tick.value) + 4, 'text-anchor': 'end' }, tick.text),
    ]),
    band(placed.filter((point) => point.baseline && point.baseline.value >= axis.minimum && point.baseline.value <= axis.maximum), placed, y),
    bound ? [svg('line', { class: 'bound', x1: percent(LEFT), x2: '100%', y1: y(bound.value), y2: y(bound.value) }), svg('text', { class: 'bound-text', x: percent(LEFT + 0.01), y: y(bound.value) + 13 }, `gate: ${bound.text}`)] : null,
    svg('line', { class: 'axis', x1: percent(LEFT), x2: '100%', y1: BOTTOM, y2: BOTTOM }),
    svg('text', { x: percent(LEFT), y: BOTTOM + 32 }, day(points[0])),
    points.length > 1 ? svg('text', { x: '100%', y: BOTTOM + 32, 'text-anchor': 'end' }, day(points.at(-1))) : null,
    changesOf(placed).map((change) => svg('g', {}, svg('title', {}, change.text),
      svg('line', { class: 'change', x1: percent(change.x), x2: percent(change.x), y1: TOP, y2: BOTTOM }),
      svg('text', { x: percent(change.x), y: BOTTOM + 15, 'text-anchor': 'middle' }, change.signs))),
    models.map((model) => lines(placed.filter((point) => point.model === model))),
    placed.map((point) => mark(point, y)));
}

/** The baseline's values, each over the width of its run, with its interval. */
function band(points, placed, y) {
  const half = placed.length > 1 ? (placed[1].x - placed[0].x) / 2 : 0.1;
  return points.map((point) => {
    const { value, lower = value, upper = value } = point.baseline;
    const [from, to] = [Math.max(LEFT, point.x - half), Math.min(1, point.x + half)];
    return svg('g', { class: 'series-4' },
      svg('rect', { class: 'band', x: percent(from), width: percent(to - from), y: y(upper), height: Math.max(1, y(lower) - y(upper)) }),
      svg('line', { class: 'base', x1: percent(from), x2: percent(to), y1: y(value), y2: y(value) }));
  });
}

/** Where the dataset or the deployment is another one than in the model's run before. */
function changesOf(points) {
  return points.flatMap((point, index) => {
    const before = points.slice(0, index).findLast((one) => one.model === point.model);
    const isOther = (name) => before && point[name] && before[name] && point[name] !== before[name];
    const found = [isOther('datasetVersion') ? ['D', 'the dataset is another version'] : null, isOther('deployment') ? ['M', `the deployment is ${point.deployment}`] : null].filter(Boolean);
    return found.length === 0 ? [] : [{ x: point.x, signs: found.map(([sign]) => sign).join(' '), text: `From here on ${found.map(([, text]) => text).join(', ')}` }];
  });
}

/** Lines from point to point: single lines, because only those may have shares of the width as places. */
const lines = (points) => points.slice(1).map((point, index) => svg('line', { class: `line series-${point.series}`, x1: percent(points[index].x), y1: points[index].y, x2: percent(point.x), y2: point.y }));

function mark(point, y) {
  return svg('a', { href: `#/${viewOf(point.runId)}`, class: `series-${point.series}`, 'aria-label': describe(point) },
    svg('title', {}, describe(point)),
    !Number.isFinite(point.lower) || !Number.isFinite(point.upper) ? null : svg('line', { class: 'range', x1: percent(point.x), x2: percent(point.x), y1: y(point.lower), y2: y(point.upper) }),
    markAt(percent(point.x), point.y, SHAPES[point.series]));
}

function legend(models, points, bound, toggle) {
  const bases = [...new Set(points.filter((point) => point.baseline).map((point) => point.baselineModel))].filter(Boolean);
  const signs = changesOf(points).map((change) => change.signs).join(' ');
  return element('ul', { class: 'legend' },
    models.map((model, index) => element('li', { class: `series-${index % SERIES}` }, element('span', { class: 'key', 'aria-hidden': 'true' }, SIGNS[index % SERIES]), ` ${model}`)),
    toggle ? element('li', {}, toggle) : bases.length > 0 ? element('li', { class: 'series-4' }, element('span', { class: 'key', 'aria-hidden': 'true' }, '▬'), ` ${bases.join(', ')} (baseline)`) : null,
    bound ? element('li', {}, element('span', { 'aria-hidden': 'true' }, '┄'), ' gate') : null,
    signs.includes('D') ? element('li', {}, 'D another dataset version') : null,
    signs.includes('M') ? element('li', {}, 'M another deployment') : null);
}

const describe = (point) => `${point.model}, ${new Date(point.started).toLocaleString()}: ${point.text}${point.intervalText ? ` (${point.intervalText})` : ''}${point.baseline ? `; baseline ${point.baseline.text}` : ''}`;

const day = (point) => new Date(point.started).toLocaleDateString(undefined, { dateStyle: 'medium' });
