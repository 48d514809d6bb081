// A course in a line of text: the last values, the latest marked.

import { svg } from '../dom.js';

const WIDTH = 88;
const HEIGHT = 20;

/** A sparkline of at least two values, oldest first; null for fewer. What stands around it says what it shows. */
export function sparkline(values) {
  if (values.length < 2) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (index) => 3 + (index / (values.length - 1)) * (WIDTH - 6);
  const y = (value) => (high > low ? HEIGHT - 3 - ((value - low) / (high - low)) * (HEIGHT - 6) : HEIGHT / 2);
  return svg('svg', { class: 'sparkline', width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    svg('polyline', { points: values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ') }),
    svg('circle', { cx: x(values.length - 1), cy: y(values.at(-1)), r: 2.5 }));
}
