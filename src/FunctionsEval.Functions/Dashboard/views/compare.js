// Two runs beside each other: the headline decides, the rest is shown.

import { get, pathOf } from '../api.js';
import { DIFFERENCE_COLUMNS, count, element, filterForm, judgement, number, passage, runLink, table, viewOf } from '../dom.js';
import { go } from '../page.js';

const FLIPS_SHOWN = 20;

export async function compareView({ values }) {
  const [first, second] = values.get('runs')?.split(',') ?? [];
  const [left, right] = [values.get('left') ?? first, values.get('right') ?? second];
  const form = filterForm([
    { name: 'left', label: 'Run to compare with', placeholder: 'ev-…', size: 30 },
    { name: 'right', label: 'Run that is compared', placeholder: 'ev-…', size: 30 },
  ], values, (query) => go('compare', query));
  if (!left || !right)
    return [element('h1', {}, 'Compare'), element('p', {}, 'Give the ids of two completed runs, or choose two in ', element('a', { href: '#/' }, 'the list'), '.'), form];

  const result = await get('/api/evaluations/compare', new URLSearchParams({ left, right }));
  const damage = (row) => (row.difference ?? 0) * (row.higherIsBetter === false ? 1 : -1);
  const rank = (row) => (row.kind === 'headline' ? 0 : row.reading === 'to_look_at' ? 1 : row.slice === 'all' ? 2 : 3);
  const rows = result.metrics.filter((row) => row.slice === 'all' || Math.abs(row.difference ?? 0) > 0).sort((a, b) => rank(a) - rank(b) || damage(b) - damage(a));
  const side = (title, run) => element('div', {}, element('h3', {}, title), element('p', {}, runLink(run.runId, run.runId), ` ${run.model}, ${count(run.samples)} samples of ${run.dataset}`));
  return [
    element('h1', {}, 'Compare'),
    form,
    side('Left', result.left), side('Right', result.right),
    element('p', {}, result.paired ? decision(result) : `Not paired: ${result.reason} The differences have no interval.`),
    result.pairing ? element('p', {}, `${count(result.pairing.paired)} samples paired, ${count(result.pairing.changed)} changed, ${count(result.pairing.added)} added, ${count(result.pairing.removed)} removed.`) : null,
    table('Right minus left; the headline comes first, then what is to be looked at', [
      { title: 'Metric', isHeader: true, of: (row) => row.name },
      { title: 'Slice', of: (row) => row.slice },
      { title: 'Left', className: 'number', of: (row) => number(row.left) },
      { title: 'Right', className: 'number', of: (row) => number(row.right) },
      ...DIFFERENCE_COLUMNS,
    ], rows),
    ...await flips(result),
  ].filter(Boolean);
}

/** What the headline numbers say; classes and slices are to be looked at. */
function decision({ decision: decided, undecided, metrics }) {
  const named = (words) => metrics.filter((row) => judgement(row) === words).map((row) => (row.slice === 'all' ? row.name : `${row.name} (${row.slice})`)).join(', ');
  const toLookAt = named('to look at');
  const text = {
    worse: () => element('strong', { class: 'worse' }, `Worse on the right: ${named('worse')}`),
    better: () => `Better on the right: ${named('better')}`,
    no_clear_difference: () => `No clear difference in ${metrics.filter((row) => row.kind === 'headline').map((row) => row.name).join(', ')}.`,
    inconclusive: () => `Not decided: ${undecided ?? 'a headline number has no p-value.'}`,
  }[decided]();
  return [text, toLookAt ? element('span', {}, ` To look at: ${toLookAt}.`) : null];
}

/** The first samples that are right in one run and wrong in the other. */
async function flips({ left, right, flips: counts }) {
  if (!counts || counts.gained + counts.lost === 0) return [];
  const page = await get(`${pathOf(right.runId)}/samples`, new URLSearchParams({ against: left.runId, size: FLIPS_SHOWN }));
  const answer = (of) => passage(of.prediction ?? of.text ?? of.reason ?? '–');
  const all = new URLSearchParams({ against: left.runId });
  return [
    element('h2', {}, 'Flips'),
    element('p', {}, `${count(counts.gained)} gained (right on the right only), ${count(counts.lost)} lost (right on the left only). `, element('a', { href: `#/${viewOf(right.runId)}/samples?${all}` }, 'All of them')),
    table(`The first ${count(page.samples.length)} in dataset order`, [
      { title: 'Id', isHeader: true, of: (row) => (row.repeat ? `${row.id} #${row.repeat}` : row.id) },
      { title: 'Flip', of: (row) => row.flip },
      { title: 'References', className: 'text', of: (row) => passage(row.references.join('\n')) },
      { title: 'Left', className: 'text', of: (row) => answer(row.against) },
      { title: 'Right', className: 'text', of: (row) => answer(row.candidate) },
    ], page.samples),
  ];
}
