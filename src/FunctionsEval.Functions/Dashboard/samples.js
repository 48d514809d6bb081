// The samples of a run, by what became of them.

import { blob, get } from './api.js';
import { count, element, filterForm, passage, table } from './dom.js';
import { go, save } from './page.js';
import { OUTCOMES } from './status.js';

const PAGE = 50;

export async function samplesView(runId, values) {
  const path = `/api/evaluations/${encodeURIComponent(runId)}`;
  const query = new URLSearchParams(values);
  query.set('size', PAGE);
  const [run, page] = await Promise.all([get(path), get(`${path}/samples`, query)]);
  const answer = (of) => (of ? [
    element('span', {}, of.outcome), of.prediction === undefined ? null : element('strong', {}, ` ${of.prediction}`), of.reason ? element('span', { class: 'soft' }, ` ${of.reason}`) : null,
    of.text === undefined || of.text === of.prediction ? null : element('div', {}, passage(of.text)),
  ].filter(Boolean) : ['–']);
  const cell = (nodes) => element('div', {}, nodes);
  const columns = [
    { title: 'Id', isHeader: true, of: (row) => (row.repeat ? `${row.id} #${row.repeat}` : row.id) },
    { title: 'Line', className: 'number', of: (row) => count(row.line) },
    { title: 'Input', className: 'text', of: (row) => passage(row.input ?? '') },
    { title: 'References', className: 'text', of: (row) => passage(row.references.join('\n')) },
    { title: 'Candidate', className: 'text', of: (row) => cell(answer(row.candidate)) },
  ];
  if (run.baseline) columns.push({ title: 'Baseline', className: 'text', of: (row) => cell(answer(row.baseline)) });
  const next = new URLSearchParams(values);
  next.set('offset', page.next);
  const filter = new URLSearchParams([...values].filter(([name]) => name !== 'offset'));
  const download = (format) => element('button', { type: 'button', onclick: () => save(() => blob(`${path}/samples`, new URLSearchParams([...filter, ['format', format]])), `${runId}-samples.${format}`) }, format);
  return [
    element('h1', {}, `Samples of ${run.name ?? runId}`),
    element('p', {}, element('a', { href: `#/runs/${encodeURIComponent(runId)}` }, 'The run')),
    filterForm([
      { name: 'outcome', label: 'Outcome', options: ['', ...OUTCOMES] },
      { name: 'label', label: 'Reference' },
      { name: 'prediction', label: 'Candidate’s prediction' },
      { name: 'flip', label: 'Flip', options: ['', 'gained', 'lost'] },
    ], values, (chosen) => go(`runs/${encodeURIComponent(runId)}/samples`, chosen)),
    table(`${count(page.samples.length)} samples in dataset order${values.get('flip') ? `; ${values.get('flip')}: only the ${values.get('flip') === 'gained' ? 'candidate' : 'baseline'} is right` : ''}`, columns, page.samples),
    page.samples.length === 0 ? element('p', {}, page.next ? 'None on this page; there are more samples to look at.' : 'No sample matches.') : null,
    element('div', { class: 'row' },
      page.next ? element('a', { href: `#/runs/${encodeURIComponent(runId)}/samples?${next}` }, 'Next page') : null,
      element('span', { class: 'soft' }, 'Download all that match:'), download('csv'), download('jsonl'), download('parquet')),
  ].filter(Boolean);
}
