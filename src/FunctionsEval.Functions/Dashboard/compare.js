// Two runs beside each other, what got worse first.

import { get } from './api.js';
import { DIFFERENCE_COLUMNS, count, element, filterForm, judgement, number, runLink, table } from './dom.js';
import { go } from './page.js';

export async function compareView(values) {
  const [left, right] = [values.get('left'), values.get('right')];
  const form = filterForm([
    { name: 'left', label: 'Run to compare with', placeholder: 'ev-…', size: 30 },
    { name: 'right', label: 'Run that is compared', placeholder: 'ev-…', size: 30 },
  ], values, (query) => go('compare', query));
  if (!left || !right)
    return [element('h1', {}, 'Compare'), element('p', {}, 'Give the ids of two completed runs, or choose two in ', element('a', { href: '#/' }, 'the list'), '.'), form];

  const result = await get('/api/evaluations/compare', new URLSearchParams({ left, right }));
  const damage = (row) => (row.difference ?? 0) * (row.higherIsBetter === false ? 1 : -1);
  const rows = result.metrics.filter((row) => row.slice === 'all' || Math.abs(row.difference ?? 0) > 0).sort((a, b) => (a.slice === 'all' ? 0 : 1) - (b.slice === 'all' ? 0 : 1) || damage(b) - damage(a));
  const worse = rows.filter((row) => judgement(row) === 'worse');
  const side = (title, run) => element('div', {}, element('h3', {}, title), element('p', {}, runLink(run.runId, run.runId), ` ${run.model}, ${count(run.samples)} samples of ${run.dataset}`));
  return [
    element('h1', {}, 'Compare'),
    form,
    side('Left', result.left), side('Right', result.right),
    element('p', {}, result.paired
      ? worse.length > 0 ? element('strong', { class: 'worse' }, `Worse on the right: ${worse.map((row) => (row.slice === 'all' ? row.name : `${row.name} (${row.slice})`)).join(', ')}`) : 'Paired sample by sample; no metric is clearly worse on the right.'
      : `Not paired: ${result.reason} The differences have no interval.`),
    table('Right minus left; what got worse comes first', [
      { title: 'Metric', isHeader: true, of: (row) => row.name },
      { title: 'Slice', of: (row) => row.slice },
      { title: 'Left', className: 'number', of: (row) => number(row.left) },
      { title: 'Right', className: 'number', of: (row) => number(row.right) },
      ...DIFFERENCE_COLUMNS,
    ], rows),
  ];
}
