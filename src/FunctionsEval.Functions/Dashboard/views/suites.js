// Suite runs: one verdict over the datasets of a suite.

import { blob, get, post } from '../api.js';
import { count, element, filterForm, interval, number, runLink, table, time, verdict } from '../dom.js';
import { go, save, show, tell, whileShown } from '../page.js';
import { isUnderWay, statusOf } from '../words.js';

const PAGE = 50;
const pathOf = (id) => `/api/suites/${encodeURIComponent(id)}`;
const suiteLink = (suite) => element('a', { href: `#/suites/${encodeURIComponent(suite.suiteRunId)}` }, suite.name ?? suite.suite);

/** Suite runs, latest first, and the suites that wait for datasets. */
export async function suitesView({ values }) {
  const query = new URLSearchParams(values);
  query.set('size', PAGE);
  const { suites, waiting, continuation } = await get('/api/suites', query);
  const next = new URLSearchParams(values);
  if (continuation) next.set('continuation', continuation);
  return [
    element('h1', {}, 'Suites'),
    filterForm([{ name: 'suite', label: 'Suite', placeholder: 'support-tickets' }], values, (chosen) => go('suites', chosen)),
    waiting.length === 0 ? null : element('ul', {}, waiting.map((one) => element('li', {}, `${one.suite} waits for ${one.missing.length > 0 ? one.missing.join(', ') : 'the end of the uploads'}.`))),
    suites.length === 0 ? element('p', {}, 'No suite run matches. A suite has the section "suite" in its evaluation.json.') : table('Latest first.', [
      { title: 'Suite', isHeader: true, of: suiteLink },
      { title: 'Verdict', of: verdict },
      { title: 'Status', of: (suite) => suite.status },
      { title: 'Model', of: (suite) => suite.model ?? '–' },
      { title: 'Baseline', of: (suite) => suite.baseline ?? '–' },
      { title: 'Samples', className: 'number', of: (suite) => (suite.samples === undefined ? '–' : count(suite.samples)) },
      { title: 'Started', of: (suite) => time(suite.started) },
    ], suites),
    continuation ? element('p', {}, element('a', { href: `#/suites?${next}` }, 'Older suite runs')) : null,
  ].filter((part) => part !== null);
}

/** A suite run: the verdict, why, and its datasets by tier. */
export async function suiteView({ suiteRunId: id, isCurrent }) {
  const suite = await get(pathOf(id));
  if (isUnderWay(suite)) {
    whileShown(isCurrent, async () => {
      if (isUnderWay(await get(pathOf(id)))) return true;
      await show();
      return false;
    });
  }

  return [
    element('h1', {}, suite.name ?? suite.suite),
    element('p', {}, verdict(suite), ' ', ...statusOf(suite), suite.errorMessage ? ` ${suite.errorMessage}` : null),
    sentences('Why', (suite.verdictReasons ?? []).map((reason) => [element('span', { class: reason.result }, reason.result), ` ${reason.reason}`])),
    sentences('Warnings', suite.warnings ?? []),
    candidatesOf(suite),
    table('Datasets', [
      { title: 'Dataset', isHeader: true, of: (dataset) => dataset.dataset },
      { title: 'Tier', of: (dataset) => dataset.tier },
      { title: 'Verdict', of: verdict },
      { title: 'Status', of: (dataset) => dataset.status ?? dataset.errorCode ?? '–' },
      { title: 'Number', of: (dataset) => dataset.headline?.name ?? '–' },
      { title: 'Value', className: 'number', of: ({ headline }) => (headline ? number(headline.value) + interval(headline.lower, headline.upper, headline.noInterval) : '–') },
      { title: 'Samples', className: 'number', of: (dataset) => (dataset.samples === undefined ? '–' : count(dataset.samples)) },
      { title: 'Run', of: (dataset) => (dataset.runId ? runLink(dataset.runId, dataset.runId) : dataset.errorMessage ?? '–') },
    ], suite.datasets ?? []),
    element('div', { class: 'row' }, actionsOf(suite)),
  ].filter((part) => part !== null);
}

function candidatesOf(suite) {
  if (!suite.candidates) return null;
  return table('Candidates over all datasets', [
    { title: 'Candidate', isHeader: true, of: (candidate) => candidate.model },
    { title: 'Verdict', of: verdict },
    { title: 'Why not', of: (candidate) => candidate.verdictReasons.filter(({ result }) => result !== 'pass').map(({ reason }) => reason).join('; ') || '–' },
  ], suite.candidates);
}

const sentences = (title, items) => (items.length === 0 ? null : element('section', {}, element('h2', {}, title), element('ul', {}, items.map((item) => element('li', {}, item)))));

function actionsOf(suite) {
  const act = (name, path) => element('button', { type: 'button', onclick: () => post(`${pathOf(suite.suiteRunId)}/${path}`).then(() => show(), tell) }, name);
  if (isUnderWay(suite)) return [act('Cancel', 'cancel')];
  return [
    element('button', { type: 'button', onclick: () => save(() => blob(`${pathOf(suite.suiteRunId)}/report`), `${suite.suiteRunId}.html`) }, 'Save the report'),
    act('Resume', 'resume'),
  ];
}
