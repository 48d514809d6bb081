// A confusion matrix as a table that scrolls in its own box: only what is not zero stands in it, the heads stay, arrows move.

import { count, element, percentDigits } from '../dom.js';

/** Pairs of different labels, most samples first: { reference, prediction, samples, share } with the share of the reference's samples. */
export function pairsOf({ labels, counts }) {
  const pairs = [];
  counts.forEach((row, reference) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    row.forEach((samples, prediction) => {
      if (samples > 0 && reference !== prediction) pairs.push({ row: reference, column: prediction, reference: labels[reference], prediction: labels[prediction] ?? null, samples, share: samples / total });
    });
  });
  return pairs.sort((a, b) => b.samples - a.samples || a.row - b.row || a.column - b.column);
}

/** Labels so that those that are confused most stand beside each other; labels without errors come last, by name. */
export function byConfusion({ labels, counts }) {
  const placed = [];
  const together = new Map();
  for (const { row, column, samples } of pairsOf({ labels, counts })) {
    if (column >= labels.length) continue;
    const key = row < column ? `${row} ${column}` : `${column} ${row}`;
    together.set(key, (together.get(key) ?? 0) + samples);
  }
  for (const [key] of [...together].sort((a, b) => b[1] - a[1])) {
    const [one, other] = key.split(' ').map(Number);
    const [hasOne, hasOther] = [placed.includes(one), placed.includes(other)];
    if (!hasOne && !hasOther) placed.push(one, other);
    else if (hasOne && !hasOther) placed.splice(placed.indexOf(one) + 1, 0, other);
    else if (!hasOne && hasOther) placed.splice(placed.indexOf(other) + 1, 0, one);
  }
  return [...placed, ...byName(labels).filter((label) => !placed.includes(label))];
}

export const byName = (labels) => labels.map((_, index) => index).sort((a, b) => labels[a].localeCompare(labels[b]));

/** The labels that have a wrong sample, or are a wrong answer. */
export function labelsWithErrors({ labels, counts }) {
  const has = new Set(pairsOf({ labels, counts }).flatMap(({ row, column }) => [row, column]));
  return labels.map((_, index) => index).filter((index) => has.has(index));
}

/**
 * The matrix. What is shown: { labels, counts, order: indexes of labels, unit: 'samples' | 'row' | 'column', isDifference, linkOf: (reference, prediction) → address,
 * caption }. With isDifference counts are those of one model less those of another.
 */
export function matrix({ labels, counts, order, unit, isDifference, linkOf, caption }) {
  const outside = labels.length;
  const hasOutside = counts.some((row) => row[outside]);
  const columns = hasOutside ? [...order, outside] : order;
  const rowTotals = counts.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0));
  const columnTotals = columns.map((column) => counts.reduce((sum, row) => sum + Math.abs(row[column] ?? 0), 0));
  const valueOf = (row, column, at) => (unit === 'row' ? counts[row][column] / rowTotals[row] : unit === 'column' ? counts[row][column] / columnTotals[at] : counts[row][column]);
  let most = 0;
  for (const row of order) columns.forEach((column, at) => { if (counts[row][column] && (row !== column || isDifference)) most = Math.max(most, Math.abs(valueOf(row, column, at))); });
  const textOf = (value) => (unit === 'samples' ? (isDifference && value > 0 ? `+${count(value)}` : count(value).replace('-', '−')) : percentDigits(value, 0));
  const nameOf = (index) => labels[index] ?? 'no label';

  const cell = (row, column, at) => {
    const value = counts[row][column];
    if (!value) return element('td', { class: row === column ? 'diagonal' : null });
    const shown = valueOf(row, column, at);
    const isRight = row === column;
    const said = `${nameOf(row)}, read as ${nameOf(column)}: ${textOf(shown)}${unit === 'samples' ? ` ${Math.abs(value) === 1 ? 'sample' : 'samples'}` : ' %'}`;
    const link = element('a', { href: linkOf(nameOf(row), labels[column] ?? null), tabindex: '-1', 'aria-label': said, title: said }, textOf(shown));
    const isGood = isRight === shown > 0;
    const box = element('td', { class: `${isRight ? 'diagonal' : ''} ${isGood ? 'good' : 'bad'}` }, link);
    box.style.setProperty('--weight', String(Math.min(1, 0.12 + 0.7 * Math.abs(shown) / (isRight && !isDifference ? Math.max(1e-9, unit === 'samples' ? rowTotals[row] : 1) : Math.max(1e-9, most)))));
    return box;
  };
  const table = element('table', { class: 'matrix' },
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'corner' }, element('span', { class: 'unseen' }, 'Reference')), columns.map((column) => element('th', { scope: 'col' }, element('span', {}, nameOf(column)))))),
    element('tbody', {}, order.map((row) => element('tr', {}, element('th', { scope: 'row', title: nameOf(row) }, element('span', {}, nameOf(row))), columns.map((column, at) => cell(row, column, at))))));
  walk(table);
  return element('div', { class: 'scroll matrix-box', tabindex: '0', role: 'region', 'aria-label': `${caption}. Arrow keys go from cell to cell.` }, table);
}

/** One cell takes the Tab key; arrows go to the next cell that is not empty. */
function walk(table) {
  const links = [...table.querySelectorAll('td a')];
  if (links.length === 0) return;
  links[0].tabIndex = 0;
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  table.addEventListener('keydown', (event) => {
    const by = step[event.key];
    const from = event.target.closest('td');
    if (!by || !from) return;
    event.preventDefault();
    const rows = [...table.tBodies[0].rows];
    let [row, column] = [rows.indexOf(from.parentElement), from.cellIndex];
    for (;;) {
      row += by[0];
      column += by[1];
      const next = rows[row]?.cells[column];
      if (!next || column < 1) return;
      const link = next.querySelector('a');
      if (!link) continue;
      event.target.tabIndex = -1;
      link.tabIndex = 0;
      link.focus();
      return;
    }
  });
}
