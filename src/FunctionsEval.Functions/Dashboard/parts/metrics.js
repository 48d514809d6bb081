// All metrics of a run: averages, classes and slices, each group drawn when it is opened; a search looks through all of them.

import { count, DIFFERENCE_COLUMNS, element, interval, number, table } from '../dom.js';
import { counted, readingOf } from '../words.js';
import { samplesAddress } from './links.js';

const GROUPS = [['average', 'Averages'], ['class', 'By class'], ['slice', 'By slice']];
const MOST_FOUND = 200;

export const groupOf = (metric) => metric.group ?? (metric.slice !== 'all' ? 'slice' : metric.name.includes('[') ? 'class' : 'average');

/** The section's content. */
export function metricsContent(runId, metrics) {
  const ofBaseline = new Map(metrics.filter((metric) => metric.role === 'baseline').map((metric) => [keyOf(metric), metric]));
  const rows = metrics.filter((metric) => metric.role === 'candidate').map((metric) => ({ ...metric, baseline: ofBaseline.get(keyOf(metric)), in: groupOf(metric) }));
  const columns = columnsOf(runId, ofBaseline.size > 0);
  const place = element('div');
  const status = element('span', { class: 'soft small', role: 'status' });
  const search = element('input', { type: 'search', placeholder: 'Metric, class or slice', 'aria-label': 'Search in all metrics', autocomplete: 'off', oninput: () => fill(search.value) });
  const fill = (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) {
      status.textContent = counted(rows.length, 'number');
      place.replaceChildren(...GROUPS.map(([name, title]) => groupDetails(title, rows.filter((row) => row.in === name), columns)).filter(Boolean));
      return;
    }

    const found = rows.filter((row) => words.every((word) => `${row.name} ${row.label ?? ''} ${row.slice}`.toLowerCase().includes(word)));
    status.textContent = found.length > MOST_FOUND ? `${count(found.length)} found; the first ${MOST_FOUND} are shown` : `${count(found.length)} found`;
    place.replaceChildren(found.length === 0 ? '' : table('Found', columns, found.slice(0, MOST_FOUND)));
  };
  fill('');
  return element('div', {}, element('div', { class: 'row' }, search, status), place);
}

const keyOf = (metric) => `${metric.name}\n${metric.slice}`;

function groupDetails(title, rows, columns) {
  if (rows.length === 0) return null;
  const isFirst = title === GROUPS[0][1];
  const details = element('details', { open: isFirst }, element('summary', {}, `${title} (${count(rows.length)})`));
  const draw = () => { if (details.open && !details.querySelector('table')) details.append(table(title, columns, rows)); };
  details.addEventListener('toggle', draw);
  if (isFirst) draw();
  return details;
}

function columnsOf(runId, hasBaseline) {
  const value = (metric) => (!metric ? '–' : [metric.text ?? number(metric.value), element('span', { class: 'soft small' }, metric.intervalText ? ` ${metric.intervalText}` : interval(metric.lower, metric.upper, metric.noInterval))]);
  return [
    { title: 'Metric', isHeader: true, of: (row) => nameOf(runId, row) },
    { title: 'Value', className: 'number', of: value },
    ...(hasBaseline ? [
      { title: 'Baseline', className: 'number', of: (row) => value(row.baseline) },
      ...(DIFFERENCE_COLUMNS.map((column) => overridden(column))),
    ] : []),
    { title: 'Samples', className: 'number', of: (row) => (linkOf(runId, row) ? element('a', { href: linkOf(runId, row) }, count(row.samples)) : count(row.samples)) },
  ];
}

/** The server's texts in place of numbers, where it sends them. */
function overridden(column) {
  if (column.title === 'Difference') return { ...column, of: (row) => (row.differenceText ? [row.differenceText, element('span', { class: 'soft small' }, row.differenceIntervalText ? ` ${row.differenceIntervalText}` : '')] : column.of(row)) };
  if (column.title === 'Reading') return { ...column, of: (row) => (row.reading ? readingOf(row.reading) : '–') };
  if (column.title === 'p') return { ...column, of: (row) => row.pText ?? column.of(row) };
  return column;
}

const classOf = (row) => /\[(.+)\]$/.exec(row.name)?.[1];

function linkOf(runId, row) {
  const label = classOf(row);
  const slice = row.slice !== 'all' ? row.slice : undefined;
  return samplesAddress(runId, { label, tag: slice });
}

const nameOf = (runId, row) => [element('span', { class: 'code' }, row.name), row.slice === 'all' ? null : element('span', { class: 'soft' }, ` ${row.slice}`)];
