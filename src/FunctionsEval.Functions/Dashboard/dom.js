// Elements and the texts in them. Everything from the API goes through text nodes: it can never become markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children; null and undefined children are left out, handlers are given as on… functions. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** A table whose columns are { title, of: row → text or node, className?, isHeader? }. */
export function table(caption, columns, rows) {
  const cell = (column, row) => element(column.isHeader ? 'th' : 'td', { class: column.className, scope: column.isHeader ? 'row' : null, 'data-label': column.title }, whole(column.of(row)));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element('table', { class: 'cards-on-phone' },
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, columns.map((column) => element('th', { scope: 'col', class: column.className }, column.title)))),
      element('tbody', {}, rows.map((row) => element('tr', {}, columns.map((column) => cell(column, row)))))));
}

/** Several parts as one: on a phone they stand beside the column's name together. */
const whole = (content) => (Array.isArray(content) && content.length > 1 ? element('div', {}, content) : content);

/** A form that puts its fields into the address, from where the view reads them. */
export function filterForm(fields, values, onSubmit) {
  const controls = fields.map(({ name, label, options, placeholder, size }) => {
    const control = options
      ? element('select', { name }, options.map((option) => element('option', { value: option, selected: option === (values.get(name) ?? '') }, option === '' ? 'all' : option)))
      : element('input', { name, placeholder, size, value: values.get(name) ?? '', autocomplete: 'off' });
    return element('label', {}, label, control);
  });
  return element('form', {
    class: 'filter',
    role: 'search',
    onsubmit: (event) => {
      event.preventDefault();
      const query = new URLSearchParams();
      for (const [name, value] of new FormData(event.target)) {
        if (value.trim() !== '') query.set(name, value.trim());
      }
      onSubmit(query);
    },
  }, controls, element('button', { type: 'submit' }, 'Apply'));
}

export const isKnown = (value) => value !== null && value !== undefined;

export const count = (value) => (value ?? 0).toLocaleString('en');

/** The digits of a share in percent: more of them where it would read as 0 or 100 without being that. */
export function percentDigits(value, digits = 1) {
  const isMistaken = (text) => [-1, 0, 1].some((end) => Number(text) === 100 * end && Math.abs(value - end) > 1e-9);
  let text = (100 * value).toFixed(digits);
  for (let more = digits + 1; isMistaken(text) && more < 10; more++) text = (100 * value).toFixed(more);
  return text.replace('-', '−');
}

/** A share in percent, of a number that comes without its text. */
export const percentText = (value, digits) => `${percentDigits(value, digits)} %`;

/** Four decimals; what they would make nothing of, as a power of ten. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  if (value !== 0 && Math.abs(value) < 0.00005) return value.toExponential(1);
  return Number.isInteger(value) && Math.abs(value) >= 1000 ? count(value) : value.toFixed(4).replace(/\.?0+$/, '');
}

/** An interval, or why there is none; nothing where neither is known. */
export function interval(lower, upper, none) {
  if (lower !== null && lower !== undefined && upper !== null && upper !== undefined) return ` [${number(lower)}, ${number(upper)}]`;
  return none ? ` (no interval: ${none.replaceAll('_', ' ')})` : '';
}

/** A moment: of today by its time alone, else by its day too; the whole of it in a tooltip. */
export function time(text) {
  if (!text) return '–';
  const [moment, now] = [new Date(text), new Date()];
  const clock = moment.toLocaleTimeString(undefined, { timeStyle: 'short' });
  const day = moment.toDateString() === now.toDateString() ? 'today' : moment.toLocaleDateString(undefined, moment.getFullYear() === now.getFullYear() ? { month: 'short', day: 'numeric' } : { dateStyle: 'medium' });
  return element('time', { datetime: text, title: moment.toLocaleString() }, `${day} ${clock}`);
}

/** Where the dashboard shows a run, without the # that a link begins with. */
export const viewOf = (runId) => `runs/${encodeURIComponent(runId)}`;

/** A link to a run. */
export const runLink = (runId, text) => element('a', { href: `#/${viewOf(runId)}` }, text);

export const verdict = (run) => (run.verdict ? element('span', { class: run.verdict }, run.verdict) : '–');

/** What a number's difference says, as the app reads it: only a headline number is better or worse. Null where nothing is decided by it. */
export const judgement = ({ reading }) => (reading ? reading.replaceAll('_', ' ') : null);

const reading = (words) => (words === 'better' || words === 'worse' ? element('span', { class: words }, words) : words ?? '–');

/** A p-value: "≤" where it is the least that its test can give. */
const pValue = (p, row) => {
  if (p === null || p === undefined) return '–';
  if (row.pValueIsBound) return `≤ ${number(p)}`;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
};

/** The columns of a metric's difference in a table. */
export const DIFFERENCE_COLUMNS = [
  { title: 'Difference', className: 'number', of: (row) => number(row.difference) + interval(row.differenceLower, row.differenceUpper, row.noDifferenceInterval) },
  { title: 'Reading', of: (row) => reading(judgement(row)) },
  { title: 'p', className: 'number', of: (row) => pValue(row.pValue, row) },
  { title: 'Adjusted p', className: 'number', of: (row) => pValue(row.adjustedPValue, row) },
];
