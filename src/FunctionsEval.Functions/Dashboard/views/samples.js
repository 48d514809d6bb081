// The samples of a run, by what became of them.

import { blob, get, pathOf } from '../api.js';
import { count, element, filterForm, number, passage, runLink, table, viewOf } from '../dom.js';
import { go, save } from '../page.js';
import { OUTCOMES } from '../words.js';

const PAGE = 50;

/** Lets the reader keep a run's samples, those that match. */
export const saveSamples = (runId, format, filter = []) =>
  save(() => blob(`${pathOf(runId)}/samples`, new URLSearchParams([...filter, ['format', format]])), `${runId}-samples.${format}`);

const isKnown = (value) => value !== null && value !== undefined;

export async function samplesView({ runId, values }) {
  const path = pathOf(runId);
  const query = new URLSearchParams(values);
  query.set('size', PAGE);
  const [run, page] = await Promise.all([get(path), get(`${path}/samples`, query)]);
  const answer = (of) => (of ? element('div', {},
    element('span', {}, of.outcome), of.prediction === undefined ? null : element('strong', {}, ` ${of.prediction}`), of.reason ? element('span', { class: 'soft' }, ` ${of.reason}`) : null,
    isKnown(of.timeToFirstTokenMs) ? element('div', { class: 'soft' }, `first token after ${number(of.timeToFirstTokenMs)} ms${isKnown(of.tokensPerSecond) ? `, then ${number(of.tokensPerSecond)} tokens a second` : ''}`) : null,
    of.prediction === undefined && of.toolCalls?.length ? element('div', {}, passage(of.toolCalls.map((call) => `${call.name}(${call.arguments})`).join('\n'))) : null,
    of.text === undefined || of.text === of.prediction ? null : element('div', {}, passage(of.text))) : '–');
  const columns = [
    { title: 'Id', isHeader: true, of: (row) => (row.repeat ? `${row.id} #${row.repeat}` : row.id) },
    { title: 'Line', className: 'number', of: (row) => count(row.line) },
    { title: 'Input', className: 'text', of: (row) => passage(row.input ?? '') },
    { title: 'References', className: 'text', of: (row) => passage(row.references.join('\n')) },
    { title: 'Candidate', className: 'text', of: (row) => answer(row.candidate) },
  ];
  const against = values.get('against');
  if (against) columns.push({ title: 'Other run', className: 'text', of: (row) => answer(row.against) }, { title: 'Flip', of: (row) => row.flip });
  else if (run.baseline) columns.push({ title: 'Baseline', className: 'text', of: (row) => answer(row.baseline) });
  const next = new URLSearchParams(values);
  next.set('offset', page.next);
  const filter = new URLSearchParams([...values].filter(([name]) => name !== 'offset'));
  const download = (format) => element('button', { type: 'button', onclick: () => saveSamples(runId, format, filter) }, format);
  return [
    element('h1', {}, `Samples of ${run.name ?? runId}`),
    element('p', {}, runLink(runId, 'The run')),
    filterForm([
      { name: 'outcome', label: 'Outcome', options: ['', ...OUTCOMES] },
      { name: 'label', label: 'Reference' },
      { name: 'prediction', label: 'Candidate’s prediction' },
      { name: 'flip', label: 'Flip', options: ['', 'gained', 'lost'] },
      { name: 'against', label: 'Against run', placeholder: 'ev-…' },
    ], values, (chosen) => go(`${viewOf(runId)}/samples`, chosen)),
    table(`${count(page.samples.length)} samples in dataset order${values.get('flip') ? `; ${values.get('flip')}: only the ${values.get('flip') === 'gained' ? (against ? 'answer of this run' : 'candidate') : (against ? 'answer of the other run' : 'baseline')} is right` : ''}`, columns, page.samples),
    page.samples.length === 0 ? element('p', {}, page.next ? 'None on this page; there are more samples to look at.' : 'No sample matches.') : null,
    element('div', { class: 'row' },
      page.next ? element('a', { href: `#/${viewOf(runId)}/samples?${next}` }, 'Next page') : null,
      against ? null : [element('span', { class: 'soft' }, 'Download all that match:'), download('csv'), download('jsonl'), download('parquet')]),
  ].filter(Boolean);
}
